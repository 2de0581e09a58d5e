"""One account under the eyes of a case: plans, and does what was planned to what was observed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mappings.desired import Desired
from mappings.model import AccountState, Action, Department, Kind, Memberships, Operation, Org, Presence, Ref
from mappings.plan import Known, Plan, Subject, plan
from mappings.policy.readings import DEFAULT
from mappings.terms import Terms
from scim_server.scim import resource
from scim_server.scim.schemas import load
from scim_server.scim.urns import ENTERPRISE_USER, GROUP, ROSTER_GROUP, ROSTER_USER, USER
from scim_server.scim.validate import validate
from scim_server.systems import TABLE
from tests.cases.case import Look, Observed
from tests.policy.table import read_marks

USERS, GROUPS = load(roster_extension=True).resource_types
ROUNDS = 4  # observe, plan, apply: so many times a pass may go round


def desired(kind: str, look: Look) -> Desired:
    """What the mapping of a kind of system says of the subject on that day."""
    org = Org({each.key: each for each in (_department(document) for document in look.groups)})
    row = TABLE[kind]
    if look.group is not None:
        own = _department(look.group, look.removed is not None)
        return row.group(own, look.day, org, _account(look, own.parent, Kind.GROUP), _terms(kind, look))
    document = _document(USERS, {"schemas": [USER, ENTERPRISE_USER], **(look.person or {})})
    document |= {ROSTER_USER: look.facts} if look.facts else {}
    manager = _account(look, document.get(ENTERPRISE_USER, {}).get("manager", {}).get("value"), Kind.PERSON)
    beside = (tuple(look.joined), manager, look.created, look.removed, read_marks(look.marks))
    person = resource.person("s1", document["externalId"], document, document["active"], *beside)
    return row.person(person, look.day, org, _terms(kind, look))


def _terms(kind: str, look: Look) -> Terms:
    row = TABLE[kind]
    plain = row.plain if look.plain is None else look.plain
    readings = replace(DEFAULT, plain=frozenset({row.follows} if plain else ()))
    return Terms(look.keep_days, readings, row.follows, look.default_department)


def _document(kind: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    """The document as the server would store it."""
    return validate(kind, body)


def _department(document: Mapping[str, Any], removed: bool = False) -> Department:
    schemas = [GROUP, *([ROSTER_GROUP] if ROSTER_GROUP in document else [])]
    stored = _document(GROUPS, {"schemas": schemas, **document})
    return resource.department(f"subject-{stored['externalId']}", stored["externalId"], stored, removed)


def _account(look: Look, id: str | None, kind: Kind) -> Ref | None:
    if id is None or id not in look.accounts:
        return None
    return Ref(f"subject-{id}", kind, id, f"id-{id}", look.accounts[id])


class Account:
    """The account through all looks of a case."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.rooted = not TABLE[kind].plain  # a system of the regulation's own has the district already (S7)
        self.state: AccountState | None = None
        self.known = Known(ours=False)

    def see(self, look: Look) -> None:
        """What the system shows and what is on record when somebody looks."""
        if look.before is not None:
            wanted = desired(self.kind, look.before)
            self.state = replace(wanted.state, remote_id="id-1", name="its name")
            self.known = Known(True, wanted.state.presence is Presence.LOCKED, wanted.spell)
        if look.observed is not None:
            self.state = _shown(self.state, look.observed)
            self.known = replace(self.known, ours=True)
        if look.link is not None:
            self.known = Known(**look.link.model_dump())

    def plan(self, look: Look) -> Plan:
        """The next round's operations."""
        wanted = desired(self.kind, look)
        ref = Ref("s1", Kind.GROUP if look.group is not None else Kind.PERSON, wanted.state.key)
        groups = {key: Ref(f"subject-{key}", Kind.GROUP, key, f"id-{key}") for key in _keys(look)}
        root = self.rooted and look.group is not None and look.group.get(ROSTER_GROUP, {}).get("kind") == "root"
        subject = Subject(self.kind, replace(ref, root=root), TABLE[self.kind].managed, groups, self.rooted)
        return plan(subject, wanted, self.state, self.known)

    def go(self, look: Look) -> list[Operation]:
        """A whole pass: plans and does, until nothing is left; returns all that was done."""
        done: list[Operation] = []
        for _ in range(ROUNDS):
            operations = self.plan(look).operations
            for each in operations:
                self._do(each, desired(self.kind, look).spell)
            done += operations
            if not operations:
                return done
        raise AssertionError(f"no end of operations: {[shown(each) for each in done]}")

    def _do(self, operation: Operation, spell: str | None) -> None:
        action, after = operation.action, operation.after
        if action is Action.REMOVE:
            self.state, self.known = None, Known(ours=False)
        elif action is Action.CREATE:
            assert after is not None
            assert self.state is None
            self.state = replace(
                after, memberships=after.memberships or Memberships(), remote_id="id-1", name="its name"
            )
            self.known = Known(True, after.presence is Presence.LOCKED, spell)
        else:
            assert self.state is not None
            self.state = _changed(self.state, operation)
            if action in (Action.LOCK, Action.UNLOCK):
                self.known = replace(self.known, locked=action is Action.LOCK)


def _changed(state: AccountState, operation: Operation) -> AccountState:
    assert state.memberships is not None or operation.group is None
    match operation.action:
        case Action.LOCK:
            return replace(state, presence=Presence.LOCKED)
        case Action.UNLOCK:
            return replace(state, presence=Presence.ACTIVE)
        case Action.JOIN | Action.LEAVE:
            assert operation.group is not None
            assert state.memberships is not None
            own = {operation.group.key}
            have = state.memberships.concurrent
            joined = have | own if operation.after else have - own
            return replace(state, memberships=replace(state.memberships, concurrent=joined))
    assert operation.after is not None
    state = _moved(state, operation)
    assert {name: state.attributes[name] for name in operation.after.attributes} == operation.before.attributes  # type: ignore[union-attr]
    return replace(state, attributes={**state.attributes, **operation.after.attributes})


def _moved(state: AccountState, operation: Operation) -> AccountState:
    """Into another primary department; a former one that is none of ours is foreign, and kept."""
    if operation.group is None:
        return state
    assert state.memberships is not None
    others = state.memberships.concurrent - {operation.group.key}
    return replace(state, memberships=Memberships(operation.group.key, others))


def _shown(under: AccountState | None, seen: Observed) -> AccountState | None:
    if seen.presence == Presence.REMOVED:
        return None
    attributes = dict(under.attributes) if under else {}
    for name, value in seen.attributes.items():
        attributes[name] = () if value is None else tuple(value) if isinstance(value, list) else (value,)
    memberships = under.memberships if under else Memberships()
    if seen.groups is not None:
        memberships = replace(memberships or Memberships(), concurrent=frozenset(seen.groups))
    if seen.primary is not None:
        memberships = replace(memberships or Memberships(), primary=seen.primary)
    return AccountState("", Presence(seen.presence), attributes, memberships, "id-1", "its name")


def _keys(look: Look) -> set[str]:
    return {each.get("externalId") or each[ROSTER_GROUP]["departmentCode"] for each in look.groups}


def shown(operation: Operation) -> dict[str, Any]:
    """An operation as a case expects it."""
    line: dict[str, Any] = {"do": operation.action.value}
    if operation.action is Action.CREATE and operation.after is not None:
        if operation.after.presence is not Presence.ACTIVE:
            line["presence"] = operation.after.presence.value
        line["attributes"] = {name: _value(each) for name, each in operation.after.attributes.items() if each}
    if operation.action is Action.UPDATE and operation.before is not None and operation.after is not None:
        before, after = operation.before.attributes, operation.after.attributes
        line["change"] = {name: [_value(before[name]), _value(after[name])] for name in after}
    line |= _place(operation)
    assert operation.reason is not None
    return line | {"article": operation.reason.article, "text": operation.reason.text}


def _place(operation: Operation) -> dict[str, Any]:
    if operation.group is None:
        return {}
    if operation.action is Action.CREATE:
        return {"primary": operation.group.key}
    if operation.action is not Action.UPDATE:
        return {"group": operation.group.key}
    memberships = operation.before.memberships if operation.before else None
    return {"primary": [memberships.primary if memberships else None, operation.group.key]}


def _value(values: tuple[str, ...]) -> str | list[str] | None:
    return None if not values else values[0] if len(values) == 1 else list(values)
