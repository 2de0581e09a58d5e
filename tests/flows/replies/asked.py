"""A check with silent accounts in a house that runs in process: who was asked about what, and what they answer."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from tests.policy.wire.bureau import Bureau

WRITER = "FIN"  # the house's own bureau, in these towns
BY = "符主任"
MONTH = "2026-07"
AT = "2026-07-01T01:00:00.000Z"
LETTERS = {"bureau": WRITER, "folder": "letters", "contact": "王科员", "codes": {WRITER: "崖科工信函"}}


class Asked:
    """The check of a month. `cases`: ids by (externalId, system); `letters`: ids by addressee."""

    def __init__(self, bureau: Bureau, month: str = MONTH, at: str = AT) -> None:
        self.bureau, self.month = bureau, month
        assert bureau.command("review-begin", month=month, at=at, window_start=at.replace("-07-", "-06-"), by=BY)
        ((self.id,),) = bureau.rows("SELECT id FROM reviews WHERE month = :month", month=month)
        self.cases: dict[tuple[str, str], str] = {}
        self.letters: dict[str, str] = {}

    def about(
        self, silent: Mapping[str, Sequence[str]], department: str = "EDU", to: Sequence[str] = (), busy: int = 0
    ) -> "Asked":
        """Accounts nobody used, by externalId; `busy`: of as many others somebody did. `to`: who is asked."""
        people, found = [], []
        for key, systems in silent.items():
            people.append([self.subject(key), department, department, bool(to), list(to or [department])])
            found += [[self.subject(key), system, "silent", None, None, None] for system in systems]
        for number in range(busy):
            people.append([f"busy-{department}-{number}", department, department, False, [department]])
            found.append([f"busy-{department}-{number}", "oa", "operated", None, AT, "pc"])
        self.bureau.command("review-lot", review=self.id, people=people, found=found)
        return self

    def ready(self) -> "Asked":
        """It is whole: from now on departments may answer."""
        told = {"systems": [], "watched": {}, "counts": {}}
        assert self.bureau.command("review-ready", review=self.id, month=self.month, by=BY, **told)
        question = "SELECT key, system, cases.id FROM cases JOIN subjects USING (subject) WHERE review = :review"
        self.cases = {(key, system): id for key, system, id in self.bureau.rows(question, review=self.id)}
        return self

    def subject(self, key: str) -> str:
        ((found,),) = self.bureau.rows("SELECT subject FROM subjects WHERE key = :key", key=key)
        return str(found)

    # -- letters

    def write(self, department: str, delivered: str | None, due: str = "2026-07-06") -> str:
        """The inquiry to a department about all that it is asked; delivered at that instant. Its 文号."""
        question = (
            "SELECT id, subject, system FROM cases WHERE review = :review AND letter IS NULL AND department = :of"
        )
        found = self.bureau.rows(question, review=self.id, of=department)
        named = {"name": "某人", "number": "E", "office": department}
        accounts = [named | {"subject": subject, "system": system} for _, subject, system in found]
        told = {"kind": "inquiry", "sender": "区工信局", "doc_number": "", "day": self.bureau.day, "bureau": "区工信局"}
        told |= {"addressees": [f"部门{department}"], "checked": self.bureau.day, "window_start": "2026-06-01"}
        content = told | {"window_end": "2026-06-30", "due": due, "systems": ["政务OA"], "accounts": accounts}
        drawn = self.bureau.command(
            "letter-draw",
            key=f"inquiry {self.id} {department}",
            kind="inquiry",
            sender=WRITER,
            addressees=[department],
            title="关于核查信息化系统异常账号的函",
            day=self.bureau.day,
            content=content,
            review=self.id,
            by=BY,
        )
        self.bureau.command("review-asked", letter=drawn["id"], cases=[id for id, *_ in found])
        if delivered is not None:
            self.bureau.command("letter-delivered", id=drawn["id"], at=delivered, by=BY)
        self.letters[department] = drawn["id"]
        return str(drawn["doc_number"])

    # -- answers

    def reply(self, key: str, system: str, answer: str, **more: Any) -> Any:
        """One answer of today."""
        usual = {"reason": "已核实", "letter": "崖教函〔2026〕30号", "by": BY}
        return self.bureau.command("case-reply", case=self.cases[key, system], answer=answer, **(usual | more))

    def case(self, key: str, system: str) -> dict[str, Any]:
        """As it stands."""
        names = ("state", "answer", "reason", "reply", "replied_on", "left_on", "departure", "by", "ruling")
        question = f"SELECT {', '.join(names)} FROM cases WHERE id = :id"
        (row,) = self.bureau.rows(question, id=self.cases[key, system])
        return dict(zip(names, row, strict=True))

    def notices(self) -> list[dict[str, Any]]:
        """What the notices of the check say, with their state."""
        question = "SELECT state, content, day FROM register WHERE review = :review AND kind = 'notice' ORDER BY id"
        rows = self.bureau.rows(question, review=self.id)
        return [orjson.loads(content) | {"state": state, "drawn": day} for state, content, day in rows]

    def trace(self) -> list[str]:
        """What is said openly of checks and letters."""
        question = (
            "SELECT said FROM trace WHERE kind IN ('review', 'letter', 'return') AND said IS NOT NULL ORDER BY seq"
        )
        return [said for (said,) in self.bureau.rows(question)]
