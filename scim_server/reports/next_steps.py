"""What a person is to do about something that stands open: plain Chinese, with what to type where that helps."""

from dataclasses import dataclass
from shlex import quote

from mappings.plan import LOCKED_BY_HAND
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
    return row.sentence or "（未记录原因）"


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
            return NextStep("变动超出安全限额，已停发。请负责人核对名单后批准或退回。", ("huaming approvals list",))
        case Standing.WAITING:
            return NextStep("无须办理，所等事项完成后自动继续。超过一日仍未完成的，请系统管理员查看。")
        case Standing.FINDING if row.sentence == LOCKED_BY_HAND:
            return NextStep("请核实锁定缘由：应恢复的，由管理员在该系统中解锁；应停用的，在名册中停用。")
        case Standing.FINDING:
            return NextStep("请系统管理员核实。")
