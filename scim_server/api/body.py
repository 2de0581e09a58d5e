"""A request's body, read within limits, as JSON (RFC 8259)."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from scim_server.api.limits import BODY, DEPTH, DRAIN, DRAIN_SECONDS
from scim_server.scim.errors import InvalidSyntax, TooLarge, UnsupportedMediaType

_TYPES = frozenset({"application/scim+json", "application/json"})
_KEY = re.compile(rb'"[ \t\r\n]*:')


async def read_json(request: Request) -> Any:
    """The body as a value. Raises UnsupportedMediaType, TooLarge, InvalidSyntax."""
    _demand_type(request)
    return parse(await _read(request))


def _demand_type(request: Request) -> None:
    """A content type that is absent is tolerated: some clients send none."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given and given not in _TYPES:
        raise UnsupportedMediaType("The body is application/scim+json or application/json.")
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType("The body is sent as it is, not compressed.")


async def _read(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit():
        raise InvalidSyntax("Content-Length is no number.")
    try:
        return await _gather(request, known_too_large=len(declared) > 12 or int(declared) > BODY)
    except ClientDisconnect:
        raise InvalidSyntax("The body was not sent to its end.") from None


async def _gather(request: Request, known_too_large: bool) -> bytes:
    chunks: list[bytes] = []
    size = 0
    stream = aiter(request.stream())
    while not known_too_large:
        chunk = await anext(stream, None)
        if chunk is None:
            return b"".join(chunks)
        size += len(chunk)
        chunks.append(chunk)
        known_too_large = size > BODY
    chunks.clear()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            await _drain(stream)
    raise TooLarge("A body has 2 MB at most.", {"Connection": "close"})


async def _drain(stream: AsyncIterator[bytes]) -> None:
    """Reads on for a little and keeps nothing: a client whose sending is cut off never sees the answer."""
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > DRAIN:
            return


def parse(raw: bytes) -> Any:
    """JSON in UTF-8, at most 64 deep, no name twice in one object.

    orjson refuses NaN, Infinity, lone surrogates and broken UTF-8. It keeps the last of two equal names
    silently, so the names are counted; only where the count leaves a doubt is the body read once more, slowly.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidSyntax(f"The body is no JSON: line {error.lineno}, column {error.colno}.") from None
    names = _names(value, 1)
    if names and len(_KEY.findall(raw)) != names:
        json.loads(raw, object_pairs_hook=_once)
    return value


def _names(value: Any, depth: int) -> int:
    """How many names all objects in the value have."""
    if type(value) is dict:
        count, children = len(value), value.values()
    elif type(value) is list:
        count, children = 0, value  # type: ignore[assignment]
    else:
        return 0
    if depth > DEPTH:
        raise InvalidSyntax(f"The body is more than {DEPTH} levels deep.")
    for child in children:
        if type(child) is dict or type(child) is list:
            count += _names(child, depth + 1)
    return count


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise InvalidSyntax("An object of the body has the same name twice.")
