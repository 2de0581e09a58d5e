"""A request's body, read within limits, as JSON (RFC 8259)."""

import codecs
import json
import re
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from scim_server.api.aside import LIGHT, Burden, aside
from scim_server.api.limits import BODY, DEPTH
from scim_server.scim.errors import InvalidSyntax, TooLarge, UnsupportedMediaType

_TYPES = frozenset({"application/scim+json", "application/json"})
_KEY = re.compile(rb'"[ \t\r\n]*:')
_BYTES_A_BRACKET, _BYTES_A_COMMA = 32, 8  # of a large body, at least: values take many times the room of their text


async def read_json(request: Request, burden: Burden, most: int = BODY) -> Any:
    """The body as a value; `most` bytes. Raises UnsupportedMediaType, TooLarge, InvalidSyntax, Busy.

    A body that is too large is refused at once; what the client still sends is the connection's concern.
    """
    _demand_type(request)
    raw = await _read(request, burden, most)
    await burden.enter()
    return await aside(len(raw), parse, raw, most)


def _demand_type(request: Request) -> None:
    """A content type that is absent is tolerated: some clients send none."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given and given not in _TYPES:
        raise UnsupportedMediaType("The body is application/scim+json or application/json.")
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType("The body is sent as it is, not compressed.")


async def _read(request: Request, burden: Burden, most: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit():
        raise InvalidSyntax("Content-Length is no number.")
    if len(declared) > 12 or int(declared) > most:
        raise _too_large(most)
    try:
        return await _gather(request, burden, most)
    except ClientDisconnect:
        raise InvalidSyntax("The body was not sent to its end.") from None


async def _gather(request: Request, burden: Burden, most: int) -> bytes:
    chunks: list[bytes] = []
    async for chunk in request.stream():
        if chunk:  # the last one is empty
            chunks.append(chunk)
            burden.grow(len(chunk))
        if burden.bytes > most:
            raise _too_large(most)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"A body has {most // 1024 // 1024} MB at most.")


def parse(raw: bytes, most: int = BODY) -> Any:
    """JSON in UTF-8, at most 64 deep, no name twice in one object.

    orjson refuses NaN, Infinity, lone surrogates and broken UTF-8. It keeps the last of two equal names
    silently, so the names are counted; only where the count leaves a doubt is the body read once more, slowly.
    """
    if len(raw) > LIGHT:
        _demand_sparse(raw, most)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidSyntax(_why_not(raw, error)) from None
    names = _names(value, 1)
    if names and _written(raw) != names:
        json.loads(raw, object_pairs_hook=_once)
    return value


def _why_not(raw: bytes, error: orjson.JSONDecodeError) -> str:
    """Whose editor or system writes GBK, or a byte order mark, looks for the fault in the JSON otherwise."""
    if raw.startswith(codecs.BOM_UTF8):
        return "The body begins with a byte order mark, which JSON does not have."
    try:
        raw.decode()
    except UnicodeDecodeError as wrong:
        return f"The body is no UTF-8: byte {wrong.start + 1}."
    return f"The body is no JSON: line {error.lineno}, column {error.colno}."


def _demand_sparse(raw: bytes, most: int) -> None:
    """No resource needs so many values in so little text; two megabytes of brackets become fifty of lists."""
    if raw.count(b"[") + raw.count(b"{") > most // _BYTES_A_BRACKET or raw.count(b",") > most // _BYTES_A_COMMA:
        raise InvalidSyntax("The body has too many objects, lists or values.")


def _written(raw: bytes) -> int:
    """How many names seem to be written in the text; of a large one piece by piece, so that others have their turn."""
    return len(_KEY.findall(raw)) if len(raw) <= LIGHT else sum(1 for _ in _KEY.finditer(raw))


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
