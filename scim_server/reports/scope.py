"""What one report covers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """When it is made (aware), from which stamp of the store on, of which system, of which person (externalId)."""

    now: datetime
    since: str | None = None
    system: str | None = None
    person: str | None = None
