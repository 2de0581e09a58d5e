"""What one report covers."""

from dataclasses import dataclass
from datetime import datetime

from scim_server.reports.period import EVER, Period


@dataclass(frozen=True, slots=True)
class Scope:
    """When it is made (aware), of which period, of which system, of which person (externalId)."""

    now: datetime
    period: Period = EVER
    system: str | None = None
    person: str | None = None
