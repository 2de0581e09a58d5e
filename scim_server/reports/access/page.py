"""The access report as one page of HTML: a sheet a department for whoever signs that the access is right.

The totals stand first and are known last: the sheets are written aside meanwhile, so that memory stays flat.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from tempfile import TemporaryFile
from typing import BinaryIO

from jinja2 import Environment
from markupsafe import Markup

from scim_server.clock import stamp
from scim_server.reports.access.rows import (
    CLEAR,
    UNKNOWN,
    VERDICTS,
    Access,
    AccessRow,
    required_word,
    seen_word,
    since_word,
)
from scim_server.reports.access.tally import SYSTEMS, Tally
from scim_server.reports.period import local
from scim_server.reports.render_html import environment
from scim_server.reports.rows import SystemRow

_BODY = "<!-- sheets -->"  # no value can bring it into the page: every one is escaped
_CHUNK = 200


def write_html(
    rows: Iterable[AccessRow],
    out: BinaryIO,
    systems: Sequence[str],
    states: Mapping[str, SystemRow],
    titles: Mapping[str, str],
    scope: str,
    now: float,
) -> Tally:
    """The page in Chinese, UTF-8. `scope`: what it covers, in words; `now`: seconds since the epoch."""
    tally, made = Tally(), environment()
    with TemporaryFile() as sheets:
        _write_sheets(made, _counted(rows, tally), sheets, systems, titles)
        sheets.seek(0)
        text = made.get_template("access.html").render(
            tally=tally,
            systems=[(name, states.get(name)) for name in systems],
            headings=[column.title for column in SYSTEMS],
            scope=scope,
            made=local(stamp(now)),
            body=Markup(_BODY),  # noqa: S704 - our own constant
        )
        head, _, foot = text.partition(_BODY)
        out.write(head.encode("utf-8"))
        shutil.copyfileobj(sheets, out)
        out.write(foot.encode("utf-8"))
    return tally


def _write_sheets(
    made: Environment, rows: Iterator[AccessRow], out: object, systems: Sequence[str], titles: Mapping[str, str]
) -> None:
    stream = made.get_template("access_sheets.html").stream(
        sheets=groupby(rows, key=lambda row: row.sheet),
        systems=systems,
        titles=titles,
        CLEAR=CLEAR,
        VERDICTS=VERDICTS,
        seen=seen_word,
        required=required_word,
        since=_since,
    )
    stream.enable_buffering(_CHUNK)
    stream.dump(out, encoding="utf-8")  # type: ignore[arg-type]  # any binary stream will do


def _counted(rows: Iterable[AccessRow], tally: Tally) -> Iterator[AccessRow]:
    for row in rows:
        tally.add(row)
        yield row


def _since(each: Access) -> str:
    word = since_word(each)
    return f"何时起{word}" if word == UNKNOWN else f"{word[:10]} 起" if word else ""
