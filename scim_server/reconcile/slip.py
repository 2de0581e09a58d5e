"""What is written on a slip: a random first password, sealed for its one reader (S15)."""

import base64
import binascii
import secrets

from scim_server.settings import BadSettings

SHORTEST = 32  # characters of a slip key
LENGTH = 16
CLASSES = ("abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-+%=?")  # none looks like another


class BadSlipKey(ValueError):
    """The key cannot seal, or is not the one that has sealed."""


class Seal:
    """Seals and opens with `[server] slip_key`. Raises BadSlipKey."""

    def __init__(self, key: str) -> None:
        if len(key) < SHORTEST:
            raise BadSlipKey(f"slip_key needs {SHORTEST} characters or more (openssl rand -hex 32)")
        from cryptography.fernet import Fernet
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derived = HKDF(SHA256(), 32, salt=None, info=b"huaming slips").derive(key.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def close(self, password: str) -> bytes:
        """The sealed password."""
        return self._fernet.encrypt(password.encode())

    def open(self, sealed: bytes) -> str:
        """The password."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed).decode()
        except (InvalidToken, binascii.Error) as error:
            raise BadSlipKey("slip_key is not the one that this slip was sealed with") from error


def demand_seals(key: str | None) -> str:
    """The key, if it can seal. Raises BadSettings."""
    if key is None:
        raise BadSettings("[server] slip_key is missing: initial_password = slip needs it")
    try:
        Seal(key)
    except BadSlipKey as error:
        raise BadSettings(f"[server] {error}") from error
    return key


def first_password() -> str:
    """Sixteen characters of four classes, that can be typed from paper."""
    chosen = [secrets.choice(each) for each in CLASSES]
    chosen += [secrets.choice("".join(CLASSES)) for _ in range(LENGTH - len(CLASSES))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)
