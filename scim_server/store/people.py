"""What a worker reads after its claim has committed (S20): people, Groups, the tree, and their accounts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, func, select, text

from mappings.facts import NO_MARKS, Marks
from mappings.model import Department, Kind, Org, Person, Ref
from scim_server.clock import day_start, stamp
from scim_server.scim.resource import department, person
from scim_server.store.kept import whole
from scim_server.store.marks import marked, since
from scim_server.store.tables import changes, links, members, resources, subjects

_SUBJECT = (
    subjects.c.subject,
    subjects.c.kind,
    subjects.c.key,
    subjects.c.title,
    subjects.c.resource_id,
    subjects.c.created_on,
    subjects.c.removed_on,
    subjects.c.facts_from,
    subjects.c.marked,
    resources.c.document,
    resources.c.kept,
    resources.c.active,
    resources.c.manager,
)
_SUBJECTS = select(*_SUBJECT).outerjoin(resources, resources.c.id == subjects.c.resource_id)
_GROUPS = (  # by the type of the resources: of subjects no index tells the groups, and the others are the whole roster
    select(*_SUBJECT)
    .join(resources, (resources.c.subject == subjects.c.subject) & (resources.c.id == subjects.c.resource_id))
    .where(resources.c.type == "Group")
)
_LAST_GROUP_CHANGE = select(func.max(changes.c.seq)).where(text("type = 'Group' AND action <> 'members'"))


@dataclass(frozen=True, slots=True)
class Account:
    """A link as others see it: where the account is, and whether it can be relied on."""

    ref: Ref
    state: str

    @property
    def there(self) -> bool:
        """Whether the account has been read back and is not gone."""
        return self.ref.remote_id is not None and self.state != "gone"


@dataclass(frozen=True, slots=True)
class Roll:
    """People and Groups by subject, as the roster has them now."""

    people: Mapping[str, Person] = field(default_factory=dict)
    groups: Mapping[str, Department] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)


def read_roll(connection: Connection, wanted: Sequence[str], system: str) -> Roll:
    """The named subjects, those that have left the roster too; people with facts as they were when they left."""
    rows = list(connection.execute(_SUBJECTS.where(subjects.c.subject.in_(wanted))))
    ids = [row.resource_id for row in rows if row.kind == "person" and row.resource_id]
    joined = groups_joined(connection, ids)
    managers = _managers(connection, system, {row.manager for row in rows if row.manager})
    last = last_documents(connection, [row.subject for row in rows if row.resource_id is None])
    beside = marked(connection, [row.subject for row in rows if row.marked])
    people, groups = {}, {}
    for row in rows:
        document = row.document if row.resource_id else last.get(row.subject)
        parsed = whole(document, row.kept) if document else None
        if row.kind == "group":
            groups[row.subject] = department(row.subject, row.key, parsed, row.removed_on is not None)
        else:
            marks = since(beside.get(row.subject, NO_MARKS), row.facts_from)
            their = (joined.get(row.resource_id, ()), managers.get(row.manager), marks)
            people[row.subject] = _person(row, parsed, *their)
    return Roll(people, groups, {row.subject: row.title for row in rows})


def _person(
    row: Any, document: dict[str, Any] | None, groups: tuple[str, ...], manager: Ref | None, marks: Marks
) -> Person:
    active = row.active is not False
    return person(row.subject, row.key, document, active, groups, manager, row.created_on, row.removed_on, marks)


def groups_joined(connection: Connection, user_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The keys of the Groups of each User, in the order of joining."""
    if not user_ids:
        return {}
    of = (
        select(members.c.user_id, subjects.c.key)
        .join(resources, resources.c.id == members.c.group_id)
        .join(subjects, subjects.c.subject == resources.c.subject)
        .where(members.c.user_id.in_(user_ids))
        .order_by(members.c.joined)
    )
    found: dict[str, tuple[str, ...]] = {}
    for user_id, key in connection.execute(of):
        found[user_id] = (*found.get(user_id, ()), key)
    return found


def _managers(connection: Connection, system: str, ids: set[str]) -> dict[str, Ref]:
    if not ids:
        return {}
    of = (
        select(resources.c.id, *_ACCOUNT)
        .join(subjects, subjects.c.subject == resources.c.subject)
        .join(links, links.c.subject == resources.c.subject)
        .where(resources.c.id.in_(ids), links.c.system == system)
    )
    accounts = {row.id: _account(row) for row in connection.execute(of)}
    return {id: account.ref for id, account in accounts.items() if account.there}


def last_documents(connection: Connection, gone: Sequence[str]) -> dict[str, bytes]:
    """What a DELETE took away, last: of somebody with facts the whole document."""
    if not gone:
        return {}
    deleted = select(changes.c.subject, changes.c.before).where(
        changes.c.subject.in_(gone), changes.c.action == "delete"
    )
    return {subject: before for subject, before in connection.execute(deleted.order_by(changes.c.seq))}


_ACCOUNT = (subjects.c.subject, subjects.c.kind, subjects.c.key, links.c.remote_id, links.c.name, links.c.state)


def _account(row: Any) -> Account:
    return Account(Ref(row.subject, Kind(row.kind), row.key, row.remote_id, row.name), row.state)


def group_accounts(
    connection: Connection, system: str, keys: Iterable[str] = (), remote_ids: Iterable[str] = ()
) -> list[Account]:
    """The accounts of Groups in a system: of those in the roster by key, of any by the system's own id."""
    of = select(*_ACCOUNT).join(subjects, subjects.c.subject == links.c.subject)
    of = of.where(links.c.system == system, links.c.kind == "group")
    found: list[Account] = []
    named, accounts = list(keys), list(remote_ids)
    if named:  # first whose keys they are, then their rows: the other way round is through everybody's
        theirs = select(subjects.c.subject).where(subjects.c.key.in_(named), subjects.c.removed_on.is_(None))
        found += [_account(row) for row in connection.execute(of.where(links.c.subject.in_(theirs)))]
    if accounts:
        found += [_account(row) for row in connection.execute(of.where(links.c.remote_id.in_(accounts)))]
    return found


def keys_of(connection: Connection, wanted: Iterable[str]) -> dict[str, str]:
    """The keys of subjects, those that have left the roster too."""
    named = list(wanted)
    if not named:
        return {}
    of = select(subjects.c.subject, subjects.c.key).where(subjects.c.subject.in_(named))
    return {subject: key for subject, key in connection.execute(of)}


def linked_to(connection: Connection, system: str, remote_ids: Sequence[str]) -> dict[str, str]:
    """The subject that each account is linked to, by the system's own id."""
    if not remote_ids:
        return {}
    of = select(links.c.remote_id, links.c.subject).where(links.c.system == system, links.c.remote_id.in_(remote_ids))
    return {remote_id: subject for remote_id, subject in connection.execute(of)}


def was_active(connection: Connection, wanted: Sequence[str], day: str) -> dict[str, bool]:
    """What `active` was at the end of an ISO day in Asia/Shanghai, by the record of changes."""
    until = stamp(day_start(day) + 86_400)
    said = select(changes.c.subject, changes.c.active).where(
        changes.c.subject.in_(wanted), changes.c.at < until, changes.c.active.is_not(None)
    )
    return {subject: active for subject, active in connection.execute(said.order_by(changes.c.seq))}


def all_subjects(connection: Connection, kind: str, size: int = 500) -> Iterator[list[str]]:
    """Every subject of a kind that was ever in the roster, in lots, in the order of their creation."""
    last = ""
    while True:
        lot = select(subjects.c.subject).where(subjects.c.kind == kind, subjects.c.subject > last)
        found = list(connection.scalars(lot.order_by(subjects.c.subject).limit(size)))
        if not found:
            return
        yield found
        last = found[-1]


class OrgCache:
    """The department tree, read again only when a Group has changed."""

    def __init__(self) -> None:
        self._seq: int | None = -1
        self._org = Org()

    def snapshot(self, connection: Connection) -> Org:
        """The departments and plain groups as they are now, by key."""
        seq = connection.scalar(_LAST_GROUP_CHANGE)
        if seq != self._seq:
            self._org, self._seq = read_org(connection), seq
        return self._org


def read_org(connection: Connection) -> Org:
    """Reads the whole tree."""
    rows = connection.execute(_GROUPS)
    found = (department(row.subject, row.key, orjson.loads(row.document), False) for row in rows)
    return Org({each.key: each for each in found})
