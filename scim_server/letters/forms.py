"""The application form (申请表) for opening, changing and cancelling: one table, three uses."""

from collections.abc import Iterator, Sequence

from scim_server.letters.clean import article, clean, iso
from scim_server.letters.content import Applicant, Application, Cancellation, ChangeLetter
from scim_server.letters.departures import departure, is_death, is_sanction
from scim_server.letters.letter import Fields, Form, Pair
from scim_server.letters.text_files import Wording
from scim_server.letters.values import OfPeople, is_outsourced, joined, of_person

TICKED, FREE = "■", "□"  # both are in GB 2312, so in every font of an office
UNSETTLED = ("secondment", "outside")  # postings: an end is asked for, and may be open
SILENT = ("suspension", "resumption")  # 二(五): the form too gives nothing but the neutral words
ROOM = ("申请单位意见", "区科工信局办理情况")
FOOT = (("办理人", ""), ("办理时间", ""))


def form(content: OfPeople, wording: Wording, offered: Sequence[str]) -> Form:
    """`offered`: the systems to choose from, by their titles."""
    head = (
        (("申请单位", joined((content.sender, *content.joint))),),
        (("日期", iso(content.day)), ("文号", clean(content.doc_number))),
    )
    blocks = tuple(_numbered(content, each, wording, offered) for each in range(len(content.people)))
    return Form(head, blocks, ROOM, FOOT)


def _numbered(content: OfPeople, index: int, wording: Wording, offered: Sequence[str]) -> Fields:
    rows = tuple(_block(content, content.people[index], wording, offered))
    alone = len(content.people) == 1
    return rows if alone else ((("序号", f"{index + 1}"),), *rows)


def _block(
    content: OfPeople, person: Applicant, wording: Wording, offered: Sequence[str]
) -> Iterator[tuple[Pair, ...]]:
    systems = ("系统", tick_boxes(person.systems, offered))
    match content:
        case Application():
            yield from _opening(person, systems)
        case ChangeLetter():
            yield from _changed(content, person, systems)
            yield from _change(content, person, wording)
        case Cancellation():
            yield from _leaving(person, systems)


def tick_boxes(chosen: Sequence[str], offered: Sequence[str]) -> str:
    every = dict.fromkeys((*offered, *map(clean, chosen)))
    ticked = {clean(each) for each in chosen}
    return "　".join(f"{TICKED if each in ticked else FREE}{each}" for each in every)


def _who(person: Applicant, third: Pair) -> tuple[Pair, ...]:
    return (("姓名", clean(person.name)), ("人员编号", clean(person.number)), third)


def _post(person: Applicant, prefix: str = "") -> tuple[Pair, ...]:
    names = (f"{prefix}部门", f"{prefix}科室", f"{prefix}职务")
    old = prefix == "原"
    department = person.old_department if old else person.department
    office = person.old_office if old else person.office
    position = person.old_position if old else person.position
    return tuple(zip(names, map(clean, (department, office, position)), strict=True))


def _opening(person: Applicant, systems: Pair) -> Iterator[tuple[Pair, ...]]:
    yield _who(person, ("人员类别", clean(person.category)))
    yield _post(person)
    yield (("报到日", iso(person.event)), _item(person))
    yield (("手机号码", clean(person.mobile)), systems)
    if person.until or person.organization:
        yield (
            ("期限", _until(person)),
            ("派驻单位" if is_outsourced(person) else "原单位", clean(person.organization)),
        )


def _changed(content: ChangeLetter, person: Applicant, systems: Pair) -> Iterator[tuple[Pair, ...]]:
    yield _who(person, ("变动日", iso(person.event)))
    yield _post(person, "原")
    yield _post(person, "现")
    if content.change in SILENT:
        yield (_item(person),)
        yield (systems,)
        return
    open_end = "未定" if content.change in UNSETTLED else "—"
    yield (("期限", _until(person) or open_end), _item(person))
    yield (("手机号码", clean(person.mobile)), systems) if person.mobile else (systems,)


def _change(content: ChangeLetter, person: Applicant, wording: Wording) -> Iterator[tuple[Pair, ...]]:
    """What the letter's drafter says goes before the standing words, except where those are all that may be said."""
    values = of_person(person)
    own = content.change not in SILENT
    yield (("变更原因", (values["reason"] if own else "") or wording.line("reason", values)),)
    yield (("变更内容", (values["content"] if own else "") or wording.line("content", values)),)


def _leaving(person: Applicant, systems: Pair) -> Iterator[tuple[Pair, ...]]:
    yield _who(person, ("去世日期" if is_death(person) else "离职日", iso(person.event)))
    yield _post(person)
    decision = clean(person.decision) if is_sanction(person) else ""
    yield (("注销原因", departure(person) + (f"（{decision}）" if decision else "")),)
    yield (_item(person),)
    yield (systems,)


def _item(person: Applicant) -> Pair:
    return ("条款", article({person.item}))


def _until(person: Applicant) -> str:
    return iso(person.until) if person.until else ""
