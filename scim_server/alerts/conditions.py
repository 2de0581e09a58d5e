"""What is so now, read from the store: few statements, each by an index, a row for 10,000 of the same reason (S29)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, text

from mappings.calendar import Calendar
from scim_server.alerts import cases
from scim_server.alerts.condition import Condition, moment
from scim_server.store import figures, rolls
from scim_server.store.approvals import REJECTED
from scim_server.store.guard_tables import approvals
from scim_server.store.sweep_tables import sweeps
from scim_server.store.system_tables import systems
from scim_server.store.tables import links
from scim_server.workdays import unknown_year

MANY = 10  # parked rows of one reason are a problem of the system's, not of somebody's
DIFFERENT = 1000  # reasons that are looked at, a system
STUCK = 60.0  # seconds without a seal

_STUCK_ROWS = text("state IN ('parked', 'held')")
_HELD = (
    select(links.c.system, links.c.hold, func.count())
    .where(_STUCK_ROWS, links.c.state == "held")
    .group_by(links.c.system, links.c.hold)
)
_PARKED = (
    select(links.c.error, func.count())
    .where(_STUCK_ROWS, links.c.state == "parked", links.c.system == bindparam("of"))
    .group_by(links.c.error)
    .order_by(func.count().desc())
    .limit(DIFFERENT)
)
_LAST_SWEEP = (
    select(sweeps.c.outcome, sweeps.c.began)
    .where(sweeps.c.system == bindparam("of"), sweeps.c.outcome != "running")
    .order_by(sweeps.c.began.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Present:
    """The moment (seconds since the epoch) and its ISO day; which systems; the calendar; what is configured."""

    now: float
    today: str
    systems: Sequence[str]
    calendar: Calendar
    fingerprint: str
    breaker_seconds: float


def conditions(connection: Connection, present: Present) -> Iterator[Condition]:
    """Everything that is so now, but what only a walk through the roster or a try to write could tell."""
    yield from _held(connection, present.now)
    yield from _breakers(connection, present)
    for system in present.systems:
        yield from _parked(connection, system, present.now)
        yield from _sweeps(connection, system, present.now)
    yield from _calendar(present)
    yield from _clock(connection, present)
    yield from _trace(connection, present.now)
    yield from cases.conditions(connection, present.today, present.now)


def _held(connection: Connection, now: float) -> Iterator[Condition]:
    """What waits for somebody. What was rejected stays held for ever, and nobody has to do anything for it (S24)."""
    held = connection.execute(_HELD).all()
    asked = approvals.c.id.in_([hold for _, hold, _ in held if hold is not None])
    rejected = set(connection.scalars(select(approvals.c.id).where(asked, approvals.c.state == REJECTED)))
    for system, hold, number in held:
        if hold not in rejected:
            yield Condition("held", f"{system} {hold or ''}".strip(), _held_sentence(system, hold, number), now)


def _held_sentence(system: str, hold: str | None, number: int) -> str:
    if hold is None:  # a Group with strangers in it (S7): no approval lets it go
        return f"{system}：{number} 个部门或组应予撤销，但其中有名册之外的账号，暂未撤销；详见 huaming report stuck。"
    return f"{system}：{number} 个账号的锁定、注销等超出限额，已拦下，均未发出；请执行 huaming approvals list 审阅。"


def _breakers(connection: Connection, present: Present) -> Iterator[Condition]:
    silent = select(systems.c.name, systems.c.failing_since).where(systems.c.failing_since.is_not(None))
    for name, since in connection.execute(silent):
        if name in present.systems and present.now - since >= present.breaker_seconds:
            said = f"{name}：{moment(since)} 起连不上，其余系统照常；恢复后自动补办，无需重推。"
            yield Condition("breaker", name, said, since)


def _parked(connection: Connection, system: str, now: float) -> Iterator[Condition]:
    reasons: Counter[str] = Counter()
    for error, number in connection.execute(_PARKED, {"of": system}):
        reasons[_reason(error)] += number
    for reason, number in reasons.items():
        if number >= MANY:
            said = f"{system}：{number} 个账号因同一原因（{reason}）搁置；修复后执行 huaming retry。"
            yield Condition("parked", f"{system} {reason}", said, now)


def _reason(error: str | None) -> str:
    """The code before the sentence, which may name somebody; else no more than that there is one."""
    code, colon, _ = (error or "").partition("：")
    return code if colon and code.isascii() and len(code) <= 40 else "见报告"


def _sweeps(connection: Connection, system: str, now: float) -> Iterator[Condition]:
    last = connection.execute(_LAST_SWEEP, {"of": system}).first()
    if last is not None and last.outcome != "complete":
        said = f"{system}：上次巡检没有读全，缺的账号不按已删处理，差异可能没有找全。"
        yield Condition("sweep", system, said, now)


def _calendar(present: Present) -> Iterator[Condition]:
    year = unknown_year(present.calendar, present.today)
    if year is not None:
        said = f"{year} 年的放假安排尚未录入，该年期限只能暂定；请把 {year}.toml 放进 [policy] calendar 的目录。"
        yield Condition("calendar", str(year), said, present.now)


def _clock(connection: Connection, present: Present) -> Iterator[Condition]:
    if rolls.state(connection, present.today, present.fingerprint) == rolls.CLOCK_BEHIND:
        last = rolls.rolled(connection)
        said = f"本机时钟为 {present.today}，早于已更新到的 {last}：在此之前不再按日更新，请校准本机时间。"
        yield Condition("clock", "clock", said, present.now)


def _trace(connection: Connection, now: float) -> Iterator[Condition]:
    behind = figures.sealing(connection, now)
    if behind.seconds > STUCK:
        said = f"留痕有 {behind.rows} 行超过 {STUCK:.0f} 秒未封存；请查服务日志，并执行 huaming verify。"
        yield Condition("trace", "trace", said, now - behind.seconds)
