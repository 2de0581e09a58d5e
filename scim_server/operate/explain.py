"""`huaming explain`: facts, states, and what was done, for one user, in Chinese; the look is recorded (S18)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from mappings.model import Person, Presence
from mappings.policy.decision import LEFT
from mappings.policy.readings import NAMED
from mappings.policy.states import standing
from scim_server.operate.desk import Desk
from scim_server.operate.dossier import dossier
from scim_server.operate.dossier_lines import dossier_lines
from scim_server.operate.plain_past import somebody
from scim_server.operate.reading import Frame, frame
from scim_server.operate.replies import of_person, person_line
from scim_server.operate.states import kept_until, state_of, why
from scim_server.reports.period import local
from scim_server.reports.words import FINDINGS, PRESENCES, action_word, article_words, citation, outcome_word
from scim_server.store.tables import attempts, links, subjects
from scim_server.systems import followed

LATEST = 20
STATES = {"due": "待处理", "done": "已一致", "waiting": "等待", "parked": "搁置", "held": "待批", "gone": "没有账号"}


class NoSuchUser(Exception):
    """Nobody of that number was ever in the roster. The argument is the number."""


def explain(desk: Desk, key: str, day: str) -> dict[str, Any]:
    """What must be true of one user on a day, why, and what stands on record. Raises NoSuchUser."""
    with desk.reader() as connection:
        found = connection.execute(
            select(subjects.c.subject, subjects.c.title)
            .where(subjects.c.kind == "person", (subjects.c.key == key) | (subjects.c.resource_id == key))
            .order_by(subjects.c.subject.desc())
        ).first()
        if found is None:
            raise NoSuchUser(key)
        answer = _answer(desk, connection, found.subject, found.title, day)
    desk.look("explain", found.subject)
    return answer


def _answer(desk: Desk, connection: Connection, subject: str, title: str, day: str) -> dict[str, Any]:
    person = somebody(connection, subject, day, desk.clock.today())
    seen = frame(desk, connection)
    line = state_of(person, day, seen, restricted=True)
    about = {
        "name": title,
        "asOf": day,
        "facts": {"created": person.created, "removed": person.removed, "active": person.active},
    }
    why = _plain(person, day, desk) if person.facts is None else _facts(desk, connection, person, day, seen)
    return (
        line
        | about
        | why
        | {
            "cases": of_person(connection, subject),
            "links": [dict(row._mapping) for row in connection.execute(_links(subject))],
            "operations": [dict(row._mapping) for row in connection.execute(_operations(subject))],
        }
    )


def _plain(person: Person, day: str, desk: Desk) -> dict[str, Any]:
    reason, review_on = why(person, day, desk.settings.systems)
    return {"reason": {"article": reason.article, "text": reason.text}, "reviewOn": review_on}


def _facts(desk: Desk, connection: Connection, person: Person, day: str, seen: Frame) -> dict[str, Any]:
    """The dossier; further systems say why as the one that they follow (item 六)."""
    told = dossier(desk, connection, person, day, seen)
    because = told["because"]
    first = because[NAMED[0]][0]
    because |= {name: because[followed(system)] for name, system in desk.settings.systems.items()}
    kept = dict(_kept(person, day, seen))
    because |= {name: [*because[name], _keeping(until)] for name, until in kept.items()}
    turns = [each for each in (told["reviewOn"], *kept.values()) if each]
    return told | {"reason": {"article": first["item"], "text": first["text"]}, "reviewOn": min(turns, default=None)}


def _kept(person: Person, day: str, seen: Frame) -> Iterator[tuple[str, str]]:
    """(system, the day on which it removes the account) where one who has left has it still, locked (S14)."""
    found = standing(person, day, seen.org, seen.readings)
    for name, system in seen.settings.systems.items():
        until = kept_until(found, system)
        if until is not None and day < until:
            yield name, until


def _keeping(until: str) -> dict[str, Any]:
    text = f"保留期内先锁定，{until} 注销"
    return {
        "item": LEFT.article,
        "text": text,
        "basis": "",
        "since": "",
        "readings": [],
        "citation": citation(LEFT.article),
    }


def _links(subject: str) -> Any:
    columns = (links.c.system, links.c.state, links.c.presence, links.c.name, links.c.error, links.c.finding)
    return select(*columns).where(links.c.subject == subject).order_by(links.c.system)


def _operations(subject: str) -> Any:
    columns = (attempts.c.at, attempts.c.system, attempts.c.action, attempts.c.group_key.label("group"))
    said = (attempts.c.article, attempts.c.reason, attempts.c.outcome, attempts.c.detail)
    latest = select(*columns, *said).where(attempts.c.subject == subject)
    return latest.order_by(attempts.c.id.desc()).limit(LATEST)


def lines(answer: dict[str, Any]) -> list[str]:
    """The same as a person reads it."""
    said = [f"{answer['name']}（{answer['externalId']}），{answer['asOf']}"]
    said += dossier_lines(answer) if "roster" in answer else _plain_lines(answer)
    said += [person_line(each) for each in answer["cases"]]
    said += [_link_line(link) for link in answer["links"]]
    said += [_operation_line(each) for each in reversed(answer["operations"])]
    return said


def _plain_lines(answer: dict[str, Any]) -> list[str]:
    facts = answer["facts"]
    said = [f"事实：{facts['created']} 列入名册" + (f"，{facts['removed']} 移出名册" if facts["removed"] else "")]
    said.append(f"依据：{answer['reason']['text']}{article_words(answer['reason']['article'])}")
    said += [f"应有状态：{name} {PRESENCES[Presence(state)]}" for name, state in answer["systems"].items()]
    if answer["primary"]:
        said.append(f"主岗部门：{answer['primary']}；兼任：{'、'.join(answer['concurrent']) or '无'}")
    return said


def _link_line(link: dict[str, Any]) -> str:
    seen = f"，读回为{PRESENCES[Presence(link['presence'])]}" if link["presence"] else ""
    why = f"：{link['error']}" if link["error"] else ""
    found = f"；{FINDINGS.get(link['finding'], '')}" if link["finding"] in FINDINGS else ""
    return f"现状：{link['system']} {STATES.get(link['state'], link['state'])}{seen}{why}{found}"


def _operation_line(each: dict[str, Any]) -> str:
    group = f"「{each['group']}」" if each["group"] else ""
    detail = f"（{each['detail']}）" if each["detail"] else ""
    done = f"{local(each['at'])} {each['system']} {action_word(each['action'])}{group}"
    return f"{done}：{each['reason']}；结果 {outcome_word(each['outcome'])}{detail}"
