"""The attributes that the hub writes, and where each stands in a resource (RFC 7643, 4.1, 4.2 and 4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

MAILS = "emails"  # one value of many: the work address
COMMON = "externalId"  # common to all resources, and so in no schema (RFC 7643, 3.1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attribute stands: the schema that defines it, and the names on the way; none of an extension's URN."""

    schema: str
    names: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in a resource's JSON: an extension's attributes are below its URN."""
        return (self.schema, *self.names) if self.schema == ENTERPRISE else self.names

    @property
    def path(self) -> str:
        """The same as a PATCH path (RFC 7644, 3.5.2)."""
        dotted = ".".join(self.names)
        return f"{self.schema}:{dotted}" if self.schema == ENTERPRISE else dotted


def _core(schema: str, *names: str) -> Mapping[str, Place]:
    return {name: Place(schema, tuple(name.split("."))) for name in names}


PERSON: Mapping[str, Place] = {
    **_core(USER_SCHEMA, "userName", "externalId", "name.formatted", "name.familyName", "name.givenName"),
    **_core(USER_SCHEMA, "displayName", "title", MAILS),
    "department": Place(ENTERPRISE, ("department",)),
}
GROUP: Mapping[str, Place] = _core(GROUP_SCHEMA, "displayName", "externalId")
