"""The log of a running house: a line an event on stderr, as text or as JSON (`[log]`).

It stands on the standard library's logging, since what the house rests on (uvicorn, alembic, SQLAlchemy) logs there
too: a second way beside it would only have to be joined to this one again. What is known of an event travels as
`extra` under the names in `KNOWN`: ids and words of ours alone. Names, phones, mails and facts of people are never
among them, and what an exception of a database or of a parser quotes of them is cut out.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from scim_server.clock import stamp
from scim_server.settings import Log

# of an event: the correlation id; the system; the subject's opaque id; operation, outcome; ms that it took; and of
# a request: method, path, status, the caller's name
KNOWN = ("request", "system", "subject", "operation", "outcome", "ms", "method", "path", "status", "caller")
OURS = ("huaming", "scim_server", "connectors", "mappings")
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_QUOTED = re.compile(r"DETAIL:.*|input_value=.*?(?=, input_type|\]|$)", re.MULTILINE)

Request = Callable[[], str | None]


def configure(settings: Log, request: Request) -> None:
    """Logs go to stderr. `request`: the correlation id of what is being done now, where an event names none itself.

    What is not ours is heard from `info` on: libraries that speak HTTP would tell their headers at `debug`.
    """
    line = logging.StreamHandler(sys.stderr)
    line.setFormatter(AsJson(request) if settings.format == "json" else AsText(request))
    level = LEVELS[settings.level]
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # nobody is told of them
    logging.basicConfig(handlers=[line], level=max(level, logging.INFO), force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.getLogger("alembic").setLevel(max(level, logging.WARNING))


class AsText(logging.Formatter):
    """A line for people: stamp, level, logger, sentence, then what is known, as key=value."""

    def __init__(self, request: Request) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._request = request

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """A stamp in UTC (S9), as in JSON and in the store: machines may live by other zones."""
        return stamp(record.created)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        known = " ".join(f"{name}={value}" for name, value in _known(record, self._request).items())
        return _unquoted(super().formatMessage(record)) + (f" ({known})" if known else "")

    def formatException(self, ei: Any) -> str:
        """See logging.Formatter."""
        return _unquoted(super().formatException(ei))


class AsJson(logging.Formatter):
    """A JSON object a line: at, level, logger, event, and what is known; `exception` where there was one."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self._request = request

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        line: dict[str, Any] = {
            "at": stamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _unquoted(record.getMessage()),
            **_known(record, self._request),
        }
        if record.exc_info:
            line["exception"] = _unquoted(self.formatException(record.exc_info))
        return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _known(record: logging.LogRecord, request: Request) -> Mapping[str, Any]:
    """What stands beside the sentence; names that are not in KNOWN never get out."""
    said = record.__dict__
    found = {name: said[name] for name in KNOWN if said.get(name) is not None}
    if "request" not in found and (now := request()) is not None:
        found["request"] = now
    return found


def _unquoted(text: str) -> str:
    """Without the values of people that databases (DETAIL) and parsers (input_value) quote."""
    return _QUOTED.sub("…", text)
