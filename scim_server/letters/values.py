"""The values of a letter's fields, from its content; all cleaned. What is empty counts as not there."""

from collections.abc import Iterable, Mapping

from scim_server.letters.clean import article, civil, clean, days, minute
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
from scim_server.letters.departures import departure, is_sanction

OUTSOURCED = "外包"  # in the words of a 人员类别

Values = dict[str, str]
OfPeople = Application | ChangeLetter | Cancellation

TERMINALS: Mapping[str | None, str] = {"pc": "电脑", "mobile": "手机", "device": "考勤设备", "any": "不区分", None: "—"}
NO_RECORD = "无记录"


def joined(names: Iterable[str]) -> str:
    """Names once each, in their order, with 、 between them."""
    return "、".join(dict.fromkeys(name for each in names if (name := clean(each))))


def common(content: Content, regulation: str) -> Values:
    return {
        "reg": regulation,
        "sender": joined((content.sender, *content.joint)),
        "addressee": joined(content.addressees),
        "date": civil(content.day),
        "contact": clean(content.contact),
        "phone": clean(content.phone),
    }


def of_inquiry(content: Inquiry) -> Values:
    return {
        "bureau": clean(content.bureau),
        "checkDate": civil(content.checked),
        "windowStart": civil(content.window_start),
        "windowEnd": civil(content.window_end),
        "due": civil(content.due),
        "systems": joined(content.systems),
        "p": str(len({each.subject for each in content.accounts})),
        "a": str(len(content.accounts)),
    }


def of_account(number: int, account: Account) -> tuple[str, ...]:
    """A row of the annex."""
    return (
        str(number),
        clean(account.name),
        clean(account.number),
        clean(account.office),
        clean(account.system),
        minute(account.last) if account.last else NO_RECORD,
        TERMINALS[account.terminal] if account.last else "—",
    )


def of_reminder(content: Reminder) -> Values:
    return {
        "bureau": clean(content.bureau),
        "inquiryNumber": clean(content.inquiry),
        "wasDue": civil(content.was_due),
        "due": civil(content.due),
        "openAccounts": str(content.open_accounts or ""),
    }


def of_notice(content: PublicNotice) -> Values:
    counts = {
        "total": content.total,
        "silent": content.silent,
        "depts": content.departments,
        "onTime": content.on_time,
        "late": content.late,
        "none": content.none,
        "left": content.left,
    }
    return {
        "bureau": clean(content.bureau),
        "period": clean(content.period),
        "deptList": joined(content.left_departments),
        **{name: str(count) for name, count in counts.items()},
    }


def of_people(content: OfPeople) -> Values:
    """What the whole letter says of its people: of one of them everything, of several what they share."""
    people = content.people
    return of_person(people[0]) | {
        "firstName": clean(people[0].name),
        "n": str(len(people)),
        "date": days({each.event for each in people}),
        "reportDate": days({each.event for each in people}),
        "article": article({each.item for each in people}),
        "oldDept": joined(departments(each)[0] for each in people),
        "newDept": joined(departments(each)[1] for each in people),
        "posting": joined(each.posting or "" for each in people),
    }


def of_person(person: Applicant) -> Values:
    reason = clean(person.reason)
    old, new = departments(person)
    return {
        "name": clean(person.name),
        "number": clean(person.number),
        "date": civil(person.event),
        "department": clean(person.department),
        "office": clean(person.office),
        "post": clean(person.position),
        "oldDept": old,
        "oldPlace": place(person.old_department, person.old_office, person.old_position),
        "newDept": new,
        "newPlace": place(person.department, person.office, person.position),
        "newOffice": clean(person.office),
        "newPost": clean(person.position),
        "plannedEnd": until(person),
        "organization": clean(person.organization),
        "posting": person.posting or "",
        "reason": reason.removeprefix("因").rstrip("。"),
        "content": clean(person.content).rstrip("。"),
    }


def of_departure(person: Applicant) -> Values:
    """The reason as a cancellation letter may give it."""
    return {"reason": departure(person), "decision": clean(person.decision) if is_sanction(person) else ""}


def departments(person: Applicant) -> tuple[str, str]:
    """From where and to where; who is lent to an office of the same department, from office to office."""
    old, new = clean(person.old_department), clean(person.department)
    if person.posting and old == new:
        return old + clean(person.old_office), new + clean(person.office)
    return old, new


def place(department: str, office: str, position: str) -> str:
    """科室 and 职务; who sits in no office and has no post is in the department."""
    return clean(office) + clean(position) or clean(department)


def is_outsourced(person: Applicant) -> bool:
    """Sent by a contractor: the organization is that; of others it is where they come from or go to."""
    return OUTSOURCED in person.category and bool(clean(person.organization))


def until(person: Applicant) -> str:
    return civil(person.until) if person.until else ""
