"""What the report of the monthly check tells: systems, cases, departments, accounts without a person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mappings.policy.punctuality import State, reply
from mappings.review import public
from scim_server.store.review_cases import Case
from scim_server.store.reviews import Review

LEADERS = "leaders"
"""Under which district leaders are counted: in no department, for their readers are limited (A15)."""


@dataclass(frozen=True, slots=True)
class SystemRow:
    """How many accounts of a system were found to be what. `reasons`: of those left out, in the face asked for.

    `watched`: by terminal, whether it was watched over the whole window.
    """

    system: str
    operated: int
    silent: int
    no_data: int
    excluded: int
    reasons: Mapping[str, int]
    watched: Mapping[str, bool]

    @property
    def checked(self) -> int:
        """All that were active throughout the window, and of whose use something is known."""
        return self.operated + self.silent


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A silent account and what became of it. Stamps in UTC; `due`, `replied_on`: ISO days.

    `time`: of the reply: on-time, late, missing, open; None: the letter has not been delivered. `answer`, `reason`,
    `reply`: in the restricted face only, else None.
    """

    id: str
    system: str
    external_id: str
    name: str
    department: str
    department_name: str
    office: str
    leader: bool
    addressees: Sequence[str]
    last_at: str | None
    terminal: str | None
    letter: str | None
    letter_state: str | None
    delivered: str | None
    due: str | None
    provisional: bool
    state: str
    replied_on: str | None
    time: State | None
    answer: str | None = None
    reason: str | None = None
    reply: str | None = None


@dataclass(slots=True)
class DepartmentRow:
    """One department's cases, counted. `key`: LEADERS, or empty for those about whom nobody can be asked."""

    key: str
    name: str
    cases: int = 0
    people: set[str] = field(default_factory=set)
    letters: dict[str, None] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)

    def add(self, subject: str, row: CaseRow) -> None:
        """Counts one."""
        self.cases += 1
        self.people.add(subject)
        self.states[row.state] += 1
        if row.letter is not None:
            self.letters[row.letter] = None
        if row.time is not None:
            self.times[row.time] += 1


@dataclass(frozen=True, slots=True)
class Stranger:
    """An account without a person. `at`: the latest evidence."""

    system: str
    remote_id: str
    at: str | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An account that nobody was asked about. `verdict`: excluded, or no-data; `reason`: in the face asked for."""

    system: str
    external_id: str
    name: str
    department: str
    verdict: str
    reason: str | None


def system_rows(review: Review, restricted: bool) -> list[SystemRow]:
    """As they are kept with the check, by name of the system; none while it is not whole."""
    return [_system(name, review.counts[name], review, restricted) for name in sorted(review.counts)]


def _system(name: str, counts: Mapping[str, Any], review: Review, restricted: bool) -> SystemRow:
    reasons: Counter[str] = Counter()
    for reason, number in counts["reasons"].items():
        reasons[reason if restricted else public(reason)] += number
    operated, silent, no_data, excluded = (counts[verdict] for verdict in ("operated", "silent", "no-data", "excluded"))
    watched = review.watched.get(name, {})
    return SystemRow(name, operated, silent, no_data, excluded, dict(reasons.most_common()), watched)


def case_row(case: Case, names: Mapping[str, str], day: str, restricted: bool) -> CaseRow:
    """One case as it stands on an ISO day. `names`: of departments, by key."""
    came = case.replied_on if case.state != "open" else None
    more = {"answer": case.answer, "reason": case.reason, "reply": case.reply} if restricted else {}
    key = LEADERS if case.leader else case.department or ""
    return CaseRow(
        id=case.id,
        system=case.system,
        external_id=case.key,
        name=case.title,
        department=key,
        department_name="区领导" if case.leader else names.get(key, key) or "无处可问",
        office=names.get(case.office or "", case.office or ""),
        leader=case.leader,
        addressees=[names.get(key, key) for key in case.addressees],
        last_at=case.last_at,
        terminal=case.terminal,
        letter=case.doc_number,
        letter_state=case.letter_state,
        delivered=case.delivered,
        due=case.due,
        provisional=bool(case.provisional),
        state=case.state,
        replied_on=case.replied_on,
        time=reply(case.due, bool(case.provisional), came, day),
        **more,
    )
