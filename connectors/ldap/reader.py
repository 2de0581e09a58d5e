"""Answers from bytes (RFC 4511), bounded: a broken or hostile server can neither fill the memory nor make it recurse.

Only the shapes that the hub asks for are read: entries, references, results and the paged results control.
"""

from dataclasses import dataclass

from connectors.ldap.ber import PAGED_RESULTS
from connectors.ldap.messages import Found, Reply

MESSAGE_LIMIT = 8 << 20  # bytes of one message: the hub asks for few and short attributes
ANSWER_LIMIT = 32 << 20  # bytes of one whole answer

ENTRY, RESULT_DONE, REFERENCE, EXTENDED, INTERMEDIATE = 0x64, 0x65, 0x73, 0x78, 0x79
RESULTS = frozenset({0x61, RESULT_DONE, 0x67, 0x69, 0x6B, 0x6D, 0x6F, EXTENDED})
PAGED = PAGED_RESULTS.encode()


class Malformed(Exception):
    """The bytes are no LDAP answer that the hub could have asked for."""


@dataclass(frozen=True, slots=True)
class Message:
    """One LDAPMessage: its id, the tag of its operation, and what it carried (an entry or a result)."""

    id: int
    tag: int
    size: int
    found: Found | None = None
    reply: Reply | None = None


def complete(buffer: bytearray, start: int) -> int:
    """Where the message that begins at `start` ends, or 0 while it has not all arrived. Malformed when absurd."""
    have = len(buffer) - start
    if have < 2:
        return 0
    if buffer[start] != 0x30:
        raise Malformed("the answer does not begin like an LDAP message")
    size, head = buffer[start + 1], 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4:
            raise Malformed("the answer has an absurd length")
        if have < 2 + count:
            return 0
        size, head = int.from_bytes(buffer[start + 2 : start + 2 + count], "big"), 2 + count
    if size > MESSAGE_LIMIT:
        raise Malformed(f"an answer of {size} bytes is not accepted")
    return start + head + size if have >= head + size else 0


def read(data: bytes) -> Message:
    """One whole message. Malformed when it is none."""
    try:
        return _message(data)
    except (IndexError, UnicodeDecodeError, ValueError) as error:
        raise Malformed("the answer is malformed") from error


def _message(data: bytes) -> Message:
    _, position, end = _head(data, 0, len(data))
    tag, start, position = _head(data, position, end)
    _expect(tag == 0x02 and 1 <= position - start <= 4)
    number = int.from_bytes(data[start:position], "big")
    tag, start, position = _head(data, position, end)
    if tag == ENTRY:
        return Message(number, tag, len(data), found=_entry(data, start, position))
    if tag in RESULTS:
        return Message(number, tag, len(data), reply=_result(data, start, position, end))
    _expect(tag in (REFERENCE, INTERMEDIATE))
    return Message(number, tag, len(data))


def _head(data: bytes, position: int, end: int) -> tuple[int, int, int]:
    """Tag, start and end of the content at `position`, which must lie before `end`."""
    if position + 2 > end:
        raise Malformed("the answer ends too early")
    tag, size = data[position], data[position + 1]
    start = position + 2
    if size & 0x80:
        count = size & 0x7F
        _expect(1 <= count <= 4 and start + count <= end)
        size = int.from_bytes(data[start : start + count], "big")
        start += count
    if start + size > end:
        raise Malformed("a part of the answer is longer than the whole")
    return tag, start, start + size


def _entry(data: bytes, position: int, end: int) -> Found:
    tag, start, position = _head(data, position, end)
    _expect(tag == 0x04)
    dn = data[start:position].decode()
    tag, position, end = _head(data, position, end)
    _expect(tag == 0x30)
    attributes: dict[str, list[bytes]] = {}
    while position < end:
        tag, start, stop = _head(data, position, end)
        _expect(tag == 0x30)
        tag, name, after = _head(data, start, stop)
        _expect(tag == 0x04)
        attributes.setdefault(data[name:after].decode().lower(), []).extend(_values(data, after, stop))
        position = stop
    return Found(dn, attributes)


def _values(data: bytes, position: int, end: int) -> list[bytes]:
    tag, position, stop = _head(data, position, end)
    _expect(tag == 0x31 and stop == end)
    values = []
    while position < stop:
        tag, start, position = _head(data, position, stop)
        _expect(tag == 0x04)
        values.append(data[start:position])
    return values


def _result(data: bytes, position: int, end: int, message_end: int) -> Reply:
    tag, start, position = _head(data, position, end)
    _expect(tag == 0x0A and 1 <= position - start <= 4)
    code = int.from_bytes(data[start:position], "big")
    _, _, position = _head(data, position, end)  # matchedDN
    _, start, stop = _head(data, position, end)
    text = data[start:stop].decode(errors="replace")
    return Reply(code, text, cookie=_cookie(data, end, message_end))


def _cookie(data: bytes, position: int, end: int) -> bytes:
    if position == end:
        return b""
    tag, position, end = _head(data, position, end)
    while tag == 0xA0 and position < end:
        _, start, position = _head(data, position, end)
        _, oid, stop = _head(data, start, position)
        if data[oid:stop] == PAGED:
            return _paged(data, stop, position)
    return b""


def _paged(data: bytes, position: int, end: int) -> bytes:
    tag, start, stop = _head(data, position, end)
    if tag == 0x01:  # criticality, which a response may carry
        tag, start, stop = _head(data, stop, end)
    _expect(tag == 0x04)
    _, start, stop = _head(data, start, stop)
    _, _, position = _head(data, start, stop)  # the server's guess at the total
    _, start, stop = _head(data, position, stop)
    return data[start:stop]


def _expect(condition: bool) -> None:
    if not condition:
        raise Malformed("the answer is malformed")
