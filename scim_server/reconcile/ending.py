"""How a row's pass ends: done, waiting, parked, or due again, and what stands on record of each attempt (S20, S22)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.errors import Ambiguous, ConnectorError
from mappings.model import (
    Action,
    AlreadySo,
    Conflict,
    Done,
    Operation,
    Outcome,
    Pending,
    Presence,
    Ref,
    Refused,
    Retry,
    Unknown,
)
from mappings.plan import FOREIGN
from scim_server.clock import day_start
from scim_server.reconcile.backoff import backoff
from scim_server.reconcile.guarded import Kept
from scim_server.reconcile.pace import Short
from scim_server.reconcile.steps import mends
from scim_server.reconcile.task import Task
from scim_server.store.approvals import HELD_FOR, REFUSED
from scim_server.store.attempts import Settled
from scim_server.store.links import POLL

HOUR = 3600.0
LOOK_AGAIN = 600.0  # seconds; the verdict over the batch makes it due at once
PARK_AFTER = 5  # tries whose success could not be read back

MEMBERSHIP = frozenset({Action.JOIN, Action.LEAVE})  # of anything else a conflict is the account's own, not the group's

NOT_READ_BACK = "系统已应答成功，但读回的结果不符"
LOST = "应答丢失，读回后确认未生效"
STRANDED = "，且不由名册管理，本系统不作改动；移出后自动注销"
KEPT = "；本系统中有人员的变动正待批准，批准并移出后自动注销"
WEIGHED = "同一批变更正在合计涉及的人数，合计后再发送"
OVERTAKEN = "已受理的操作被名册后来的变更取代"


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant (seconds since the epoch) and the chance that an ending rests on."""

    now: float
    random: Callable[[], float]


def before_any_call(task: Task, moment: Moment) -> None:
    """A value that the system cannot hold parks the row before any call (S11), unless a door has to be closed.

    A missing parent is waited for.
    """
    if task.desired.unfit is not None and task.desired.state.presence is Presence.ACTIVE:
        task.end("parked", error=task.desired.unfit)
    elif task.blocked:
        _wait(task, moment)


def unread(task: Task, error: ConnectorError, moment: Moment) -> None:
    """The account could not be read: nothing is known, so nothing is done."""
    if isinstance(error, Ambiguous):
        task.end("parked", error=str(error))
    elif error.outage:
        task.end("due", due=moment.now, attempts=task.claim.attempts, error=str(error))
    else:
        _again(task, moment, str(error))


def read_back(task: Task, moment: Moment) -> None:
    """Settles what was sent by what was read, and ends the row where nothing is left to do."""
    still = []
    newest = max((each.id for each in task.open if each.action == Action.CREATE), default="")
    for each in task.open:
        effect = task.took_effect(Action(each.action), each.group_key)
        if each.action == Action.CREATE and each.id != newest:
            effect = False  # before the next one was sent, nobody was there: its worker died before it could say so
        if effect or not each.pending:
            task.ends.append(Settled(each.id, "done") if effect else Settled(each.id, "lost", LOST))
        else:
            still.append(each)
    task.open = still
    sent, task.sent = task.sent, []
    confirmed = [_confirm(task, operation, outcome) for operation, outcome in sent]
    if task.failure is not None:
        _failed(task, *task.failure, moment)
    elif not all(confirmed):
        _not_read_back(task, moment)
    elif not task.planned.operations:
        _settle(task, moment)


def after_call(task: Task, operation: Operation, outcome: Outcome, moment: Moment) -> bool:
    """Takes an outcome; True when nothing more may be sent for this row now."""
    if isinstance(outcome, Done) or (isinstance(outcome, AlreadySo) and operation.action is Action.UPDATE):
        task.wrote(operation)
    if isinstance(outcome, Done | AlreadySo | Unknown):
        task.sent.append((operation, outcome))
        task.followed = task.followed or (operation.action is Action.UPDATE and not isinstance(outcome, Unknown))
        return isinstance(outcome, Unknown)
    if operation.action is Action.CREATE and isinstance(outcome, Refused | Conflict):
        task.creating = False  # it surely was not made by us
    task.ends.append(Settled(operation.id, *_word(outcome)))
    if isinstance(outcome, Pending):
        task.private = outcome.private or task.private
    task.failure = operation, outcome
    if not task.sent:
        _failed(task, operation, outcome, moment)
    return True  # what was done before the failure is read back first


def not_sent(task: Task, operations: Sequence[Operation]) -> None:
    """An earlier operation of the row failed, so these were never sent."""
    task.ends += [Settled(operation.id, "not-sent") for operation in operations]


def wait_for_name(task: Task, holder: str, key: str, moment: Moment) -> None:
    """Another subject still holds the login (S5); `key` is what people call it by."""
    text = f"名称「{task.desired.login}」仍由编号「{key}」的账号占用，待其让出并读回后继续"
    task.end("waiting", due=moment.now + POLL, blocker=holder, error=text)


def wait_for_pace(task: Task, seconds: float, moment: Moment) -> None:
    """The vendor's windows allow no call for it now (S25); what was sent is settled when it is read next."""
    task.end("due", due=moment.now + max(seconds, 0.1), attempts=task.claim.attempts, error="等待接口调用额度")


def over_quota(task: Task, short: Short, moment: Moment) -> None:
    """Looks again each hour: the quota may have been raised, or people have left the list."""
    text = f"建号额度只剩 {short.left} 个，待建 {short.wanted} 个，一个也未建立；请扩大额度，或待其恢复"
    task.end("parked", due=moment.now + HOUR, error=text)


def kept_back(task: Task, moment: Moment) -> None:
    """What is harmless has been sent; the guard has not let the rest go (S23)."""
    kept, id = task.guarded.kept, task.guarded.approval
    if kept is Kept.MOVED:
        task.end("due", due=moment.now, attempts=task.claim.attempts)
    elif kept is Kept.WEIGHED:
        task.end("waiting", due=moment.now + LOOK_AGAIN, error=WEIGHED)
    else:
        held = HELD_FOR if kept is Kept.HELD else REFUSED
        task.end("held", blocker=task.blocker, error=held.format(id=id))


def not_home(task: Task, moment: Moment) -> None:
    """The rounds of the pass did not suffice: the row is due again."""
    _again(task, moment, NOT_READ_BACK)


def _confirm(task: Task, operation: Operation, outcome: Outcome) -> bool:
    """Whether the record agrees with the answer. A lost answer is simply tried again."""
    effect = task.took_effect(operation.action, operation.group.key if operation.group else None)
    if effect and (task.followed or not mends(operation)):
        task.ends.append(Settled(operation.id, "already-so" if isinstance(outcome, AlreadySo) else "done"))
        return True
    lost = isinstance(outcome, Unknown)
    task.ends.append(Settled(operation.id, "lost", LOST if lost else NOT_READ_BACK))
    return lost


def _not_read_back(task: Task, moment: Moment) -> None:
    if task.claim.attempts + 1 >= PARK_AFTER:
        task.end("parked", attempts=task.claim.attempts + 1, error=NOT_READ_BACK)
    else:
        _again(task, moment, NOT_READ_BACK)


def _settle(task: Task, moment: Moment) -> None:
    if task.withheld is not None:
        _without_password(task, task.withheld, moment)
    elif task.desired.unfit is not None:
        task.end("parked", error=task.desired.unfit)
    elif task.planned.finding == FOREIGN and task.rival is not None:
        text = f"编号「{task.ref.key}」的前一账号尚未注销，待其注销并读回后继续"
        task.end("waiting", due=moment.now + POLL, blocker=task.rival, error=text)
    elif task.planned.finding == FOREIGN:
        name = (task.observed.name if task.observed else None) or ""
        task.end("parked", error=f"系统中已有不属于名册的账号占用此编号，未作任何改动（{name}）")
    elif task.blocker is not None:
        _wait(task, moment)
    elif task.missing is not None and task.observed is None:
        task.end("waiting", due=moment.now + POLL, error=f"等待默认部门「{task.missing}」在名册中建立")
    else:
        task.ends += [Settled(each.id, "not-sent", OVERTAKEN) for each in task.open]
        task.end("gone" if task.observed is None else "done", due=_next_look(task, moment), settled=True)


def _without_password(task: Task, outcome: Outcome, moment: Moment) -> None:
    """The account is there; only its first password is not."""
    _, text = _word(outcome)
    error = f"账号已建立，初始口令未能设置：{text or '应答丢失'}"
    if isinstance(outcome, Refused | Conflict):
        task.end("parked", attempts=task.claim.attempts + 1, error=error)
    else:
        _again(task, moment, error)


def _failed(task: Task, operation: Operation, outcome: Outcome, moment: Moment) -> None:
    _, text = _word(outcome)
    group = operation.group
    if operation.action in MEMBERSHIP and group is not None and isinstance(outcome, Conflict):
        # it was made anew, or replaced: its own row settles that
        task.end("waiting", due=moment.now + POLL, blocker=group.subject, error=text, doubted=group)
    elif isinstance(outcome, Pending) and task.stranded:
        held = max(outcome.after, POLL)
        task.end("held", due=moment.now + held, attempts=task.claim.attempts, error=f"{text}{task.stranded}")
    elif isinstance(outcome, Pending):
        task.end("waiting", due=moment.now + outcome.after, attempts=task.claim.attempts, error=text)
    elif isinstance(outcome, Retry) and outcome.outage:
        task.end("due", due=moment.now, attempts=task.claim.attempts, error=text)
    elif isinstance(outcome, Retry):
        _again(task, moment, text, outcome.after, group)
    else:
        task.end("parked", attempts=task.claim.attempts + 1, error=text)


def _word(outcome: Outcome) -> tuple[str, str]:
    """What stands on record of an operation that was not done."""
    match outcome:
        case Pending(state=state):
            return "pending", state
        case Retry(text=text):
            return "retry", text
        case Conflict(holder=holder, text=text):
            return "conflict", f"{text}（{holder}）"
        case Refused(code=code, text=text):
            return "refused", f"{code}：{text}"
    return "unknown", ""


def _wait(task: Task, moment: Moment) -> None:
    text = f"等待「{task.blocker_name}」先在系统中建立"
    task.end("waiting", due=moment.now + POLL, blocker=task.blocker, error=text)


def _again(task: Task, moment: Moment, error: str, told: float | None = None, doubted: Ref | None = None) -> None:
    attempts = task.claim.attempts + 1
    due = moment.now + backoff(attempts, moment.random, told)
    task.end("due", due=due, attempts=attempts, error=error, doubted=doubted)


def _next_look(task: Task, moment: Moment) -> float | None:
    """When the answer changes by itself; of an account that succeeds another also when that one has surely settled."""
    day = task.desired.review_on
    looks = [day_start(day)] if day is not None else []
    looks += [moment.now + task.settles] if task.settles and task.succeeds else []
    looks += [task.left.ripens] if task.left.ripens is not None else []
    return min(looks, default=None)
