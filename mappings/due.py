"""What an account must be on a day, whatever the system: the regulation for people with facts, the roster as it is for
the others (S1). Each system's mapping spells it. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mappings.model import Action, Department, Org, Person, Presence, Reason
from mappings.plain import BECAUSE, CLOSED, KEPT, person_presence, primary_department
from mappings.policy import posts
from mappings.policy.days import days_after
from mappings.policy.departments import top
from mappings.policy.standing import PLAIN, Standing
from mappings.policy.states import because, states
from mappings.terms import Terms


@dataclass(frozen=True, slots=True)
class Due:
    """What is due to one person in one system.

    `primary` and `departments` (the concurrent ones) are keys of Groups; `groups`: of the plain ones joined. Who has
    left is in none, `left` says so, and the account stays where it is while it stays. `position`: of the post that
    makes the primary department primary, else the title. `urgent`: the lock rests on a suspension (S23). `kept`: it is
    the lock of the days before a removal (S14).
    """

    presence: Presence
    reason: Reason
    because: Mapping[Action, Reason]
    primary: str | None = None
    departments: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    position: str = ""
    left: bool = False
    spell: str | None = None
    review_on: str | None = None
    urgent: bool = False
    kept: bool = False

    def home(self, org: Org) -> Department | None:
        """The primary department."""
        return org.departments.get(self.primary or "")

    def bureau(self, org: Org) -> str | None:
        """The top department that the primary one belongs to: among its people this one counts (S23, A25)."""
        return top(org, self.primary)

    def placed(self, org: Org, terms: Terms) -> Department | None:
        """Where a system puts the account that takes nobody without a department (S1); None: who has left stays."""
        return None if self.left else self.home(org) or org.departments.get(terms.default_department or "")


def due(person: Person, day: str, org: Org, terms: Terms) -> Due:
    """What must be on one ISO day."""
    if person.facts is None:
        return _of_roster(person, day, org, terms)
    return _of_regulation(person, states(person, day, org, terms.readings), day, org, terms)


def _of_roster(person: Person, day: str, org: Org, terms: Terms) -> Due:
    presence, reason, review_on = person_presence(person, day, terms.keep_days, terms.follows)
    if terms.follows not in terms.readings.plain:
        presence, reason = Presence.REMOVED, CLOSED
    home = primary_department(person, org)
    departments = _departments(person.groups, org)
    return Due(
        presence,
        reason,
        BECAUSE,
        home.key if home else None,
        departments - {home.key} if home else departments,
        frozenset(person.groups) - departments,
        person.title,
        left=person.removed is not None,
        review_on=review_on,
        kept=reason is KEPT,
    )


def _of_regulation(person: Person, standing: Standing, day: str, org: Org, terms: Terms) -> Due:
    kept_until = days_after(standing.left_on, terms.keep_days) if standing.left_on else day
    keeps, left = kept_until > day, standing.left_on is not None
    presence = Presence.LOCKED if keeps else standing.systems[terms.follows]
    why = dict(BECAUSE) if PLAIN in standing.articles else because(person, day, org, terms.readings)
    if presence is Presence.REMOVED:
        why.pop(Action.REMOVE, None)  # the reason of the presence says why
    joined = frozenset(key for key in person.groups if key in org.departments) - _departments(person.groups, org)
    return Due(
        presence,
        standing.reasons[terms.follows],
        why,
        None if left else standing.primary,
        frozenset() if left else frozenset(standing.concurrent),
        frozenset() if left else joined,
        _position(person, day, standing),
        left=left,
        spell=standing.spell or (standing.left_spell if keeps else None),
        review_on=min((each for each in (standing.review_on, kept_until if keeps else None) if each), default=None),
        urgent=presence is Presence.LOCKED and any(each.urgent for each in standing.decisions),
        kept=keeps,
    )


def _departments(keys: Iterable[str], org: Org) -> frozenset[str]:
    """Departments only: a plain Group has no code."""
    return frozenset(key for key in keys if key in org.departments and org.departments[key].code is not None)


def _position(person: Person, day: str, standing: Standing) -> str:
    held = person.facts.assignments if person.facts else ()
    post = posts.primary([each for each in held if each.department == standing.primary], day)
    return (post.position if post else "") or person.title
