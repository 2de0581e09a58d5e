"""The writes of the organisation, each answered by the envelope, and by HTTP 200 whatever came of it."""

from collections.abc import Callable, Iterable
from typing import Any

from connectors.oa.simulator import departments, managers, members, posts
from connectors.oa.simulator.answers import Absent, Refusal, envelope, plain
from connectors.oa.simulator.call import Call
from connectors.oa.simulator.ids import is_id
from connectors.oa.simulator.office import Office, by_code, by_login, members_by_code
from connectors.oa.simulator.posts import Ranks
from connectors.oa.simulator.shapes import Entity
from connectors.simulation.vendor import Told

Write = Callable[[Office, Any], Entity]
Show = Callable[[Office, Entity], Entity]
Find = Callable[[Office, Call], int]
Serve = Callable[[Office, Call], Told]


def each(office: Office, subjects: Iterable[Any], write: Write, show: Show) -> Told:
    """Does the write to each subject; what is refused hinders none of the others."""
    done: list[Entity] = []
    failed: list[tuple[str, Any]] = []
    sentences: list[str] = []
    for subject in subjects:
        try:
            done.append(show(office, write(office, subject)))
        except Absent as nobody:
            if office.switches.absent_write == "null":
                return plain(None)
            failed.append((nobody.code, _said(subject)))
        except Refusal as refusal:
            if refusal.body and office.switches.sentences:
                sentences.append(f"数据错误：{refusal.code}")
            else:
                failed.append((refusal.code, _said(subject)))
    return envelope(done, failed, sentences)


def one(write: Write, show: Show) -> Serve:
    """A call whose body is one entity."""
    return lambda office, call: each(office, [call.body()], write, show)


def batch(write: Write, show: Show) -> Serve:
    """A call whose body is a list of entities."""
    return lambda office, call: each(office, call.bodies(), write, show)


def path_id(_: Office, call: Call) -> int:
    """The subject is named by its id, first in the path."""
    return call.ident()


def of_member(office: Office, call: Call) -> int:
    """The subject is the first member with the code that is first in the path."""
    return _first(members_by_code(office, call.text()))


def of_department(office: Office, call: Call) -> int:
    """The same of departments."""
    return _first(by_code(office.departments.values(), call.text()))


def of_rank(ranks: Ranks) -> Find:
    """The same of posts and levels."""
    return lambda office, call: _first(by_code(ranks.of(office).values(), call.text()))


def of_login(office: Office, call: Call) -> int:
    """The subject is the member whose login the query names."""
    row = by_login(office, call.asked.query.get("loginName", ""))
    return _first([row] if row else [])


def named(find: Find, write: Write, show: Show) -> Serve:
    """A call that names its subject in the path or the query."""
    return lambda office, call: each(office, [find(office, call)], write, show)


def enabling(find: Find, write: Callable[[Office, int, bool], Entity], show: Show) -> Serve:
    """A call that ends in enabled/{true|false}."""
    return lambda office, call: each(
        office, [find(office, call)], lambda held, ident: write(held, ident, call.text(1) == "true"), show
    )


def password(find: Find) -> Serve:
    """A call that ends in password/{password}."""
    return lambda office, call: each(
        office,
        [find(office, call)],
        lambda held, ident: members.set_password(held, ident, call.text(1)),
        members.shown,
    )


def batch_of_ids(write: Callable[[Office, int], Entity], show: Show) -> Serve:
    """A call whose body is a list of ids; what is no id is passed over as nobody's."""
    return lambda office, call: each(office, [int(one) if is_id(one) else 0 for one in call.bodies()], write, show)


def leave(office: Office, call: Call) -> Told:
    """POST orgMember/leave/{member}/{agent}."""
    return each(office, [call.ident()], lambda held, ident: members.leave(held, ident, call.ident(1)), members.shown)


def move(office: Office, call: Call) -> Told:
    """POST orgDepartment/move/{department}/{above}."""
    return each(
        office, [call.ident()], lambda held, ident: departments.move(held, ident, call.ident(1)), departments.shown
    )


def in_charge(office: Office, call: Call) -> Told:
    """PUT orgDepartment/departmentmanagerinfo; an empty JSON where something points nowhere."""
    return plain(managers.update(office, call.body()))


def shown_rank(ranks: Ranks) -> Show:
    """How a post or level is shown."""
    return lambda _, row: posts.shown(ranks, row)


def _first(rows: list[Entity]) -> int:
    return int(rows[0]["id"]) if rows else 0


def _said(subject: Any) -> Any:
    """What an error shows of the subject: what was sent, without the password."""
    if isinstance(subject, dict):
        return {name: value for name, value in subject.items() if name != "password"}
    return {"id": subject}
