"""How a request to the artemis gateway is signed. Pure: the nonce and the time are arguments.

The gateway puts the same text together from what it receives, byte for byte: method, Accept, Content-MD5 and
Content-Type, Date (the middle three only where they are sent), the headers that X-Ca-Signature-Headers lists, and
the path with its `/artemis`. Our requests have no query, so that nothing follows the path.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

NEVER_LISTED = frozenset({"accept", "content-md5", "content-type", "date", "x-ca-signature", "x-ca-signature-headers"})
IN_ORDER = ("accept", "content-md5", "content-type", "date")


def text_to_sign(method: str, path: str, headers: Mapping[str, str]) -> str:
    """The text of a request; names of headers in any case."""
    sent = {name.lower(): value for name, value in headers.items()}
    lines = [method.upper(), *(sent[name] for name in IN_ORDER if name in sent)]
    lines += [f"{name}:{sent[name].strip()}" for name in listed(headers)]
    return "\n".join([*lines, path])


def listed(headers: Mapping[str, str]) -> list[str]:
    """The names that take part as `name:value`, in lower case and in order."""
    return sorted({name.lower() for name in headers} - NEVER_LISTED)


def signature(secret: str, text: str) -> str:
    """Base64 of the HMAC-SHA256."""
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashlib.sha256)).decode()


def signed(secret: str, method: str, path: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with the two that prove them."""
    return {
        **headers,
        "X-Ca-Signature-Headers": ",".join(listed(headers)),
        "X-Ca-Signature": signature(secret, text_to_sign(method, path, headers)),
    }
