"""From a letter's content to its words: `word(content)`. The same content gives the same words."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from scim_server.letters.clean import civil, clean
from scim_server.letters.content import (
    Account,
    Applicant,
    Application,
    Cancellation,
    ChangeLetter,
    Content,
    Inquiry,
    PublicNotice,
    Reminder,
)
from scim_server.letters.departures import is_death
from scim_server.letters.editions import wording
from scim_server.letters.errors import LetterError
from scim_server.letters.forms import form
from scim_server.letters.letter import Annex, Column, Letter, Listing
from scim_server.letters.text_files import Wording
from scim_server.letters.values import (
    OfPeople,
    Values,
    common,
    is_outsourced,
    joined,
    of_account,
    of_departure,
    of_inquiry,
    of_notice,
    of_people,
    of_reminder,
    until,
)

COLUMNS = (
    Column("序号", 11),
    Column("姓名", 22),
    Column("人员编号", 23),
    Column("科室", 26, narrow=False),
    Column("系统", 19),
    Column("最后操作时间", 36),
    Column("终端", 19),
)  # 156 mm


def word(content: Content, folder: Path | None = None) -> Letter:
    """The letter in words. `folder`: the bureau's own wordings.

    Raises LetterError where a value is missing, TextError where a file of wording is not usable.
    """
    text = wording(kind_of(content), content.day, folder)
    shared = wording("common", content.day, folder)
    values = common(content, shared.line("regulation", {})) | _own(content)
    if not values["addressee"]:
        raise LetterError("没有主送机关")
    return Letter(
        organs=tuple(map(clean, (content.sender, *content.joint))),
        doc_number=clean(content.doc_number),
        day=civil(content.day),
        title=text.parts(_title(content, text), values),
        addressees=values["addressee"],
        paragraphs=tuple(_paragraphs(content, text, values)),
        closing=text.lines("closing", values),
        note=shared.line("contact", values) if values["contact"] else "",
        copies=joined(content.copies),
        annexes=tuple(_annexes(content, text, values, shared)),
        enclosed=text.lines("enclosed", values),
    )


def kind_of(content: Content) -> str:
    """The name of the file that has its wording."""
    return f"change-{content.change}" if isinstance(content, ChangeLetter) else content.kind


def _own(content: Content) -> Values:
    match content:
        case Inquiry():
            return of_inquiry(content)
        case Reminder():
            return of_reminder(content)
        case PublicNotice():
            return of_notice(content)
        case Cancellation():
            return of_people(content) | of_departure(content.people[0])
        case Application() | ChangeLetter():
            return of_people(content)


def _title(content: Content, text: Wording) -> str:
    return "title one" if isinstance(content, OfPeople) and len(content.people) == 1 else "title"


def _paragraphs(content: Content, text: Wording, values: Values) -> Iterator[str]:
    yield from text.lines(_body(content), values)
    if isinstance(content, Application):
        yield from _outsourced(content, text, values)


def _body(content: Content) -> str:
    if isinstance(content, PublicNotice):
        return "body" if content.left else "body none"
    if not isinstance(content, OfPeople) or len(content.people) > 1:
        return "body"
    return "body death" if isinstance(content, Cancellation) and is_death(content.people[0]) else "body one"


def _outsourced(content: Application, text: Wording, values: Values) -> Iterator[str]:
    """Who is sent by a contractor: a sentence for each contractor and end of the stay."""
    groups: dict[tuple[str, str], list[Applicant]] = defaultdict(list)
    for each in content.people:
        if is_outsourced(each):
            groups[clean(each.organization), until(each)].append(each)
    for (contractor, end), people in groups.items():
        who = "上述人员" if len(people) == len(content.people) else _named(people)
        yield from text.lines("outsourced", values | {"who": who, "contractor": contractor, "until": end})


def _named(people: list[Applicant]) -> str:
    first = clean(people[0].name)
    return f"{first}同志" if len(people) == 1 else f"{first}等{len(people)}名同志"


def _annexes(content: Content, text: Wording, values: Values, shared: Wording) -> Iterator[Annex]:
    title = text.line("annex", values)
    if isinstance(content, Inquiry):
        yield Annex(title, listing(content.accounts))
    elif isinstance(content, OfPeople):
        yield Annex(title, form(content, text, shared.lines("systems", {})))


def listing(accounts: tuple[Account, ...]) -> Listing:
    return Listing(COLUMNS, tuple(of_account(number, each) for number, each in enumerate(accounts, 1)))
