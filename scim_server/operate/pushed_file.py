"""A file of SCIM requests: JSON lines as HR's program would send them, a BulkRequest a line, or one BulkRequest.

    {"method": "PATCH", "path": "/Users/0198...", "body": {...}, "version": "W/\\"3\\""}

`data` says the same as `body` (RFC 7644 section 3.7), `version` is sent as If-Match, and a path may begin with the
address of the server.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from scim_server.scim.urns import BULK_REQUEST

METHODS = ("POST", "PUT", "PATCH", "DELETE")
_PLACE = re.compile(r"/(Users|Groups)(/[^/?]+|\?filter=.+)?|/Bulk", re.IGNORECASE)
_LINES_SHOWN = 10
MARK = b"\xef\xbb\xbf"  # with which some editors begin a file


class BadFile(Exception):
    """It is no file of SCIM requests. The argument is a sentence a fault, each with its line."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `line` counts from 1; `path` begins behind `/scim/v2`."""

    line: int
    method: str
    path: str
    body: Any = None
    version: str | None = None

    @property
    def is_bulk(self) -> bool:
        """Whether its operations are answered one by one."""
        return self.path == "/Bulk"


@dataclass(frozen=True, slots=True)
class PushedFile:
    """A file whose lines are requests. `digest` is SHA-256 over its bytes."""

    path: Path
    digest: str
    lines: int  # requests in it
    base_url: str

    def requests(self, after: int = 0) -> Iterator[Request]:
        """The requests behind that line, in their order. Raises BadFile where it has changed since it was checked."""
        return (each for each in _requests(self.path, self.base_url) if each.line > after)


def check(path: Path, base_url: str) -> PushedFile:
    """Reads it once through. Raises BadFile with all that is wrong with its form, OSError."""
    faults: list[str] = []
    number = 0
    for line, given in _entries(path):
        number += 1
        try:
            _request(line, given, base_url)
        except BadFile as error:
            faults += error.args
    if not number:
        raise BadFile("文件中没有请求")
    if faults:
        more = [f"……另有 {len(faults) - _LINES_SHOWN} 处"] if len(faults) > _LINES_SHOWN else []
        raise BadFile("\n".join([*faults[:_LINES_SHOWN], *more]))
    with path.open("rb") as file:
        return PushedFile(path, hashlib.file_digest(file, "sha256").hexdigest(), number, base_url)


def _requests(path: Path, base_url: str) -> Iterator[Request]:
    for line, given in _entries(path):
        yield _request(line, given, base_url)


def _entries(path: Path) -> Iterator[tuple[int, Any]]:
    """(line, what stands there as JSON, or the bytes where they are none)."""
    with path.open("rb") as file:
        first = next((each for each in enumerate(file, 1) if each[1].removeprefix(MARK).strip()), None)
        if first is None:
            return
        if _parsed(first[1]) is _NOTHING:  # a document that is spread over lines
            yield 1, _whole(path)
            return
        for line, text in chain([first], enumerate(file, first[0] + 1)):
            if text.strip():
                given = _parsed(text)
                yield line, text if given is _NOTHING else given


_NOTHING = object()


def _parsed(text: bytes) -> Any:
    try:
        return orjson.loads(text.removeprefix(MARK))
    except orjson.JSONDecodeError:
        return _NOTHING


def _whole(path: Path) -> Any:
    given = _parsed(path.read_bytes())
    return b"" if given is _NOTHING else given


def _request(line: int, given: Any, base_url: str) -> Request:
    if not isinstance(given, dict):
        raise BadFile(f"第 {line} 行不是一个 JSON 对象")
    if _is_bulk(given):
        return Request(line, "POST", "/Bulk", given)
    method, path = given.get("method"), given.get("path")
    if not isinstance(method, str) or method.upper() not in METHODS:
        raise BadFile(f"第 {line} 行的 method 不是 {'、'.join(METHODS)} 之一")
    where = _below(path, base_url) if isinstance(path, str) else ""
    if not _PLACE.fullmatch(where) or (method.upper() == "POST") == ("/" in where[1:] or "?" in where):
        raise BadFile(
            f"第 {line} 行：{method.upper()} 不能用于 path「{path}」，应为 /Users、/Groups 或其下一人一组，或 /Bulk"
        )
    return Request(line, method.upper(), where, _body(line, method.upper(), given), _version(given))


def _is_bulk(given: Mapping[str, Any]) -> bool:
    schemas = given.get("schemas")
    return isinstance(schemas, list) and BULK_REQUEST in schemas


def _below(path: str, base_url: str) -> str:
    rest = path.removeprefix(base_url).removeprefix("/scim/v2")
    return rest if rest.startswith("/") else f"/{rest}"


def _body(line: int, method: str, given: Mapping[str, Any]) -> Any:
    body = given.get("body", given.get("data"))
    if body is None and method != "DELETE":
        raise BadFile(f"第 {line} 行缺少 body")
    return None if method == "DELETE" else body


def _version(given: Mapping[str, Any]) -> str | None:
    version = given.get("version")
    return version if isinstance(version, str) else None
