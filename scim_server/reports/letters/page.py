"""The letters report as one page of HTML, in the look of the sync report; its size is bounded, its totals are not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from scim_server.clock import stamp
from scim_server.reports.letters import deadlines, outgoing
from scim_server.reports.letters.deadlines import Deadlines
from scim_server.reports.letters.outgoing import STANDINGS, OutgoingRow
from scim_server.reports.letters.rows import FIELDS, KINDS, STATES, LetterRow, Terms
from scim_server.reports.letters.tally import HEADINGS, Tally, totals
from scim_server.reports.period import local
from scim_server.reports.render_html import environment

MOST = 1000  # rows of one state on the page
TOLD = ("missing", "late", "open")  # letters that came in time are counted only
SHOWN = ("sender_name", "name", "article", "kind", "event", "due", "sent", "number", "whole")


class Page:
    """A page under way: feed it every row, then write it.

    `withheld`: how many of the letters of the house are left out.
    """

    def __init__(self) -> None:
        self.tally = Tally()
        self.deadlines: Sequence[Deadlines] = ()
        self.outgoing: Sequence[OutgoingRow] = ()
        self.withheld = 0
        self._rows: dict[str, list[LetterRow]] = defaultdict(list)

    def read(self, rows: Iterable[LetterRow]) -> None:
        """Counts every row, keeps what is shown."""
        for row in rows:
            self.tally.add(row)
            if len(self._rows[row.state]) < MOST:
                self._rows[row.state].append(row)

    def parts(self) -> list[tuple[str, int, list[LetterRow]]]:
        """By state, the most urgent first: its name, how many there are, and those shown, the oldest deadline first."""
        return [
            (STATES[state], self.tally.states[state], sorted(self._rows[state], key=lambda row: (row.due, row.sender)))
            for state in TOLD
            if self._rows[state]
        ]

    def letters(self) -> list[tuple[str, int, Sequence[OutgoingRow]]]:
        """Those of the house by standing, the most urgent first: its word, how many there are, and those shown."""
        found = {word: [row for row in self.outgoing if row.standing == name] for name, word in STANDINGS.items()}
        return [(word, len(rows), rows[:MOST]) for word, rows in found.items() if rows]


def write_html(page: Page, out: BinaryIO, terms: Terms, now: float) -> None:
    """The page in Chinese, UTF-8. `now`: seconds since the epoch."""
    text = (
        environment()
        .get_template("letters.html")
        .render(
            page=page,
            terms=terms,
            made=local(stamp(now)),
            headings=[FIELDS[name] for name in SHOWN],
            department_headings=list(HEADINGS),
            totals=totals,
            STATES=STATES,
            KINDS=KINDS,
            outgoing_headings=[column.title for column in outgoing.COLUMNS.values()],
            outgoing_line=outgoing.line,
            deadline_headings=[column.title for column in deadlines.COLUMNS],
            deadline_line=deadlines.line,
        )
    )
    out.write(text.encode("utf-8"))
