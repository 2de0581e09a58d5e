"""Who logged in last and when, page by page; and since when, and until when, the directory surely took note (S30).

A stamp says that log-ins were noted at its moment: the oldest says since when. That they still are, our own bind shows,
which the server has just noted on our own entry, or else anybody's of these minutes; where neither is there, nothing
is claimed beyond the newest stamp. Without any stamp nothing was watched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.base import Activity, Watched
from connectors.ldap.entry import Tree
from connectors.ldap.logins import Kept, Stamp
from connectors.ldap.messages import ANY, BASE, ONE, Found, Search
from connectors.ldap.pipeline import Talk
from connectors.ldap.searches import whole
from mappings.model import Kind

SOURCE = "login"
FRESH = timedelta(minutes=5)  # the server's clock may differ from ours


@dataclass(frozen=True, slots=True)
class Noted:
    """How the server keeps log-ins, and when it noted our own; None of the first: it keeps none."""

    kept: Kept | None
    own: Stamp | None = None


def noted(tree: Tree) -> Talk[Noted]:
    """What can be told of this server before anybody's entry is read."""
    kept = yield from tree.dialect.logins.kept(tree)
    if kept is None:
        return Noted(None)
    (reply,) = yield [Search(tree.config.bind_dn, BASE, ANY, tree.dialect.logins.attributes)]
    own = [
        tree.dialect.logins.stamp(entry, kept) for entry in reply.entries
    ]  # of an entry that is not to be read: none
    return Noted(kept, next(iter(own), None))


def page(tree: Tree, kept: Kept, cookie: bytes) -> Talk[tuple[list[Activity], int, bytes]]:
    """One page of people: who has a stamp, how many were read, and how to go on."""
    shape, logins = tree.shape(Kind.PERSON), tree.dialect.logins
    wanted = (shape.key, tree.dialect.unique_id, *logins.attributes)
    container = tree.container(Kind.PERSON)
    (reply,) = yield [Search(container, ONE, shape.filter, wanted, tree.config.page_size, cookie)]
    found = whole(reply, container).entries
    seen = (_evidence(tree, entry, logins.stamp(entry, kept)) for entry in found if not tree.hidden(entry.dn))
    return [each for each in seen if each is not None], len(found), reply.cookie


def _evidence(tree: Tree, entry: Found, stamp: Stamp | None) -> Activity | None:
    key, remote_id = entry.text(tree.shape(Kind.PERSON).key) or "", tree.id_of(entry)
    if stamp is None or not (key or remote_id):
        return None
    return Activity(key, stamp.at, SOURCE, "any", tree.dialect.logins.strength, remote_id, stamp.slack)


def watched(
    noted: Noted, people: Iterable[Activity], span: tuple[datetime, datetime], now: datetime, lag: float
) -> tuple[Watched, ...]:
    """The stretch of `span` in which a log-in would have been noted, and would show by now."""
    stamps = [each.at for each in people] + ([noted.own.at] if noted.own else [])
    if noted.kept is None or not stamps:
        return ()
    still = noted.kept.surely or max(stamps) + FRESH + timedelta(seconds=noted.kept.precision) >= now
    start, end = max(span[0], min(stamps)), min(span[1], now - timedelta(seconds=lag))
    end = end if still else min(end, max(stamps))
    return (Watched("any", SOURCE, start, end, lag),) if start < end else ()
