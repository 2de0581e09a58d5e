"""The lifecycle report as one page of HTML; its size is bounded, its totals are not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from scim_server.clock import stamp
from scim_server.reports.lifecycle.rows import KINDS, STATES, Arrival, LifecycleRow, place
from scim_server.reports.lifecycle.tally import ARRIVALS, ARTICLES, HEADINGS, Tally
from scim_server.reports.lifecycle.turns import Kind
from scim_server.reports.period import Period, local
from scim_server.reports.render_html import environment

MOST = 1000  # rows of one kind on the page


class Page:
    """A page under way: feed it every row, then write it."""

    def __init__(self, most: int = MOST) -> None:
        self.tally = Tally()
        self._most = most
        self._rows: dict[Kind, list[LifecycleRow]] = defaultdict(list)

    def read(self, rows: Iterable[LifecycleRow]) -> None:
        """Counts every row, keeps the first of each kind."""
        for row in rows:
            self.tally.add(row)
            if len(self._rows[row.kind]) < self._most:
                self._rows[row.kind].append(row)

    def parts(self) -> list[tuple[str, int, list[LifecycleRow]]]:
        """By kind: its word, how many there are, and those shown."""
        return [(KINDS[kind], self.tally.kinds[kind], self._rows[kind]) for kind in Kind if self._rows[kind]]


def write_html(page: Page, out: BinaryIO, period: Period, titles: Mapping[str, str], now: float) -> None:
    """The page in Chinese, UTF-8. `now`: seconds since the epoch."""
    template = environment().get_template("lifecycle.html")
    template.stream(
        page=page,
        tally=page.tally,
        period=period.words,
        made=local(stamp(now)),
        titles=titles,
        place=lambda row, value: place(row, value, titles),
        arrived=_arrived,
        KINDS=KINDS,
        headings=[column.title for column in HEADINGS],
        article_headings=[column.title for column in ARTICLES],
        system_headings=[column.title for column in ARRIVALS],
        check=page.tally.check.sentence if page.tally.total else None,
    ).dump(out, encoding="utf-8")


def _arrived(each: Arrival, row: LifecycleRow) -> str:
    """When one system had it; the day only where it is another one."""
    if each.at is None:
        return STATES[each.state]
    when, then = local(each.at), local(row.time)
    return when[11:] if when[:10] == then[:10] else when
