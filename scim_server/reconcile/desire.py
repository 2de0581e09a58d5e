"""From claims to tasks: reads the roster after the claim, and asks the mapping what must be (S20)."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from mappings.desired import Desired
from mappings.model import Department, Kind, Memberships, Org, Presence, Ref
from scim_server.reconcile.guarded import Guarded
from scim_server.reconcile.read_back import Record
from scim_server.reconcile.target import Target
from scim_server.reconcile.task import Task
from scim_server.reconcile.tolerance import Left
from scim_server.store.links import Claim
from scim_server.store.people import Account, OrgCache, group_accounts, linked_to, read_roll

ROOT = "root"  # the kind of the district itself, which a system with primary departments has already (S7)


def tasks(connection: Connection, target: Target, orgs: OrgCache, claims: Sequence[Claim], day: str) -> list[Task]:
    """A task for each claim, with the accounts of the Groups that it names."""
    roll = read_roll(connection, [claim.subject for claim in claims], target.name)
    org = orgs.snapshot(connection)
    people = {subject: target.person(person, day, org) for subject, person in roll.people.items()}
    named = {key for desired in people.values() for key in _joined(desired)}
    named |= {group.parent for group in roll.groups.values() if group.parent}
    accounts = {account.ref.key: account for account in group_accounts(connection, target.name, keys=named)}
    return [
        _group_task(target, claim, roll.groups[claim.subject], org, accounts, day)
        if claim.kind == Kind.GROUP
        else _person_task(target, claim, roll.people[claim.subject].key, people[claim.subject], org, accounts)
        for claim in claims
    ]


def _joined(desired: Desired) -> list[str]:
    """The Groups that an account must be in: none where there must be no account."""
    memberships = desired.state.memberships
    if memberships is None or desired.state.presence is Presence.REMOVED:
        return []
    primary = [memberships.primary] if memberships.primary else []
    return [*primary, *sorted(memberships.concurrent - set(primary))]


def _person_task(
    target: Target, claim: Claim, key: str, desired: Desired, org: Org, accounts: dict[str, Account]
) -> Task:
    task = _new(target, claim, Ref(claim.subject, Kind.PERSON, key, claim.remote_id, claim.name), desired)
    for group in _joined(desired):
        account = accounts.get(group)
        if account is not None and account.there:
            task.groups[group] = account.ref
        elif account is not None:
            task.to_come[group] = account.ref
            if task.blocker is None:
                _wait_for(task, account, org)
        elif target.capabilities.primary and group == target.default_department:
            task.missing = group
    return task


def _group_task(
    target: Target, claim: Claim, group: Department, org: Org, accounts: dict[str, Account], day: str
) -> Task:
    parent = accounts.get(group.parent or "")
    there = parent.ref if parent is not None and parent.there else None
    root = target.capabilities.primary and group.kind == ROOT
    ref = Ref(claim.subject, Kind.GROUP, group.key, claim.remote_id, claim.name, root=root)
    task = _new(target, claim, ref, target.group(group, day, org, there))
    if parent is not None and there is None and not group.removed:
        _wait_for(task, parent, org)
        task.blocked = True
    return task


def _new(target: Target, claim: Claim, ref: Ref, desired: Desired) -> Task:
    can = target.capabilities
    leaves = bool(can.leaves) and ref.kind is Kind.PERSON
    sorts = (target.managed, target.healed, can.primary, can.unreadable, can.settles, leaves)
    guarded = Guarded(target.identity.login)
    return Task(
        claim, ref, desired, *sorts, guarded=guarded, left=Left(target.drift, remembered=Record.read(claim.read_back))
    )


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
        refs = {id: _told_apart(task, ours[id]) for id in _ids(task) if id in ours}
        task.groups.update({ref.key: ref for ref in refs.values()})
        home = refs.pop(task.observed.memberships.primary or "", None)
        concurrent = frozenset(ref.key for ref in refs.values())
        task.observed = replace(task.observed, memberships=Memberships(home.key if home else None, concurrent))


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
    primary = task.observed.memberships.primary
    return task.observed.memberships.concurrent | (frozenset({primary}) if primary else frozenset())
