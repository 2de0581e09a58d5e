"""Plans that were shown, kept for a day: who applies one applies what somebody has seen, and nothing else (S24).

Functions on the writer's connection. A plan is written in lots, for one command carries only so much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from scim_server.clock import stamp
from scim_server.store import approvals, guard
from scim_server.store.plans_tables import plan_rows, plans, pushes
from scim_server.store.prepared import execute_many
from scim_server.store.tables import attempts, links, subjects

KEPT = 24 * 3600.0  # seconds
MOST = 20  # plans: whoever plans each minute must not fill the store
LOT = 500  # keys of one question
SHORTEST = 12  # characters of a digest by which a plan may be named

_ROW = insert(plan_rows)
_here = and_(links.c.system == bindparam("in_system"), links.c.subject == bindparam("of"))
_PERMIT = update(links).where(_here).values(permit=bindparam("digest"))
_DUE = (
    update(links)
    .where(_here)
    .values(desired=links.c.desired + 1, due=bindparam("now"), state="due", attempts=0, error=None)
)
_TAKE_BACK = (
    update(links)
    .where(_here, links.c.permit == bindparam("digest"), links.c.applied == links.c.desired)
    .values(permit=None)
)
_SHOWN = ("digest", "system", "key", "action", "group_key", "dangerous")


class NoSuchPlan(Exception):
    """No plan of that digest is kept. The argument is a sentence."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One operation of a plan as it was shown. `digest`: over system, key, action, group, before and after."""

    digest: str
    system: str
    key: str
    action: str
    group_key: str | None
    dangerous: bool

    @property
    def about(self) -> tuple[str, str, str, str | None]:
        """What it does to whom, whatever the values: two plans are compared by that."""
        return (self.system, self.key, self.action, self.group_key)


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan without its rows. `at` in seconds since the epoch; `pushed`: the digest of the file it rests on."""

    id: str
    digest: str
    at: float
    by: str
    system: str | None
    pushed: str | None
    applied_at: float | None
    applied_by: str | None


@dataclass(frozen=True, slots=True)
class Pushed:
    """How far a file of requests has been pushed: up to that line, at that moment, by whom."""

    line: int
    at: float
    by: str


def keep(connection: Connection, plan: Mapping[str, Any], rows: Sequence[Sequence[Any]], now: float) -> None:
    """One lot. `plan`: id, digest, by, system, pushed and the place of the first row; a row: as `ShownRow`, in order.

    The first lot forgets what is older than a day, and the same plan where it was kept already.
    """
    if plan["place"] == 0:
        _forget(connection, plan, now)
        whole = {name: plan[name] for name in ("id", "digest", "by", "system", "pushed")}
        connection.execute(insert(plans), whole | {"at": now})
    kept = [
        dict(zip(_SHOWN, row, strict=True)) | {"plan": plan["id"], "place": plan["place"] + number}
        for number, row in enumerate(rows)
    ]
    if kept:
        execute_many(connection, _ROW, kept)


def _forget(connection: Connection, plan: Mapping[str, Any], now: float) -> None:
    same = _same(plans.c.system, plan["system"]) & _same(plans.c.pushed, plan["pushed"])
    newest = select(plans.c.id).order_by(plans.c.at.desc()).limit(MOST - 1)
    old = select(plans.c.id).where(
        (plans.c.at < now - KEPT)
        | ((plans.c.digest == plan["digest"]) & same)
        | plans.c.id.not_in(list(connection.scalars(newest)))
    )
    gone = list(connection.scalars(old))
    if gone:
        connection.execute(delete(plan_rows).where(plan_rows.c.plan.in_(gone)))
        connection.execute(delete(plans).where(plans.c.id.in_(gone)))
    connection.execute(delete(pushes).where(pushes.c.at < now - KEPT))


def _same(column: Any, value: str | None) -> Any:
    return column.is_(None) if value is None else column == value


def find(connection: Connection, digest: str, pushed: str | None, now: float) -> Shown:
    """The newest plan whose digest begins so and that rests on that file, or on none. Raises NoSuchPlan."""
    given = digest.lower()
    if len(given) < SHORTEST or not given.isalnum():
        raise NoSuchPlan(f"摘要至少要写出前 {SHORTEST} 位")
    like = select(plans).where(plans.c.digest.startswith(given), plans.c.at >= now - KEPT)
    found = [Shown(*row) for row in connection.execute(like.order_by(plans.c.at.desc(), plans.c.id.desc()))]
    if len({each.digest for each in found}) > 1:
        raise NoSuchPlan(f"有不止一份计划的摘要以 {given} 开头，请写出更多位")
    if not found:
        raise NoSuchPlan(f"没有摘要为 {given} 的计划（计划保存 24 小时），请先运行 huaming plan")
    resting = [each for each in found if each.pushed == pushed]
    if not resting and pushed is None:
        raise NoSuchPlan("该计划是带着一份请求文件（--with）得出的，请一并给出同一份文件")
    if not resting and found[0].pushed is None:
        raise NoSuchPlan("该计划不是带着请求文件得出的，请去掉 --with，或先用 huaming plan --with 查看")
    if not resting:
        raise NoSuchPlan("请求文件与得出该计划的那一份不同，请先用 huaming plan --with 重新查看")
    return resting[0]


def rows_of(connection: Connection, plan: str) -> list[ShownRow]:
    """The rows of a plan, in the order in which they were shown."""
    of = select(*[plan_rows.c[name] for name in _SHOWN]).where(plan_rows.c.plan == plan)
    return [ShownRow(*row) for row in connection.execute(of.order_by(plan_rows.c.place))]


def done_since(connection: Connection, rows: Sequence[ShownRow], since: float) -> frozenset[tuple[Any, ...]]:
    """What of them has been carried out, or begun, since then (seconds since the epoch), as `ShownRow.about`."""
    keys = sorted({row.key for row in rows})
    named = ("system", "key", "action", "group_key")
    found: set[tuple[Any, ...]] = set()
    for start in range(0, len(keys), LOT):
        lot = keys[start : start + LOT]
        theirs = select(subjects.c.subject).where(subjects.c.key.in_(lot))  # attempts are found by whose they are
        of = select(*[attempts.c[name] for name in named]).where(
            attempts.c.subject.in_(theirs),
            attempts.c.key.in_(lot),
            attempts.c.at >= stamp(since),
            attempts.c.outcome.is_(None) | attempts.c.outcome.in_(("done", "already-so", "pending")),
        )
        found.update(tuple(row) for row in connection.execute(of))
    return frozenset(found)


def let_pass(connection: Connection, rows: Sequence[Sequence[Any]], due: float | None) -> None:
    """[system, subject, permit] each: what is dangerous there may pass, if it is what the permit says (S23), and is not
    counted.

    `due`: from when they are worked, in seconds since the epoch; then they leave the approvals that they were held for.
    None: they are told to later, and whoever is held stays held until then: a death in between must lose nobody.
    """
    permits = [row for row in rows if row[2] is not None]
    for system in sorted({row[0] for row in permits}):
        guard.lock(connection, system)
        mine = [row[1] for row in permits if row[0] == system]
        held = select(links.c.subject, links.c.hold).where(links.c.system == system, links.c.subject.in_(mine))
        there = [(subject, hold) for subject, hold in connection.execute(held.where(links.c.hold.is_not(None)))]
        if due is not None:
            approvals.leave(connection, system, there)
        else:
            stay = {subject for subject, _ in there}
            permits = [row for row in permits if row[0] != system or row[1] not in stay]
    execute_many(connection, _PERMIT, [_of(row) | {"digest": row[2]} for row in permits])
    if due is not None:
        execute_many(connection, _DUE, [_of(row) | {"now": due} for row in rows])


def take_back(connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
    """Permits of rows that have nothing to do."""
    permits = [row for row in rows if row[2] is not None]
    for system in sorted({row[0] for row in permits}):
        guard.lock(connection, system)
    execute_many(connection, _TAKE_BACK, [_of(row) | {"digest": row[2]} for row in permits])


def _of(row: Sequence[Any]) -> dict[str, Any]:
    return {"in_system": row[0], "of": row[1]}


def applied(connection: Connection, plan: str, by: str, now: float) -> bool:
    """Somebody stands for it from now on. False where they have stood for it already."""
    same = select(plans.c.id).where(plans.c.id == plan, plans.c.applied_by == by)
    if connection.scalar(same) is not None:
        return False
    connection.execute(update(plans).where(plans.c.id == plan).values(applied_at=now, applied_by=by))
    return True


def pushed(connection: Connection, file: str) -> Pushed | None:
    """How far that file was pushed; None: not at all."""
    row = connection.execute(select(pushes.c.line, pushes.c.at, pushes.c.by).where(pushes.c.file == file)).first()
    return None if row is None else Pushed(*row)


def note_pushed(connection: Connection, file: str, line: int, by: str, now: float) -> None:
    """The lines up to that one have been accepted."""
    values = {"line": line, "at": now, "by": by}
    if connection.execute(update(pushes).where(pushes.c.file == file).values(**values)).rowcount == 0:
        connection.execute(insert(pushes).values(file=file, **values))
