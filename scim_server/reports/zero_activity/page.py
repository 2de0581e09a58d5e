"""The report of the monthly check as one page of HTML; its lists are cut, its totals are not."""

from typing import BinaryIO

from scim_server.clock import stamp
from scim_server.reports.letters.words import STATES
from scim_server.reports.period import local
from scim_server.reports.render_html import environment
from scim_server.reports.zero_activity import tables
from scim_server.reports.zero_activity.reading import Found
from scim_server.reports.zero_activity.words import ANSWERS, CASES, REVIEWS, TERMINALS, TIMES, unwatched

MOST = 1000  # cases, or accounts without a person, on the page


def write_html(found: Found, out: BinaryIO, now: float, most: int = MOST) -> None:
    """The page in Chinese, UTF-8. `now`: seconds since the epoch."""
    template = environment().get_template("zero_activity.html")
    template.stream(
        made=local(stamp(now)),
        review=found.review,
        found=found,
        state=REVIEWS[found.review.state],
        systems=found.systems,
        silent=sum(each.silent for each in found.systems),
        system_headings=[column.title for column in tables.SYSTEM_COLUMNS],
        system_line=tables.system_line,
        unseen=[(each.system, unwatched(each.watched)) for each in found.systems if unwatched(each.watched)],
        reasons=[line for row in found.systems for line in tables.reason_lines(row)],
        department_headings=[column.title for column in tables.DEPARTMENT_COLUMNS],
        department_lines=[tables.department_line(each, found.restricted) for each in found.departments],
        cases=found.cases[:most],
        strangers=found.strangers[:most],
        check=found.recount.sentence(found.restricted) if found.recount else None,
        words={"answer": ANSWERS, "case": CASES, "letter": STATES, "terminal": TERMINALS, "time": TIMES},
    ).dump(out, encoding="utf-8")
