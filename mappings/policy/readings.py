"""The points that the regulation leaves open (A01-A29), each with its reading; 八 leaves the last word to the bureau.

A point with a `setting` is a field of Readings, which another setting reads otherwise. The others have one
reading in this version; `POINTS` says what it is, so that no decision rests on something unsaid.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

NAMED = ("ldap", "oa", "wecom", "attendance")  # the systems that every answer names
TITLES = dict(zip(NAMED, ("目录", "政务OA", "政务微信", "无感考勤"), strict=True))
LOCKLESS = frozenset({"attendance"})  # no lock of its own: for a plain user locked is spelled removed (A28)
IN_POST = frozenset({"cleared", "disciplined-in-post", "demoted", "removed-from-post"})  # outcomes that unlock (R205e)
STAFF = frozenset({"administrative", "institutional", "gov-employee"})  # who needs every system unless told otherwise


@dataclass(frozen=True, slots=True)
class Readings:
    """The settings of `[policy]`. Raises ValueError where a gate has no day from which it holds."""

    letter_gate: Literal["none", "open", "all"] = "none"
    """A02, in `gates`: what waits for its letter: nothing, an opening, or unlocks and concurrent roles too."""

    letter_gate_from: str | None = None
    """A02, in `gates`: the ISO day from which the gate holds; nothing older waits. Set with any gate."""

    internal_secondment_senders: Literal["both", "home"] = "both"
    """A03, in `letters`: who writes under 二(三): the lending and the borrowing department, or home alone."""

    count_start_day: bool = False
    """A09, in `mappings.calendar`: whether the day of the event is the first of the three working days."""

    closing_time: str = "24:00"
    """A11, in `mappings.calendar`: HH:MM, Asia/Shanghai: what is sent later counts as sent the next day."""

    barred_departure: Literal["hold", "remove"] = "hold"
    """C06, in `departures`: whether the law that bars an exit during a case keeps the account, locked."""

    barred_categories: frozenset[str] = frozenset({"administrative", "institutional"})
    """A26, in `departures`: whose exits are barred while a case is open."""

    plain: frozenset[str] = frozenset({"ldap"})
    """A28, in `plain_users`: the named systems that are open to users without facts."""

    def __post_init__(self) -> None:
        if self.letter_gate != "none" and self.letter_gate_from is None:
            raise ValueError("letter_gate needs letter_gate_from: the first day on which a letter is waited for")


DEFAULT = Readings()


class Point(NamedTuple):
    """An ambiguous point: what the text leaves open, how it is read here, and the settings that decide it."""

    id: str
    question: str
    reading: str
    default: str
    settings: tuple[str, ...] = ()


POINTS = (
    Point("A01", "目录（LDAP）未被点名", "随政务OA、政务微信：同锁同销，三项需求有其一即开通", "follow OA"),
    Point(
        "A02",
        "名册为准，还是「根据来函要求」",
        "名册事实按日生效，来函另行催办；可设为等函开通",
        "letter_gate=none",
        ("letter_gate", "letter_gate_from"),
    ),
    Point(
        "A03",
        "二(三)由谁发函",
        "借出、借入两家都发（可联合发函）；二(四)只由区内选派部门发",
        "both",
        ("internal_secondment_senders",),
    ),
    Point(
        "A04",
        "借调、挂职到区外，锁定还是注销",
        "看人事关系：未转出锁定，已转出注销；不明的先锁定",
        "relationTransferred=false",
    ),
    Point("A05", "一(二)三项需求是否须同时具备", "不须：每项需求各开各的系统", "per need"),
    Point("A06", "二(五)未提无感考勤", "不动；重叠时只减不增", "unchanged"),
    Point("A07", "立案而未停止工作", "不锁定", "flag workSuspended"),
    Point("A08", "计划结束日是否解锁", "否，只认实际结束日；逾期列入报告", "actual end only"),
    Point("A09", "「之日起三个工作日」首日算不算", "不算：次一工作日为第一日", "not counted", ("count_start_day",)),
    Point("A10", "「当日」遇休息日", "顺延到下一工作日；调休上班日为工作日", "roll forward"),
    Point("A11", "到期日的钟点", "北京时间24:00", "24:00", ("closing_time",)),
    Point("A12", "「一个月内没有任何操作」", "自核查时刻回溯一个月，逐账号逐系统，电脑、手机合并计算", "rolling month"),
    Point("A13", "逾期未复函", "列入逾期名单并提醒，不自动锁定、注销", "off"),
    Point("A14", "复函称已离职，名册仍在职", "按复函注销，直至名册补录、再次入职或专人撤销", "sticky"),
    Point("A15", "领导的函送「区委办和区政府办」", "一函两送", "both"),
    Point("A16", "谁是区委区政府领导", "以名册的领导层级为准，不从职务猜测", "roster field"),
    Point("A17", "通报", "只拟稿；登记区政府批示后方可发出", "manual approval"),
    Point(
        "A18",
        "注销是否即删除",
        "系统中删除，本系统留存不含人脸和联系方式的记录",
        "delete in the target, tombstone in the hub",
    ),
    Point("A19", "离职当日何时注销", "生效日零时起；生效日为离职后的第一日", "00:00"),
    Point("A20", "复函三个工作日的起点", "函件在OA送达之时，送达当日不算", "delivery"),
    Point("A21", "区科工信局自身的时限", "未作规定；只计时，不算违规", "metric only"),
    Point("A22", "办法何时施行", "印发之日", "2021-09-09"),
    Point("A23", "SCIM 删除，或停用而无事件", "删除视同其他原因离职；停用为裸锁；都列入报告", "fail safe"),
    Point("A24", "领导被停职或离职", "与他人相同", "no exception"),
    Point("A25", "在科室任职者的「所在部门」", "以所属部门（非科室的第一个上级）为准", "top department"),
    Point(
        "A26",
        "立案期间不得离职的是谁",
        "行政编制、事业编制",
        "barred_categories=[administrative, institutional]",
        ("barred_departure", "barred_categories"),
    ),
    Point("A27", "由 SCIM 加入部门的成员", "自当日起作兼任，未登记来函的列为无函兼任，离职即止", "follow and list"),
    Point("A28", "没有名册事实的用户", "按系统设置，默认只开目录；停用为锁定，删除为注销", "ldap only", ("plain",)),
    Point("A29", "锁定的理由向谁说明", "对外只说第二条、第三条；条项只供人事和管理员查阅并留痕", "two faces"),
)
