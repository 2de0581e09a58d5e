"""What is known of the accounts of a lot of people: as each system showed them last."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from mappings.model import Action, Presence
from mappings.plan import LOCKED_BY_HAND
from scim_server.reports.access.rows import Access
from scim_server.reports.rows import READ_BACK
from scim_server.reports.words import FINDINGS
from scim_server.store.tables import attempts, links

_LINK = (
    links.c.subject,
    links.c.system,
    links.c.state,
    links.c.presence,
    links.c.remote_id,
    links.c.locking,
    links.c.error,
    links.c.finding,
)
_MAKES = (Action.CREATE, Action.LOCK, Action.UNLOCK, Action.REMOVE)
_STATES = {"due": "moving", "waiting": "moving", "parked": "stuck", "held": "stuck"}
_OPEN = {"due": "待推送", "waiting": "等待", "parked": "搁置", "held": "待批"}


@dataclass(frozen=True, slots=True)
class Accounts:
    """`links` by subject and system; by which operation and when the presence was made, and when anything was read back
    last."""

    links: Mapping[str, Mapping[str, Any]]
    made: Mapping[tuple[str, str], str]
    since: Mapping[tuple[str, str], str]
    read_at: Mapping[tuple[str, str], str]

    @classmethod
    def read(cls, connection: Connection, lot: Sequence[str]) -> "Accounts":
        """Of these subjects."""
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        for row in connection.execute(select(*_LINK).where(links.c.subject.in_(lot))):
            found[row.subject][row.system] = row
        columns = (attempts.c.subject, attempts.c.system, attempts.c.action, attempts.c.settled_at)
        mine = select(*columns).where(attempts.c.subject.in_(lot), attempts.c.outcome.in_(sorted(READ_BACK)))
        made: dict[tuple[str, str], str] = {}
        since: dict[tuple[str, str], str] = {}
        read_at: dict[tuple[str, str], str] = {}
        for subject, system, action, settled_at in connection.execute(mine.order_by(attempts.c.id)):
            read_at[subject, system] = settled_at
            if action in _MAKES:
                made[subject, system], since[subject, system] = action, settled_at
        return cls(found, made, since, read_at)

    def gone(self, subject: str, system: str) -> bool:
        """Whether the pass over it has ended with no account there."""
        link = self.links.get(subject, {}).get(system)
        return link is not None and link.state == "gone"

    def of(self, subject: str, system: str, required: Presence) -> Access:
        """One account beside what must be there."""
        link = self.links.get(subject, {}).get(system)
        place = (subject, system)
        seen = _seen(link, self.made.get(place))
        verdict = _verdict(link, seen, required)
        sentence = _sentence(link, verdict)
        known = seen is not None
        return Access(
            system,
            required,
            seen,
            verdict,
            self.since.get(place) if known else None,
            self.read_at.get(place),
            sentence,
        )


def _seen(link: Any, made: str | None) -> Presence | None:
    """What was read last; a system that was away since has let the link forget it, but not the operation."""
    if link is None:
        return None
    if link.state == "gone":
        return Presence.REMOVED
    if link.presence:
        return Presence(link.presence)
    if link.remote_id is None or made not in (Action.CREATE, Action.LOCK, Action.UNLOCK):
        return None
    locked = made == Action.LOCK or (made == Action.CREATE and link.locking)  # made locked
    return Presence.LOCKED if locked else Presence.ACTIVE


def _verdict(link: Any, seen: Presence | None, required: Presence) -> str:
    if link is None:
        return "none" if required is Presence.REMOVED else "unread"
    if link.state in _STATES:
        return _STATES[link.state] if seen is not None or link.state in ("parked", "held") else "unread"
    if seen is required:
        return "none" if seen is Presence.REMOVED else "agrees"
    return "by-hand" if link.finding == LOCKED_BY_HAND else "differs"


def _sentence(link: Any, verdict: str) -> str:
    if link is None or verdict in ("agrees", "none"):
        return ""
    if verdict == "by-hand":
        return FINDINGS[LOCKED_BY_HAND]
    return "：".join(each for each in (_OPEN.get(link.state, ""), link.error or "") if each)
