"""What a person is to do about something that stands open: plain Chinese, with what to type where that helps."""

from dataclasses import dataclass
from shlex import quote

from mappings.plan import LOCKED_BY_HAND, REMAINS
from scim_server.reports.rows import OpenRow, Standing
from scim_server.reports.words import FINDINGS


@dataclass(frozen=True, slots=True)
class NextStep:
    """A sentence, and the command of the house that goes with it, in the pieces that stay on one line."""

    text: str
    command: tuple[str, ...] = ()


def sentence(row: OpenRow) -> str:
    """Why it stands open."""
    if row.standing is Standing.FINDING:
        return FINDINGS.get(row.sentence, row.sentence)
    if row.standing is Standing.WAITING and row.blocker and row.blocker not in row.sentence:
        return f"{row.sentence or '等待前项完成。'}（所等：{row.blocker}）"
    if row.standing is Standing.LATE:
        return row.sentence or "应推送而逾时未推送，未记录原因。"
    return row.sentence or "（未记录原因）"


def step_for_all(row: OpenRow) -> NextStep:
    """The step for many that have stuck on one thing: the command tries all of that system again."""
    step = next_step(row)
    together = step.command[:1] == ("huaming retry",)
    return NextStep(step.text, ("huaming retry", f"--system {quote(row.system)}")) if together else step


def next_step(row: OpenRow) -> NextStep:
    """By standing; the command's arguments are quoted for a shell, for keys come from outside."""
    retry = ("huaming retry", f"--system {quote(row.system)}", f"--person {quote(row.external_id)}")
    match row.standing:
        case Standing.CONFLICT:
            return NextStep(
                "系统中已有不属于本名册的同名账号，未作改动。请系统管理员核对归属：非本人的，改名或清除；处理后重试。",
                retry,
            )
        case Standing.PARKED:
            return NextStep("请按原因更正名册，更正后自动重推；原因在系统一侧的，处理后重试。", retry)
        case Standing.HELD:
            return _held(row)
        case Standing.LATE:
            return NextStep("请系统管理员查看该系统能否连通、推送程序是否在运行；恢复后自动继续。", ("huaming status",))
        case Standing.WAITING:
            return NextStep("无须办理，所等事项完成后自动继续。超过一日仍未完成的，请系统管理员查看。")
        case Standing.FINDING if row.sentence == REMAINS:
            done = ("huaming leftover done", *retry[1:], "--by")
            return NextStep("请在该系统的控制台彻底清除「已删除」区域中的残余资料，然后登记经办人。", done)
        case Standing.FINDING if row.sentence == LOCKED_BY_HAND:
            return NextStep("请核实锁定缘由：应恢复的，由管理员在该系统中解锁；应停用的，在名册中停用。")
        case Standing.FINDING:
            return NextStep("请系统管理员核实。")


def _held(row: OpenRow) -> NextStep:
    if row.approval is None:
        return NextStep("其中有名册不认识的成员，请系统管理员核实并移出，此后自动继续。")
    if row.rejected:
        return NextStep("已被驳回，名册的要求变更前不再发送。请人事部门核对并更正名册，更正后自动继续。")
    shown = ("huaming approvals show", quote(row.approval))
    return NextStep("变动超出安全限额，已停发。请负责人核对名单后批准或驳回。", shown)
