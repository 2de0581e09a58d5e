"""From claims to tasks: reads the roster after the claim, and asks the mapping what must be (S20)."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from mappings.model import Department, Desired, Kind, Org, Person, Presence, Ref
from scim_server.reconcile.target import Target
from scim_server.reconcile.task import Task
from scim_server.store.links import Claim
from scim_server.store.people import Account, OrgCache, Roll, group_accounts, linked_to, read_roll


def tasks(connection: Connection, target: Target, orgs: OrgCache, claims: Sequence[Claim], day: str) -> list[Task]:
    """A task for each claim, with the accounts of the Groups that it names."""
    roll = read_roll(connection, [claim.subject for claim in claims], target.name)
    org = orgs.snapshot(connection)
    named = {key for person in roll.people.values() for key in person.groups}
    named |= {group.parent for group in roll.groups.values() if group.parent}
    accounts = {account.ref.key: account for account in group_accounts(connection, target.name, keys=named)}
    return [_task(target, claim, roll, org, accounts, day) for claim in claims]


def _task(target: Target, claim: Claim, roll: Roll, org: Org, accounts: dict[str, Account], day: str) -> Task:
    if claim.kind == Kind.GROUP:
        return _group_task(target, claim, roll.groups[claim.subject], org, accounts, day)
    return _person_task(target, claim, roll.people[claim.subject], org, accounts, day)


def _person_task(
    target: Target, claim: Claim, person: Person, org: Org, accounts: dict[str, Account], day: str
) -> Task:
    task = _new(target, claim, Kind.PERSON, person.key, target.person(person, day, org))
    if task.desired.state.presence is Presence.REMOVED:
        return task
    for key in person.groups:
        account = accounts.get(key)
        if account is not None and account.there:
            task.groups[key] = account.ref
        elif account is not None:
            task.to_come[key] = account.ref
            if task.blocker is None:
                _wait_for(task, account, org)
    return task


def _group_task(
    target: Target, claim: Claim, group: Department, org: Org, accounts: dict[str, Account], day: str
) -> Task:
    parent = accounts.get(group.parent or "")
    there = parent.ref if parent is not None and parent.there else None
    task = _new(target, claim, Kind.GROUP, group.key, target.group(group, day, org, there))
    if parent is not None and there is None and not group.removed:
        _wait_for(task, parent, org)
        task.blocked = True
    return task


def _new(target: Target, claim: Claim, kind: Kind, key: str, desired: Desired) -> Task:
    return Task(claim, Ref(claim.subject, kind, key, claim.remote_id, claim.name), desired, target.managed)


def _wait_for(task: Task, account: Account, org: Org) -> None:
    department = org.departments.get(account.ref.key)
    task.blocker = account.ref.subject
    task.blocker_name = department.name if department else account.ref.key


def known_memberships(connection: Connection, system: str, seen: Sequence[Task]) -> None:
    """Spells the memberships that were read (the system's own ids) as keys of our Groups; others are foreign (S12)."""
    ids = {id for task in seen if task.observed and task.observed.memberships for id in _ids(task)}
    ours = {account.ref.remote_id: account.ref for account in group_accounts(connection, system, remote_ids=ids)}
    for task in seen:
        if task.observed is None or task.observed.memberships is None:
            continue
        refs = [_told_apart(task, ours[id]) for id in _ids(task) if id in ours]
        task.groups.update({ref.key: ref for ref in refs})
        memberships = replace(task.observed.memberships, concurrent=frozenset(ref.key for ref in refs))
        task.observed = replace(task.observed, memberships=memberships)


def _told_apart(task: Task, ref: Ref) -> Ref:
    """A deleted Group whose number another one bears now is called by its subject, or it would pass for that one."""
    wanted = task.groups.get(ref.key) or task.to_come.get(ref.key)
    return replace(ref, key=ref.subject) if wanted is not None and wanted.subject != ref.subject else ref


def rivals(connection: Connection, system: str, seen: Sequence[Task]) -> None:
    """Notes whose account it is that answers to a key: a deleted user's, while its successor is to be made."""
    strange = {
        task.observed.remote_id: task
        for task in seen
        if task.observed is not None and not task.known.ours and task.observed.remote_id is not None
    }
    for id, holder in linked_to(connection, system, list(strange)).items():
        strange[id].rival = holder


def _ids(task: Task) -> frozenset[str]:
    assert task.observed is not None
    assert task.observed.memberships is not None
    return task.observed.memberships.concurrent
