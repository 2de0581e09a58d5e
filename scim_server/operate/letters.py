"""Letters as a local operator sees them: on record (`huaming letter list`), and by what they are judged."""

from typing import Any

from sqlalchemy import Connection

from scim_server.operate.desk import Desk
from scim_server.operate.fact_words import LETTER_KINDS
from scim_server.reports.letters.on_record import list_letters
from scim_server.reports.letters.rows import IN_FORCE, Terms
from scim_server.store.people import read_org
from scim_server.workdays import load_calendar

Shown = dict[str, Any]


def terms_of(desk: Desk, connection: Connection, day: str, restricted: bool, since: str | None = None) -> Terms:
    """By what letters are judged on an ISO day, by the configuration at hand."""
    calendar = load_calendar(desk.settings.policy.calendar)
    return Terms(day, read_org(connection), desk.readings(), calendar, since or IN_FORCE, restricted)


def letters(desk: Desk, restricted: bool) -> list[Shown]:
    """`{"id", "number", "kind", "sender", "delivered", "sent", "recorded", "by", "covers"}`.

    `covers`: [{"externalId", "name", "covers", "phase"}] for those who may see it, else how many people (S18).
    """
    if restricted:
        desk.look("letter list")
    with desk.reader() as connection:
        found = list_letters(connection)
    return found if restricted else [_public(each) for each in found]


def _public(letter: Shown) -> Shown:
    return letter | {"covers": len({each["externalId"] for each in letter["covers"]})}


def line(letter: Shown) -> str:
    """The same as a person reads it."""
    covers = letter["covers"]
    about = f"{covers} 人" if isinstance(covers, int) else "、".join(map(_covered, covers))
    sender = letter["sender"] or "联合发函"
    sent = letter["sent"] or letter["recorded"]
    return (
        f"{letter['number']} {sender} {LETTER_KINDS[letter['kind']]}，{sent} 送达，涉及{about}（登记：{letter['by']}）"
    )


def _covered(each: Shown) -> str:
    return f"{each['name']}（{each['externalId']}）{each['covers']}{'的结束' if each['phase'] == 'end' else ''}"
