"""What seals the values of a subject (S26): a random key a subject, itself sealed by a key of the house.

The key of the house is `[audit] key`, outside the database, else one of the store's own. What it has sealed names it
by four bytes, so that another one may take its place: from then on subjects get further keys under that one.
"""

import hashlib
import hmac
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, Engine, bindparam, select, text

from scim_server.settings import BadSettings
from scim_server.store import keys
from scim_server.store.prepared import execute_many, fetch, listed
from scim_server.store.tables import keys as stored_keys
from scim_server.store.trace_tables import subject_keys

SHORTEST = 32  # characters of `[audit] key`
STORE_KEY = "audit"
OPTION = "audit_secrets"

Secrets = tuple[str | None, tuple[str, ...]]

_NAME, _NONCE = 4, 12  # bytes
_KEYS = select(subject_keys.c.subject, subject_keys.c.wrapped).where(
    subject_keys.c.under == bindparam("under"), subject_keys.c.subject.in_(listed("of"))
)
_OWN = select(stored_keys.c.value).where(stored_keys.c.name == text(f"'{STORE_KEY}'"))
_MAKE = text("INSERT INTO subject_keys (subject, under, wrapped) VALUES (:of, :under, :wrapped) ON CONFLICT DO NOTHING")


class BadAuditKey(ValueError):
    """A key of the house cannot seal, or what was sealed is not what it has sealed. The message says which."""


class Sealed(LookupError):
    """The key that would open this is not there: erased, or under a key of the house that is not configured."""


@dataclass(frozen=True)
class HouseKey:
    """One key of the house. `name`: its first four bytes, derived."""

    name: bytes
    material: bytes

    @cached_property
    def wrapping(self) -> AESGCM:
        """What seals the subjects' keys."""
        return AESGCM(self.material[:32])

    def sign(self, said: bytes) -> bytes:
        """The signature of a head of the chain."""
        return hmac.digest(self.material[32:], said, "sha256")


@dataclass(frozen=True)
class SubjectKey:
    """The key of one subject, and the name of the house's key that it lies under."""

    under: bytes
    secret: bytes

    def seal(self, values: bytes, bound_to: bytes) -> bytes:
        """The sealed values; they open only together with what they are bound to, the id of an attempt."""
        nonce = os.urandom(_NONCE)
        return self.under + nonce + AESGCM(self.secret).encrypt(nonce, values, bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """The values. Raises BadAuditKey."""
        try:
            return AESGCM(self.secret).decrypt(sealed[_NAME : _NAME + _NONCE], sealed[_NAME + _NONCE :], bound_to)
        except InvalidTag as error:
            raise BadAuditKey("what was sealed has been altered") from error

    def bind(self, values: bytes) -> bytes:
        """A digest of values that tells nothing without the key."""
        return self.under + hashlib.blake2b(values, key=self.secret, digest_size=32).digest()


class Vault:
    """The keys of the house by name, on one connection: `current` seals and signs, the others only open."""

    def __init__(
        self, connection: Connection, current: HouseKey, others: Collection[HouseKey], own: HouseKey | None
    ) -> None:
        """`own`: the key that the store keeps itself."""
        self._connection = connection
        self.current = current
        self.own = own
        self.house: Mapping[bytes, HouseKey] = {each.name: each for each in (current, *others)}

    def known(self, subjects: Collection[str], under: bytes | None = None) -> dict[str, SubjectKey]:
        """The keys of those of these subjects that have one. Raises BadAuditKey, Sealed."""
        name = under or self.current.name
        house = self.house.get(name)
        if house is None:
            raise Sealed(name.hex())
        rows = fetch(self._connection, _KEYS, under=name, of=orjson.dumps(list(subjects)))
        return {subject: SubjectKey(name, _unwrapped(house, subject, wrapped)) for subject, wrapped in rows}

    def keys_of(self, subjects: Collection[str]) -> dict[str, SubjectKey]:
        """The keys of all these subjects, made where they are missing: to be run in the writer.

        Nothing is remembered from one transaction to the next: one that is rolled back takes its keys with it.
        """
        found = self.known(subjects)
        missing = [subject for subject in subjects if subject not in found]
        if missing:
            made = {subject: SubjectKey(self.current.name, os.urandom(32)) for subject in missing}
            written = execute_many(self._connection, _MAKE, [self._wrapped(*each) for each in made.items()])
            found |= made if written == len(made) else self.known(missing)  # another node may have been faster
        return found

    def open(self, subject: str, sealed: bytes, bound_to: bytes) -> Any:
        """The values as JSON has them. Raises BadAuditKey, Sealed."""
        found = self.known([subject], sealed[:_NAME]).get(subject)
        if found is None:
            raise Sealed(subject)
        return orjson.loads(found.open(sealed, bound_to))

    def _wrapped(self, subject: str, key: SubjectKey) -> dict[str, Any]:
        nonce = os.urandom(_NONCE)
        wrapped = nonce + self.current.wrapping.encrypt(nonce, key.secret, subject.encode())
        return {"of": subject, "under": self.current.name, "wrapped": wrapped}


def _unwrapped(house: HouseKey, subject: str, wrapped: bytes) -> bytes:
    try:
        return house.wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject.encode())
    except InvalidTag as error:
        raise BadAuditKey(f"the key of subject {subject} has been altered") from error


def checked(secrets: Secrets) -> Secrets:
    """The same, if they are long enough. Raises BadSettings."""
    configured, former = secrets
    for secret in (configured, *former):
        if secret is not None and len(secret) < SHORTEST:
            raise BadSettings(f"[audit] key needs {SHORTEST} characters or more (openssl rand -hex 32)")
    return secrets


def sealing(engine: Engine, secrets: Secrets) -> Engine:
    """The engine whose connections seal with these: the key of the house, and former ones. Raises BadSettings."""
    return engine.execution_options(**{OPTION: checked(secrets)})


def vault(connection: Connection, *, reading: bool = False) -> Vault:
    """The vault of a connection. The store's own key is made where it is missing, unless one only reads."""
    configured, former = connection.get_execution_options().get(OPTION, (None, ()))
    own = _stored(connection)
    if own is None and configured is None:
        own = b"" if reading else keys.made(connection, STORE_KEY)
    others = [_house_key(each.encode()) for each in former]
    mine = None if own is None else _house_key(own)
    if configured is None:
        assert mine is not None
        return Vault(connection, mine, others, mine)
    return Vault(connection, _house_key(configured.encode()), others + ([mine] if mine else []), mine)


def _stored(connection: Connection) -> bytes | None:
    """The store's own key, asked for each time: one that was made in a transaction may go with it."""
    found = fetch(connection, _OWN)
    return bytes(found[0][0]) if found else None


@lru_cache(maxsize=16)
def _house_key(secret: bytes) -> HouseKey:
    derived = HKDF(SHA256(), 68, salt=None, info=b"huaming audit").derive(secret)
    return HouseKey(derived[64:], derived[:64])
