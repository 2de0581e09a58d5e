"""The gateway's signature of a call (artemis): what is signed, whether it agrees, and that it comes once only.

String to sign, UTF-8, joined by line feeds: the method; the values of Accept, Content-MD5, Content-Type and Date, each
only if that header was sent, byte for byte as sent; a line `name:value` for each header that X-Ca-Signature-Headers
lists, names in lower case and sorted; the path with its query and form parameters sorted by name. The signature is
Base64(HMAC-SHA256(secret, string)).
"""

import base64
import hashlib
import hmac
from collections import deque
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from connectors.attendance.simulator.codes import KEY_EMPTY, KEY_UNKNOWN, SIGNATURE_EMPTY, SIGNATURE_WRONG, Refusal
from connectors.attendance.simulator.switches import Switches
from connectors.simulation.vendor import Asked

VALUES = ("accept", "content-md5", "content-type", "date")
NEVER_LISTED = frozenset({*VALUES, "x-ca-signature", "x-ca-signature-headers"})
FORM = "application/x-www-form-urlencoded"


class Signatures:
    """Checks the signature of calls by one partner, and remembers the nonces that it has seen."""

    def __init__(self, key: str, secret: str) -> None:
        self._key = key
        self._secret = secret
        self._nonces: set[str] = set()
        self._order: deque[tuple[float, str]] = deque()

    def check(self, asked: Asked, switches: Switches) -> None:
        """Raises Refusal unless the call is signed by the partner, now, and for the first time."""
        headers = asked.headers
        key = headers.get("x-ca-key", "")
        if not key:
            raise Refusal(KEY_EMPTY)
        if key != self._key:
            raise Refusal(KEY_UNKNOWN, f"appKey {key}")
        if not headers.get("x-ca-signature"):
            raise Refusal(SIGNATURE_EMPTY, f"appKey {key}")
        listed = _listed(headers)
        strings = strings_to_sign(asked, listed)
        if wrong := self._wrong(asked, switches, listed, strings):
            raise Refusal(SIGNATURE_WRONG, f"{wrong}, appKey: {key}, stringToSign: {strings[0]}")
        self._remember(headers.get("x-ca-nonce", ""), asked.at, switches)

    def _wrong(self, asked: Asked, switches: Switches, listed: list[str], strings: list[str]) -> str:
        """What is wrong, in the gateway's words; empty: nothing."""
        headers = asked.headers
        if not switches.signed <= set(listed):
            return "X-Ca-Signature-Headers lacks a header that must be signed"
        if NEVER_LISTED & set(listed) or any(name not in headers for name in listed):
            return "X-Ca-Signature-Headers names a header that cannot be signed"
        if headers.get("content-md5", md5(asked.body)) != md5(asked.body):
            return "Content-MD5 is not that of the body"
        given = headers["x-ca-signature"]
        if not any(hmac.compare_digest(sign(self._secret, string), given) for string in strings):
            return "Invalid Signature"
        return self._untimely(asked, switches)

    def _untimely(self, asked: Asked, switches: Switches) -> str:
        stamp, nonce = asked.headers.get("x-ca-timestamp"), asked.headers.get("x-ca-nonce")
        if stamp is not None and switches.window is not None:
            fits = stamp.isascii() and stamp.isdigit() and abs(int(stamp) / 1000 - asked.at) <= switches.window
            if not fits:
                return "X-Ca-Timestamp is out of the window"
        return "X-Ca-Nonce has been used" if nonce in self._nonces else ""

    def _remember(self, nonce: str, at: float, switches: Switches) -> None:
        if not nonce:
            return
        self._nonces.add(nonce)
        self._order.append((at, nonce))
        # an older call is refused for its timestamp: its nonce need not be kept
        while switches.window is not None and self._order[0][0] < at - 2 * switches.window:
            self._nonces.discard(self._order.popleft()[1])


def strings_to_sign(asked: Asked, listed: list[str]) -> list[str]:
    """The string as the vendor's SDK writes the parameters (as they are), then as others do (escaped)."""
    lines = [asked.method.upper()]
    lines += [asked.headers[name] for name in VALUES if name in asked.headers]
    lines += [f"{name}:{asked.headers.get(name, '').strip()}" for name in sorted(listed)]
    parameters = sorted({**asked.query, **_form(asked)}.items())
    if not parameters:
        return ["\n".join([*lines, asked.path])]
    plain = "&".join(f"{name}={value}" if value else name for name, value in parameters)
    return ["\n".join([*lines, f"{asked.path}?{query}"]) for query in (plain, urlencode(parameters))]


def sign(secret: str, string: str) -> str:
    """Base64 of the HMAC-SHA256."""
    return base64.b64encode(hmac.digest(secret.encode(), string.encode(), "sha256")).decode()


def md5(body: bytes) -> str:
    """The value of Content-MD5."""
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def _listed(headers: Mapping[str, str]) -> list[str]:
    names = (name.strip().lower() for name in headers.get("x-ca-signature-headers", "").split(","))
    return [name for name in names if name]


def _form(asked: Asked) -> dict[str, str]:
    if not asked.headers.get("content-type", "").lower().startswith(FORM):
        return {}
    return dict(parse_qsl(asked.body.decode("latin-1"), keep_blank_values=True))
