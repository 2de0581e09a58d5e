"""The totals of an access report, counted while the rows pass by."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mappings.model import Presence
from scim_server.reports.access.rows import VERDICTS, AccessRow
from scim_server.reports.fields import Value
from scim_server.reports.tables import Column

_JUDGED = {verdict: word for verdict, word in VERDICTS.items() if verdict != "none"}
SYSTEMS = [
    Column("系统", 14),
    Column("在用", 10),
    Column("锁定", 10),
    Column("未读取", 10),
    *(Column(f"核对{word}", 14) for verdict, word in _JUDGED.items() if verdict != "unread"),
]
DEPARTMENTS = [Column("部门", 30), Column("代码", 16), Column("人数", 10), Column("须核实", 10)]


@dataclass(slots=True)
class Tally:
    """People, and accounts by system: by what was read, and by how it compares."""

    people: int = 0
    left: int = 0
    unclear: int = 0
    seen: dict[str, Counter[Presence | None]] = field(default_factory=dict)
    verdicts: dict[str, Counter[str]] = field(default_factory=dict)
    departments: Counter[str] = field(default_factory=Counter)
    unclear_in: Counter[str] = field(default_factory=Counter)

    def add(self, row: AccessRow) -> None:
        """Counts one person."""
        self.people += 1
        self.left += row.left
        self.unclear += not row.clear
        self.departments[row.department] += 1
        self.unclear_in[row.department] += not row.clear
        for each in row.accounts:
            if each.verdict != "none":
                self.seen.setdefault(each.system, Counter())[each.seen] += 1
                self.verdicts.setdefault(each.system, Counter())[each.verdict] += 1

    def by_system(self) -> Iterator[list[Value]]:
        """A line a system, under SYSTEMS."""
        for name in sorted(self.seen):
            seen, verdicts = self.seen[name], self.verdicts[name]
            read = (seen[Presence.ACTIVE], seen[Presence.LOCKED], seen[None])
            yield [name, *map(float, read), *(float(verdicts[each]) for each in _JUDGED if each != "unread")]

    def by_department(self, titles: Mapping[str, str]) -> Iterator[list[Value]]:
        """A line a department, under DEPARTMENTS."""
        for key in sorted(self.departments, key=lambda each: (not each, each)):
            counted = (self.departments[key], self.unclear_in[key])
            yield [titles.get(key, key) or "（无部门）", key, *map(float, counted)]
