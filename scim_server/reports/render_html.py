"""The sync report as one page of HTML: no script, no file besides, and every value escaped."""

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from jinja2 import Environment, PackageLoader, StrictUndefined

from scim_server.clock import stamp
from scim_server.reports.differences import differences
from scim_server.reports.fields import EndsSessions, sessions_end
from scim_server.reports.next_steps import next_step, sentence
from scim_server.reports.page import Page
from scim_server.reports.period import local, spoken
from scim_server.reports.rows import FAILED, READ_BACK, SyncRow, SystemRow
from scim_server.reports.scope import Scope
from scim_server.reports.words import (
    FIGURES,
    SESSIONS_END,
    STANDINGS,
    action_word,
    article_words,
    outcome_word,
)

_CHUNK = 200  # template events written at a time


def write_html(
    page: Page,
    out: BinaryIO,
    scope: Scope,
    states: Iterable[SystemRow],
    group_titles: Mapping[str, str],
    ends_sessions: EndsSessions,
    check: str | None = None,
) -> None:
    """The page in Chinese, UTF-8. `check`: what a recount from the trace says."""

    def sessions(row: SyncRow) -> str | None:
        ends = sessions_end(row, ends_sessions)
        return None if ends is None else SESSIONS_END[ends]

    stream = (
        environment()
        .get_template("sync.html")
        .stream(
            page=page,
            parts=page.parts({state.name: state for state in states}),
            scope=scope,
            made=local(stamp(scope.now.timestamp())),
            differences=lambda row: differences(row, group_titles),
            sessions=sessions,
            check=check,
        )
    )
    stream.enable_buffering(_CHUNK)
    stream.dump(out, encoding="utf-8")


def environment() -> Environment:
    """Templates of the reports: every value is escaped, none may be missing."""
    made = Environment(
        loader=PackageLoader("scim_server.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "local": local,
        "spoken": spoken,
        "action": action_word,
        "article": article_words,
        "outcome": outcome_word,
        "number": "{:,}".format,
    }
    made.globals |= {
        "FIGURES": FIGURES,
        "STANDINGS": STANDINGS,
        "FAILED": FAILED,
        "READ_BACK": READ_BACK,
        "sentence": sentence,
        "next_step": next_step,
    }
    return made
