"""The inquiries of a check: one a department, one about district leaders (四, A15), drawn up from its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection

from mappings.calendar import deadline
from mappings.model import Org
from mappings.policy.departments import top
from scim_server.clock import civil_day
from scim_server.letters.content import Account, Inquiry
from scim_server.operate.desk import Desk
from scim_server.settings import BadSettings, Settings
from scim_server.store.review_cases import Case, unwritten
from scim_server.store.reviews import Review
from scim_server.workdays import load_calendar

LOT = 1000  # cases of one command
LEADERS, INQUIRY = "leaders-inquiry", "inquiry"
TITLE = "关于核查信息化系统异常账号的函"


@dataclass(frozen=True, slots=True)
class Bureau:
    """Who writes: the key of its Group, what it is called in full, and the departments as they are."""

    key: str
    name: str
    org: Org

    @classmethod
    def read(cls, settings: Settings, org: Org) -> Self | None:
        """As configured; None where none is. Raises BadSettings where such a Group could not write (A25)."""
        key = settings.letters.bureau
        if key is None:
            return None
        department = org.departments.get(key)
        if department is None or department.kind == "root" or top(org, key) != key:
            raise BadSettings(f"[letters] bureau: {key} is no top department of the roster")
        return cls(key, settings.letters.name or department.name, org)

    def name_of(self, key: str | None) -> str:
        """What a Group is called; one that is gone by its key."""
        department = self.org.departments.get(key or "")
        return department.name if department else key or ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the letters of one check have in common. `titles`: what people call each system, by its name.

    `known`: the titles of those of which something was known.
    """

    desk: Desk
    bureau: Bureau
    review: Review
    titles: Mapping[str, str]
    known: Sequence[str]
    by: str

    def draw(self, reader: Connection) -> int:
        """Draws up what is not yet, and gives the cases their letter. Returns how many letters it was."""
        return sum(self._drawn(group) for group in unwritten(reader, self.review.id))

    def _drawn(self, group: Sequence[Case]) -> int:
        addressees, leader = list(group[0].addressees), group[0].leader
        kind = LEADERS if leader else INQUIRY
        content = self._content(group)
        drawn = self.desk.run(
            "letter-draw",
            key=f"{kind} {self.review.id} {' '.join(addressees)}",
            kind=kind,
            sender=self.bureau.key,
            addressees=addressees,
            title=f"{self.bureau.name}{TITLE}",
            restricted=leader,
            day=content.day,
            content=content.model_dump(mode="json"),
            review=self.review.id,
            people=list(dict.fromkeys(each.subject for each in group)),
            by=self.by,
        )
        for start in range(0, len(group), LOT):
            ids = [each.id for each in group[start : start + LOT]]
            self.desk.run("review-asked", letter=drawn["id"], cases=ids)
        return int(drawn["drawn"])

    def _content(self, group: Sequence[Case]) -> Inquiry:
        settings, today = self.desk.settings.letters, self.desk.clock.today()
        calendar = load_calendar(self.desk.settings.policy.calendar)
        due = deadline("workdays-3", today, calendar, self.desk.settings.policy.count_start_day).due
        return Inquiry(
            kind="leaders-inquiry" if group[0].leader else "inquiry",
            sender=self.bureau.name,
            doc_number="",
            day=today,
            addressees=tuple(map(self.bureau.name_of, group[0].addressees)),
            contact=settings.contact,
            phone=settings.phone,
            bureau=self.bureau.name,
            **self._window(),
            due=due,
            systems=tuple(self.known),
            accounts=tuple(map(self._account, group)),
        )

    def _window(self) -> dict[str, Any]:
        """Days, as they are printed: a window that ends at 00:00 ends with the day before."""
        start, end = (datetime.fromisoformat(each).timestamp() for each in (self.review.window_start, self.review.at))
        return {"checked": civil_day(end), "window_start": civil_day(start), "window_end": civil_day(end - 1)}

    def _account(self, case: Case) -> Account:
        return Account(
            subject=case.subject,
            name=case.title,
            number=case.key,
            office=self.bureau.name_of(case.office or case.department),
            system=self.titles.get(case.system, case.system),
            last=case.last_at,
            terminal=case.terminal,
        )
