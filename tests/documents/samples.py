"""One letter of each kind, as the hub would draw it up."""

from typing import Any

from scim_server.letters.content import (
    Account,
    Applicant,
    Application,
    Cancellation,
    Change,
    ChangeLetter,
    Content,
    Inquiry,
    PublicNotice,
    Reminder,
)

BUREAU = "三亚市崖州区科学技术和工业信息化局"
ALL = ("政务OA", "政务微信", "无感考勤")
REG = "《三亚市崖州区信息化系统统一管理暂行办法》（崖州府办〔2021〕142号）"

CHANGES: dict[Change, str] = {
    "inside": "二(一)",
    "between": "二(二)",
    "secondment": "二(三)",
    "outside": "二(四)",
    "return": "二(四)",
    "suspension": "二(五)",
    "resumption": "二(五)",
    "other": "二(六)",
}


def accounts(count: int, name: str = "严廿八") -> tuple[Account, ...]:
    """Two accounts of each person, every other one without an operation on record."""
    return tuple(
        Account(
            subject=f"subject-{number // 2}",
            name=name,
            number=f"YZ{number:05d}",
            office="人事科",
            system=ALL[number % 3],
            last=None if number % 2 else "2026-05-28T17:03:00+00:00",
            terminal=None if number % 2 else "mobile",
        )
        for number in range(count)
    )


def inquiry(**other: Any) -> Inquiry:
    values: dict[str, Any] = {
        "kind": "inquiry",
        "sender": BUREAU,
        "doc_number": "崖科工信函〔2026〕12号",
        "day": "2026-07-01",
        "addressees": ("区教育局",),
        "bureau": BUREAU,
        "checked": "2026-07-01",
        "window_start": "2026-06-01",
        "window_end": "2026-06-30",
        "due": "2026-07-06",
        "systems": ALL,
        "accounts": accounts(3),
    }
    return Inquiry.model_validate(values | other)


def leaders(**other: Any) -> Inquiry:
    return inquiry(**{"kind": "leaders-inquiry", "addressees": ("区委办", "区政府办")} | other)


def reminder(**other: Any) -> Reminder:
    values: dict[str, Any] = {
        "sender": BUREAU,
        "doc_number": "崖科工信函〔2026〕31号",
        "day": "2026-07-07",
        "addressees": ("区教育局",),
        "bureau": BUREAU,
        "inquiry": "崖科工信函〔2026〕12号",
        "was_due": "2026-07-06",
        "due": "2026-07-08",
    }
    return Reminder.model_validate(values | other)


def notice(**other: Any) -> PublicNotice:
    values: dict[str, Any] = {
        "sender": BUREAU,
        "doc_number": "崖科工信函〔2026〕40号",
        "day": "2026-08-03",
        "addressees": ("各相关单位",),
        "bureau": BUREAU,
        "period": "2026年7月",
        "total": 15000,
        "silent": 213,
        "departments": 31,
        "on_time": 28,
        "late": 2,
        "none": 1,
        "left": 3,
        "left_departments": ("区教育局", "区财政局"),
    }
    return PublicNotice.model_validate(values | other)


def person(**other: Any) -> Applicant:
    values: dict[str, Any] = {
        "subject": "subject-1",
        "name": "金三十",
        "number": "YZ00301",
        "event": "2026-07-02",
        "item": "一(一)",
        "category": "行政编制",
        "department": "区教育局",
        "office": "人事科",
        "position": "科员",
        "mobile": "13800000000",
        "systems": ALL,
    }
    return Applicant.model_validate(values | other)


def _department(**other: Any) -> dict[str, Any]:
    return {
        "sender": "三亚市崖州区教育局",
        "doc_number": "崖教函〔2026〕3号",
        "day": "2026-07-02",
        "addressees": ("区科工信局",),
        "contact": "林小梅",
        "phone": "0898-88888888",
    } | other


def opening(*people: Applicant, **other: Any) -> Application:
    return Application(people=people or (person(),), **_department(**other))


def moved(change: Change, **other: Any) -> Applicant:
    """Somebody to whom that happened."""
    values: dict[str, Any] = {
        "item": CHANGES[change],
        "old_department": "区财政局",
        "old_office": "预算科",
        "old_position": "科长",
    }
    if change == "inside":
        values |= {"old_department": "区教育局", "old_office": "办公室"}
    if change == "secondment":
        values |= {"old_department": "区教育局", "department": "区财政局", "posting": "借调", "until": "2027-06-30"}
    if change in ("outside", "return"):
        values |= {"posting": "挂职", "organization": "海南省科学技术厅", "until": "2027-06-30"}
    if change == "other":
        values |= {"reason": "工作需要", "content": "增加区财政局兼任"}
    return person(**values | other)


def change(sort: Change, *people: Applicant, **other: Any) -> ChangeLetter:
    return ChangeLetter(change=sort, people=people or (moved(sort),), **_department(**other))


def cancellation(*people: Applicant, **other: Any) -> Cancellation:
    return Cancellation(people=people or (leaver("三(一)", "退休"),), **_department(**other))


def leaver(item: str, reason: str, **other: Any) -> Applicant:
    return person(item=item, reason=reason, **other)


LONG_ORGAN = "三亚市崖州区热带农业科技现代产业园区开发建设管理委员会办公室"
LONG_NAME = "阿卜杜拉·买买提·伊斯兰木·阿不都热合曼·吐尔逊江·艾尔肯"

EVERY: dict[str, Content] = {
    "inquiry": inquiry(),
    "inquiry of hundreds": inquiry(accounts=accounts(300)),
    "leaders": leaders(),
    "reminder": reminder(copies=("区委办", "区政府办")),
    "notice": notice(),
    "open": opening(),
    "open many": opening(person(), person(name="符𬭎", number="YZ00302", event="2026-07-01", item="一(三)")),
    "long": opening(person(name=LONG_NAME), sender=LONG_ORGAN),
    **{f"change {each}": change(each) for each in CHANGES},
    "change joint": change("secondment", joint=("三亚市崖州区财政局",)),
    "change many": change("inside", *(moved("inside", subject=f"s{each}") for each in range(3))),
    "cancel": cancellation(),
    "cancel death": cancellation(leaver("三(三)", "因病去世")),
}
