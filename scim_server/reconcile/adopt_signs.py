"""What people, departments and their accounts may be recognised by: values as the rules compare them (S13).

A blank value is none, and so is a number that the system shows with stars in it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mappings.correlate import Account, Identity, Rule, Said, Subject
from mappings.model import AccountState, Department, Org, Person
from mappings.naming import fold

_DOTS = re.compile(r"[·・•‧．.]")
_NOT_DIGITS = re.compile(r"[\s()\-–—]")
_CHINA = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")
_NUMBER = re.compile(r"^\+?\d{7,15}$")
_APART = "\n"  # between the names of a path: in no name

Path = tuple[str, ...]


def of_person(person: Person, departments: Iterable[str], wanted: bool, linked: str | None) -> Subject:
    """`departments`: keys of those that the person must be in, or is in."""
    names = {tight(each) for each in (person.formatted, person.display_name, person.family_name + person.given_name)}
    names -= {""}
    said = {
        Rule.KEY: {person.key},
        Rule.STAFF: {tight(person.key)},
        Rule.LOGIN: {fold(person.user_name).strip()},
        Rule.MOBILE: {mobile(person.mobile)},
        Rule.MAIL: {mail(person.mail)},
        Rule.PLACE: {_place(name, department) for name in names for department in departments},
        Rule.NAME: names,
    }
    title = person.formatted or person.display_name or person.user_name
    return Subject(person.subject, person.key, title, wanted, _said(said), linked)


def of_department(department: Department, org: Org, wanted: bool, linked: str | None) -> Subject:
    """A department is known by its code and its path of names; a plain Group by its name."""
    path = roster_path(department, org)
    said = {
        Rule.KEY: {department.key},
        Rule.CODE: {tight(department.key), tight(department.code or "")},
        Rule.PATH: {_joined(path)},
        Rule.NAME: {tight(department.name)},
    }
    return Subject(department.subject, department.key, "/".join(path), wanted, _said(said), linked)


def roster_path(department: Department, org: Org) -> Path:
    """The names from the district's own departments down; of the district itself its name alone."""
    names, at, seen = [department.name], department.parent, {department.key}
    while at is not None and at not in seen and at in org.departments:
        above = org.departments[at]
        seen.add(at)
        if above.kind == "root":
            break
        names.append(above.name)
        at = above.parent
    return tuple(reversed(names))


def of_account(state: AccountState, identity: Identity, homes: Mapping[str, str]) -> Account:
    """A person's account. `homes`: keys of our departments by the remote id that they have in the system."""
    names = {tight(each) for each in _values(state, identity.name)} - {""}
    departments = {homes[each] for each in member_of(state) if each in homes}
    said = {
        Rule.KEY: {state.key},
        Rule.STAFF: {tight(each) for each in _values(state, identity.staff)},
        Rule.LOGIN: {fold(each).strip() for each in _values(state, identity.login)},
        Rule.MOBILE: {mobile(each) for each in _values(state, identity.mobile)},
        Rule.MAIL: {mail(each) for each in _values(state, identity.mail)},
        Rule.PLACE: {_place(name, department) for name in names for department in departments},
        Rule.NAME: names,
    }
    return Account(_id(state), state, _said(said))


def of_groups(states: Sequence[AccountState], identity: Identity, root: str) -> list[Account]:
    """Departments of the system. `root`: the name of the district, which a path may or may not begin with."""
    found = []
    for state, path in zip(states, paths(states, identity), strict=True):
        shown = path[1:] if len(path) > 1 and tight(path[0]) == tight(root) else path
        said = {
            Rule.KEY: {state.key},
            Rule.CODE: {tight(each) for each in _values(state, identity.code)},
            Rule.PATH: {_joined(shown)},
            Rule.NAME: {tight(each) for each in path} if len(path) == 1 else set[str](),
        }
        found.append(Account(_id(state), state, _said(said)))
    return found


def paths(states: Sequence[AccountState], identity: Identity) -> Iterator[Path]:
    """The names from the top of the system's own tree down to each department; where they go in a circle, its own."""
    by_id = {each.remote_id: each for each in states} | {each.name: each for each in states if each.name}
    for state in states:
        names: list[str] = []
        seen = set[str | None]()
        at: AccountState | None = state
        while at is not None and at.remote_id not in seen:
            seen.add(at.remote_id)
            names.append(title(at, identity))
            above = next(iter(_values(at, identity.parent)), None)
            at = by_id.get(above) if above else None
        yield tuple(reversed(names))


def title(state: AccountState, identity: Identity) -> str:
    """What people call it: its name, else its address."""
    shown = _values(state, identity.title) or _values(state, identity.name)
    return shown[0] if shown else state.name or state.key


def member_of(state: AccountState) -> list[str]:
    """Remote ids of the departments and groups of an account, the primary one first."""
    if state.memberships is None:
        return []
    primary = [state.memberships.primary] if state.memberships.primary else []
    return [*primary, *sorted(state.memberships.concurrent)]


def tight(text: str) -> str:
    """A name as it is compared: NFKC, case folded, without blanks, every middle dot the same."""
    return _DOTS.sub("·", "".join(fold(text).split()))


def mobile(number: str) -> str:
    """A number as it is compared, without separators and the prefix of China; empty where it is none."""
    bare = _CHINA.sub("", _NOT_DIGITS.sub("", fold(number)))
    return bare if _NUMBER.match(bare) else ""


def mail(address: str) -> str:
    """An address as it is compared; empty where it is none."""
    bare = fold(address).strip()
    return bare if "@" in bare.strip("@") and "*" not in bare else ""


def _values(state: AccountState, attribute: str | None) -> tuple[str, ...]:
    return () if attribute is None else state.attributes.get(attribute, ())


def _said(said: Mapping[Rule, Iterable[str]]) -> Said:
    return {rule: kept for rule, values in said.items() if (kept := frozenset(each for each in values if each.strip()))}


def _place(name: str, department: str) -> str:
    return f"{name}{_APART}{department}"


def _joined(path: Path) -> str:
    return _APART.join(tight(each) for each in path)


def _id(state: AccountState) -> str:
    assert state.remote_id is not None, "a read without the system's own ids is refused before"
    return state.remote_id
