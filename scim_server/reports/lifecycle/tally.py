"""The totals of a lifecycle report, counted while the rows pass by."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scim_server.reports.fields import Value
from scim_server.reports.lags import Lags
from scim_server.reports.lifecycle.rows import KINDS, LifecycleRow
from scim_server.reports.lifecycle.turns import Kind
from scim_server.reports.recount import Check
from scim_server.reports.tables import Column
from scim_server.reports.words import article_words

HEADINGS = [Column("部门", 26), Column("代码", 14), *(Column(word, 10) for word in KINDS.values()), Column("合计", 8)]
ARTICLES = [Column("条款", 16), *(Column(word, 10) for word in KINDS.values()), Column("合计", 8)]
ARRIVALS = [
    Column("系统", 14),
    Column("事项", 10),
    Column("已读回", 10),
    Column("未落实", 10),
    Column("历时中位（秒）", 16),
    Column("九成五不超过（秒）", 20),
]


@dataclass(slots=True)
class System:
    """How one system kept up. `open`: what it has not been read back to have, though something must be done."""

    events: int = 0
    arrived: int = 0
    traced: int = 0
    open: int = 0
    lags: Lags = field(default_factory=Lags)


@dataclass(slots=True)
class Tally:
    """Rows by kind, by department and by article; the systems' delays."""

    kinds: Counter[Kind] = field(default_factory=Counter)
    departments: dict[str, Counter[Kind]] = field(default_factory=dict)
    articles: dict[str, Counter[Kind]] = field(default_factory=dict)
    systems: dict[str, System] = field(default_factory=dict)

    def add(self, row: LifecycleRow) -> None:
        """Counts one row."""
        self.kinds[row.kind] += 1
        self.departments.setdefault(row.department, Counter())[row.kind] += 1
        self.articles.setdefault(row.article, Counter())[row.kind] += 1
        for each in row.arrivals:
            system = self.systems.setdefault(each.system, System())
            system.events += 1
            system.arrived += each.state == "read-back"
            system.traced += each.state == "read-back" and each.traced
            system.open += each.state not in ("read-back", "nothing")
            if each.seconds is not None:
                system.lags.add(each.seconds)

    @property
    def total(self) -> int:
        """All rows."""
        return self.kinds.total()

    @property
    def check(self) -> Check:
        """What is told as read back, against the trace."""
        differing = [
            f"{name} 已读回 {each.arrived:,}，留痕 {each.traced:,}"
            for name, each in sorted(self.systems.items())
            if each.arrived != each.traced
        ]
        systems = self.systems.values()
        return Check(sum(each.arrived for each in systems), sum(each.traced for each in systems), differing)

    def by_department(self, titles: Mapping[str, str]) -> Iterator[list[Value]]:
        """A line a department, by code; those of none last."""
        for key in sorted(self.departments, key=lambda each: (not each, each)):
            yield [titles.get(key, key) or "（无部门）", key, *_line(self.departments[key])]

    def by_article(self) -> Iterator[list[Value]]:
        """A line an article."""
        for article in sorted(self.articles, key=lambda each: ("一二三四五".find(each[:1]) % 9, each)):
            yield [article_words(article), *_line(self.articles[article])]

    def by_system(self) -> Iterator[list[Value]]:
        """A line a system, under ARRIVALS."""
        for name in sorted(self.systems):
            each = self.systems[name]
            lags = [None if lag is None else round(lag, 3) for lag in map(each.lags.quantile, (0.5, 0.95))]
            yield [name, float(each.events), float(each.arrived), float(each.open), *lags]


def _line(counted: Counter[Kind]) -> list[Value]:
    return [*(float(counted[kind]) for kind in Kind), float(counted.total())]
