"""What somebody has to know of without having asked (S29): its kinds, and the sentences, without anybody's name."""

from dataclasses import dataclass
from datetime import datetime

from scim_server.clock import SHANGHAI

KINDS = {
    "held": "待批准",
    "parked": "同一原因大量搁置",
    "breaker": "系统连不上",
    "sweep": "巡检不完整",
    "calendar": "工作日历未知",
    "deadline": "函件逾期",
    "return": "到期未处理",
    "letters": "函件未能送达",
    "clock": "时钟倒退",
    "trace": "留痕未封存",
    "store": "数据库不可写",
    "test": "测试",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is so now. `kind` and `about` say that it is the same as a moment ago; `since` in seconds since
    the epoch; `text` is told once, and stays as it was told.
    """

    kind: str
    about: str
    text: str
    since: float


@dataclass(frozen=True, slots=True)
class Notice:
    """What goes out. `over` is None while it lasts."""

    id: str
    kind: str
    about: str
    text: str
    since: float
    over: float | None = None

    def sentence(self) -> str:
        """As people read it."""
        title = KINDS.get(self.kind, self.kind)
        if self.over is None:
            return f"【花名册告警·{title}】{self.text}"
        return f"【花名册告警解除·{title}】{moment(self.since)} 起：{self.text} 已于 {moment(self.over)} 解除。"

    def said(self) -> dict[str, object]:
        """The body: what group robots show by themselves, and the same for programs."""
        alert = {
            "id": self.id,
            "kind": self.kind,
            "about": self.about,
            "state": "open" if self.over is None else "over",
            "text": self.text,
            "since": _stamp(self.since),
            "over": None if self.over is None else _stamp(self.over),
        }
        return {"msgtype": "text", "text": {"content": self.sentence()}, "alert": alert}


def moment(seconds: float) -> str:
    """Local, to the minute."""
    return datetime.fromtimestamp(seconds, SHANGHAI).strftime("%m-%d %H:%M")


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, SHANGHAI).isoformat(timespec="seconds")
