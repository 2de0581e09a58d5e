"""What a local operator may have written: the same functions in the server's process and in a command's own (S27).

What changes a person's standing (rulings, letters) ends in `settle`, so that it takes effect at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from mappings.calendar import civil_day
from mappings.model import Org, Person, Window
from mappings.plan import REMAINS
from mappings.policy.departments import top
from scim_server.clock import Clock
from scim_server.store import (
    activity_commands,
    adoptions,
    decisions,
    letters,
    links,
    marks,
    pace,
    plans,
    push_commands,
    register_commands,
    reply_commands,
    return_commands,
    review_commands,
    slips,
    sweep_commands,
    tokens,
    trace,
    trace_commands,
    wakes,
)
from scim_server.store.cause import together
from scim_server.store.looks import EVERYBODY
from scim_server.store.people import read_org, read_roll
from scim_server.store.settle import Rules, settle
from scim_server.store.tables import looks, subjects

LOT = 1000
OPERATOR = "local operator"
MARKS = ("bare-lock from ", "member of ", "needs from ", "deleted from ", "reply-says-left from ")

Command = Callable[[Connection, Clock, Rules, Mapping[str, Any]], Any]


class NoSuchPerson(Exception):
    """Nobody of that number was ever in the roster. The argument is the number."""


class NoSuchFact(Exception):
    """A letter covers something that the person does not have. The argument is a sentence."""


class NoSuchRuling(Exception):
    """No ruling of that id is in force. The argument is the id."""


class NoSuchDepartment(Exception):
    """The sender is no top department. The argument is its key."""


def _create_token(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> str:
    made = tokens.create_token(connection, given["name"], given["role"], clock, given.get("user"))
    _note(connection, clock, given, "token", f"签发 {given['role']} 令牌「{given['name']}」")
    return made


def _revoke_token(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> bool:
    if not tokens.revoke_token(connection, given["name"], clock):
        return False
    _note(connection, clock, given, "token", f"吊销令牌「{given['name']}」")
    return True


def _drop_token(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> bool:
    """Of one that was made for one task: the trace alone remembers it."""
    if not tokens.drop_token(connection, given["name"]):
        return False
    _note(connection, clock, given, "token", f"收回一次性令牌「{given['name']}」")
    return True


def _note(
    connection: Connection, clock: Clock, given: Mapping[str, Any], kind: str, what: str, subject: str | None = None
) -> None:
    """Who decided it stands in the trace (S26)."""
    trace.note(connection, kind, given.get("by", OPERATOR), what, subject, at=clock.stamp())


def _retry(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> int:
    return wakes.retry(connection, clock.now(), given.get("system"), given.get("person"))


def _drop_slip(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> bool:
    """It is about to be shown, once; the look is recorded (S15)."""
    if not slips.drop(connection, given["system"], given["subject"]):
        return False
    _look(connection, clock, rules, {**given, "what": f"slip {given['system']}"})
    return True


def _leftover_done(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> bool:
    """A named person has cleared away what a system kept of a removed account (S14). Raises NoSuchPerson."""
    subject = subject_of(connection, given["person"])
    if not links.clear_finding(connection, given["system"], subject, REMAINS):
        return False
    said = {"actor": given["by"], "what": f"leftover done {given['system']}", "subject": subject}
    _look(connection, clock, rules, said)
    _note(connection, clock, given, "leftover", f"{given['system']} 的残余资料已清除", subject)
    return True


def _draw(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> tuple[list[int], float]:
    """Calls of a vendor's windows for a command that reads (S25). `wanted`: verb, calls, seconds, number, each."""
    wanted = {Window(verb, calls, seconds): number for verb, calls, seconds, number in given["wanted"]}
    drawn = pace.draw_in_turn(connection, given["system"], wanted, clock.now)
    return list(drawn.calls.values()), drawn.wait


def _look(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    row = {"at": clock.stamp(), "actor": given["actor"], "what": given["what"], "subject": given["subject"]}
    connection.execute(insert(looks), row)


def _add_ruling(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> str:
    """Dated today. Returns its id. Raises NoSuchPerson."""
    subject = subject_of(connection, given["person"])
    said = (given["kind"], given["by"], clock.today(), given.get("systems"), given.get("departure"))
    id = marks.add_ruling(connection, subject, *said)
    _note(connection, clock, given, "ruling", f"{given['kind']} {id} 自 {clock.today()} 起", subject)
    _settle(connection, clock, rules, [subject], given["by"])
    return id


def _end_ruling(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """From today on it is not in force. Raises NoSuchRuling."""
    try:
        subject = marks.end_ruling(connection, given["id"], given["by"], clock.today())
    except LookupError as error:
        raise NoSuchRuling(given["id"]) from error
    _note(connection, clock, given, "ruling", f"{given['id']} 自 {clock.today()} 起终止", subject)
    _settle(connection, clock, rules, [subject], given["by"])


def _record_letter(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> str:
    """Recorded today. `covers`: [externalId, value, phase] each. Returns its id. Raises NoSuchPerson, NoSuchFact."""
    sender, delivered = given.get("sender"), given.get("delivered")
    org = read_org(connection)
    if sender is not None and not writes(sender, org):
        raise NoSuchDepartment(sender)
    sent = civil_day(delivered, rules.readings.closing_time) if delivered else None
    whole = letters.Letter(given["number"], given["kind"], clock.today(), given["by"], sender, delivered, sent)
    covered = list(_covered(connection, given["covers"]))
    id = letters.record_letter(connection, whole, covered)
    for each in covered:
        _note(
            connection,
            clock,
            given,
            "letter",
            f"{whole.number}（{whole.kind}）：{each.covers} {each.phase}",
            each.subject,
        )
    with together(f"letter {id}"):  # whom one letter closes or opens counts as a whole (S23)
        _settle(connection, clock, rules, sorted({each.subject for each in covered}), given["by"])
    return id


def writes(key: str, org: Org) -> bool:
    """Whether it is a top department: neither an office nor the district itself (A25)."""
    department = org.departments.get(key)
    return department is not None and department.kind != "root" and top(org, key) == key


def _covered(connection: Connection, covers: Sequence[Sequence[str]]) -> Iterable[letters.Covered]:
    for key, value, phase in covers:
        subject = subject_of(connection, key)
        person = read_roll(connection, [subject], "").people[subject]
        known = values_of(person)
        if value not in known and not value.startswith(MARKS):
            raise NoSuchFact(f"{key} 没有编号为 {value} 的任职或事件；有：{'、'.join(known) or '无'}")
        yield letters.Covered(subject, value, phase)


def values_of(person: Person) -> list[str]:
    """The numbers of the assignments and events by which a letter names what it covers."""
    facts = person.facts
    if facts is None:
        return []
    return [*(each.value for each in facts.assignments), *(each.value for each in facts.events)]


def subject_of(connection: Connection, key: str) -> str:
    """By externalId, else by SCIM id; of several that bore it the latest. Raises NoSuchPerson."""
    found = connection.scalar(
        select(subjects.c.subject)
        .where(subjects.c.kind == "person", (subjects.c.key == key) | (subjects.c.resource_id == key))
        .order_by(subjects.c.subject.desc())
    )
    if found is None:
        raise NoSuchPerson(key)
    return str(found)


def _settle(connection: Connection, clock: Clock, rules: Rules, wanted: Sequence[str], actor: str) -> None:
    settle(connection, wanted, clock.today(), clock.now(), actor, rules)


def _adopt(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> int:
    """A lot of links to accounts that were there before us (S13). Raises adoptions.Moved."""
    return adoptions.adopt(connection, clock, given)


def _disown(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> int:
    """A lot of accounts that are not ours. Raises adoptions.Moved."""
    number = adoptions.disown(connection, clock, given)
    _note(connection, clock, given, "disowned", f"{given['system']} 的 {number} 个账号")
    return number


def _mode(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    adoptions.switch(connection, clock, given)
    _note(connection, clock, given, "mode", f"{given['system']} 改为 {given['mode']}")


def _plan_keep(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """A lot of the rows of a plan that was shown (S24)."""
    plans.keep(connection, given, given["rows"], clock.now())


def _plan_apply(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """A lot of the rows of a plan that a named person lets pass; it stays on record (S24)."""
    plans.let_pass(connection, given["rows"], clock.now() if given["due"] else None)
    if plans.applied(connection, given["plan"], given["by"], clock.now()):
        said = {"actor": given["by"], "what": f"plan {given['digest']}", "subject": EVERYBODY}
        _look(connection, clock, rules, said)
        _note(connection, clock, given, "apply", f"计划 {given['digest']}")


def _plan_take_back(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """The requests on which a plan rests were not all pushed."""
    plans.take_back(connection, given["rows"])


def _approve(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> dict[str, str]:
    """Held rows may be sent (S24). Raises what `decisions.approve` raises."""
    return decisions.approve(connection, given["id"], given["by"], clock.now(), given.get("digest"))


def _reject(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> dict[str, str]:
    """Held rows are not sent (S24). Raises what `decisions.reject` raises."""
    return decisions.reject(connection, given["id"], given["by"], given.get("reason"), clock.now())


def _release(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> str:
    """One held row may be sent (S23). Raises NoSuchPerson, and what `decisions.release` raises."""
    subject = subject_of(connection, given["person"])
    return decisions.release(connection, given["system"], subject, given["by"], clock.now())


COMMANDS: Mapping[str, Command] = {
    **activity_commands.COMMANDS,
    **push_commands.COMMANDS,
    **register_commands.COMMANDS,
    **reply_commands.COMMANDS,
    **return_commands.COMMANDS,
    **review_commands.COMMANDS,
    **sweep_commands.COMMANDS,
    **trace_commands.COMMANDS,
    "token-create": _create_token,
    "token-revoke": _revoke_token,
    "token-drop": _drop_token,
    "retry": _retry,
    "look": _look,
    "draw": _draw,
    "slip-drop": _drop_slip,
    "leftover-done": _leftover_done,
    "ruling-add": _add_ruling,
    "ruling-end": _end_ruling,
    "letter-record": _record_letter,
    "adopt": _adopt,
    "disown": _disown,
    "mode": _mode,
    "approve": _approve,
    "reject": _reject,
    "release": _release,
    "plan-keep": _plan_keep,
    "plan-apply": _plan_apply,
    "plan-take-back": _plan_take_back,
}
