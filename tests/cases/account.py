"""One account under the eyes of a case: plans, and does what was planned to what was observed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mappings.model import AccountState, Action, Department, Desired, Kind, Memberships, Operation, Org, Presence, Ref
from mappings.plan import Known, Plan, Subject, plan
from scim_server.scim import resource
from scim_server.scim.schemas import load
from scim_server.scim.urns import ENTERPRISE_USER, GROUP, ROSTER_GROUP, USER
from scim_server.scim.validate import validate
from scim_server.systems import TABLE
from tests.cases.case import Look, Observed

USERS, GROUPS = load(roster_extension=True).resource_types
ROUNDS = 4  # observe, plan, apply: so many times a pass may go round


def desired(kind: str, look: Look) -> Desired:
    """What the mapping of a kind of system says of the subject on that day."""
    org = Org({each.key: each for each in (_department(document) for document in look.groups)})
    row = TABLE[kind]
    if look.group is not None:
        own = _department(look.group, look.removed is not None)
        return row.group(own, look.day, org, _account(look, own.parent, Kind.GROUP))
    document = _document(USERS, {"schemas": [USER, ENTERPRISE_USER], **(look.person or {})})
    manager = _account(look, document.get(ENTERPRISE_USER, {}).get("manager", {}).get("value"), Kind.PERSON)
    facts = (tuple(look.joined), manager, look.created, look.removed)
    person = resource.person("s1", document["externalId"], document, document["active"], *facts)
    return row.person(person, look.day, org, look.keep_days)


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
        subject = Subject(self.kind, ref, TABLE[self.kind].managed, groups)
        return plan(subject, wanted, self.state, self.known)

    def go(self, look: Look) -> list[Operation]:
        """A whole pass: plans and does, until nothing is left; returns all that was done."""
        done: list[Operation] = []
        for _ in range(ROUNDS):
            operations = self.plan(look).operations
            for each in operations:
                self._do(each)
            done += operations
            if not operations:
                return done
        raise AssertionError(f"no end of operations: {[shown(each) for each in done]}")

    def _do(self, operation: Operation) -> None:
        action, after = operation.action, operation.after
        if action is Action.REMOVE:
            self.state, self.known = None, Known(ours=False)
        elif action is Action.CREATE:
            assert after is not None
            assert self.state is None
            self.state = replace(after, memberships=Memberships(), remote_id="id-1", name="its name")
            self.known = Known(True, after.presence is Presence.LOCKED)
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
            return replace(state, memberships=Memberships(None, have | own if operation.after else have - own))
    assert operation.after is not None
    assert {name: state.attributes[name] for name in operation.after.attributes} == operation.before.attributes  # type: ignore[union-attr]
    return replace(state, attributes={**state.attributes, **operation.after.attributes})


def _shown(under: AccountState | None, seen: Observed) -> AccountState | None:
    if seen.presence == Presence.REMOVED:
        return None
    attributes = dict(under.attributes) if under else {}
    for name, value in seen.attributes.items():
        attributes[name] = () if value is None else tuple(value) if isinstance(value, list) else (value,)
    memberships = under.memberships if under else Memberships()
    if seen.groups is not None:
        memberships = Memberships(None, frozenset(seen.groups))
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
    if operation.group is not None:
        line["group"] = operation.group.key
    assert operation.reason is not None
    return line | {"article": operation.reason.article, "text": operation.reason.text}


def _value(values: tuple[str, ...]) -> str | list[str] | None:
    return None if not values else values[0] if len(values) == 1 else list(values)
