"""On what terms a system is served: what its table in the configuration says to its mapping."""

from dataclasses import dataclass
from typing import Any

from mappings.policy.readings import DEFAULT, Readings


@dataclass(frozen=True, slots=True)
class Terms:
    """The same for everybody in one system.

    `keep_days`: how long a removed account stays, locked (S14). `follows`: the named system whose state counts
    (item 六). `default_department`: the key of the Group for who has none (S1). `own`: what the mapping of that
    kind alone understands.
    """

    keep_days: int = 0
    readings: Readings = DEFAULT
    follows: str = "ldap"
    default_department: str | None = None
    own: Any = None


TERMS = Terms()
