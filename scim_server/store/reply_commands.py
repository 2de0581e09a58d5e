"""Commands about replies: all the answers of one letter in one transaction, with what they change (R403, R404, S28)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import uuid_utils
from sqlalchemy import Connection

from scim_server.clock import Clock
from scim_server.store import notice_commands, notices, reminders, replies, trace
from scim_server.store.cause import together
from scim_server.store.replies import Answer, Noted, Reply, Step, Unusable
from scim_server.store.settle import Rules, settle

Given = Mapping[str, Any]
Command = Callable[[Connection, Clock, Rules, Given], Any]
KIND = "review"
_SAID = ("case", "answer", "reason", "left_on", "departure")


class BadReplies(Exception):
    """Nothing was noted. The argument has a line for each answer that cannot be: where it stands, and a sentence."""


def _reply(connection: Connection, clock: Clock, rules: Rules, given: Given) -> dict[str, Any]:
    """One answer. `given`: case, answer, reason, letter, by; on, departure, left_on, correct. Raises BadReplies."""
    one = {name: given.get(name) for name in _SAID}
    told = _replies(connection, clock, rules, {**given, "answers": [one]})
    return {"case": given["case"], "ruling": told["rulings"][0]} | told


def _replies(connection: Connection, clock: Clock, rules: Rules, given: Given) -> dict[str, Any]:
    """`given`: answers (each: case, answer, reason; left_on, departure; `where` it stands), letter, by; on, correct.

    Returns `{"rulings": one or None an answer, "answered": ids of the cases, "notice": 文号 of the draft or None}`.
    Raises BadReplies, and then nothing is noted.
    """
    reply = _letter(clock, given)
    noted = Noted()
    rulings = _all(connection, given["answers"], reply, noted)
    for each in noted.steps:
        trace.note(connection, KIND, reply.by, _words(each, reply), each.subject, at=reply.at)
    with together(f"reply {uuid_utils.uuid7()}"):  # whom one letter takes the accounts of counts as a whole (S23)
        settle(connection, sorted(noted.subjects), reply.today, clock.now(), reply.by, rules)
    reminders.take_back(connection, clock, reply.by)
    drawn = [notices.follow(connection, clock, rules, review, reply.by) for review in sorted(noted.reviews)]
    number = next((each for each in drawn if each), None)
    return {"rulings": rulings, "answered": [each.case for each in noted.steps], "notice": number}


def _letter(clock: Clock, given: Given) -> Reply:
    letter, by = (str(given.get(name) or "").strip() for name in ("letter", "by"))
    if not letter or not by:
        raise BadReplies("须写明复函文号和登记人")
    on = given.get("on") or clock.today()
    return Reply(letter, on, by, clock.today(), clock.stamp(), correct=bool(given.get("correct")))


def _all(connection: Connection, said: Sequence[Given], reply: Reply, noted: Noted) -> list[str | None]:
    found: list[str | None] = []
    wrong: list[str] = []
    seen: set[str] = set()
    for each in said:
        try:
            if each["case"] in seen:
                raise Unusable(f"{each['case']} 出现两次")
            seen.add(each["case"])
            found.append(replies.note(connection, _answer(each), reply, noted))
        except Unusable as error:
            wrong.append(f"{each['where']}：{error}" if each.get("where") else str(error))
    if wrong:
        raise BadReplies("\n".join(wrong))
    return found


def _answer(said: Given) -> Answer:
    case, answer, reason = (str(said.get(name) or "") for name in _SAID[:3])
    return Answer(case, answer, reason, said.get("left_on") or None, said.get("departure") or None)


def _words(step: Step, reply: Reply) -> str:
    said = f"核查事项 {step.case}：{reply.letter} 答复 {step.answer}"
    return said if step.before is None else f"{said}，更正原答复 {step.before}"


COMMANDS: Mapping[str, Command] = {
    **notice_commands.COMMANDS,
    **reminders.COMMANDS,
    "case-reply": _reply,
    "cases-reply": _replies,
}
