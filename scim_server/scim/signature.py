"""Who vouches for a Security Event Token: an Ed25519 key, or the channel alone (RFC 8417 section 2.3, RFC 8037)."""

import base64
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_TYP = "secevent+jwt"


class Signature:
    """Makes tokens of claims, and tells the key that verifies them."""

    def __init__(self, pem: str | None) -> None:
        """`pem`: an Ed25519 private key (PKCS 8, not encrypted); None: tokens are unsecured. Raises ValueError."""
        self._key = None if pem is None else _private(pem)
        self._public = None if self._key is None else _public(self._key)

    def token(self, claims: Mapping[str, Any]) -> str:
        """The claims as a JWT of type `secevent+jwt`."""
        import jwt

        if self._key is None or self._public is None:
            return jwt.encode(dict(claims), "", "none", {"typ": _TYP})
        return jwt.encode(dict(claims), self._key, "EdDSA", {"typ": _TYP, "kid": self._public["kid"]})

    def keys(self) -> list[dict[str, str]]:
        """The JWK of the key, for a JWK Set (RFC 7517 section 5); none where nothing is signed."""
        return [] if self._public is None else [self._public]


def _private(pem: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError) as error:
        raise ValueError("is no private key in PEM without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("is no Ed25519 key")
    return key


def _public(key: "Ed25519PrivateKey") -> dict[str, str]:
    """RFC 8037 section 2; `kid` is the thumbprint of RFC 7638."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}
    return {**jwk, "kid": _base64url(hashlib.sha256(orjson.dumps(jwk)).digest()), "use": "sig", "alg": "EdDSA"}


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
