"""The sync report as one JSON array, an object an operation on a line of its own."""

from collections.abc import Iterable
from typing import BinaryIO

import orjson

from scim_server.reports.fields import EndsSessions, record, state
from scim_server.reports.rows import SyncRow


def write_json(rows: Iterable[SyncRow], out: BinaryIO, ends_sessions: EndsSessions) -> None:
    """The fields of `record`, with `before` and `after` as objects."""
    out.write(b"[")
    separator = b"\n"
    for row in rows:
        whole = record(row, ends_sessions) | {"before": _state(row.before), "after": _state(row.after)}
        out.write(separator + orjson.dumps(whole))
        separator = b",\n"
    out.write(b"\n]\n")


def _state(json: bytes | None) -> object:
    try:
        return state(json)
    except orjson.JSONDecodeError:  # one damaged record must not cost the report of all others
        return {"unreadable": (json or b"").decode("utf-8", "replace")}
