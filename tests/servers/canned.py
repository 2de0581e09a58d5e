"""An LDAP server that lets anybody bind and then answers whatever a test wants: codes, referrals, nonsense, floods."""

import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import BinaryIO, Self

BIND, UNBIND, SEARCH = 0x60, 0x42, 0x63


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length, content."""
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes(4, "big")
    return bytes([tag, 0x84]) + length + content


def message(number: int, operation: bytes) -> bytes:
    """An LDAPMessage."""
    return tlv(0x30, tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big")) + operation)


def result(number: int, tag: int, code: int, text: str = "", referral: str = "") -> bytes:
    """An LDAPResult; `referral` is a url."""
    body = bytes([0x0A, 1, code]) + tlv(0x04, b"") + tlv(0x04, text.encode())
    if referral:
        body += tlv(0xA3, tlv(0x04, referral.encode()))
    return message(number, tlv(tag, body))


def entry(number: int, dn: str, **attributes: str) -> bytes:
    """A search result entry."""
    listed = b"".join(
        tlv(0x30, tlv(0x04, name.encode()) + tlv(0x31, tlv(0x04, value.encode()))) for name, value in attributes.items()
    )
    return message(number, tlv(0x64, tlv(0x04, dn.encode()) + tlv(0x30, listed)))


Answer = Callable[[int, int], bytes | Iterable[bytes]]


class CannedLdap:
    """`answer(message id, request's tag)` gives the bytes of the answer to all but bind and root DSE (`root`)."""

    def __init__(self, answer: Answer, **root: str) -> None:
        self.answer = answer
        self.root = root or {"objectClass": "OpenLDAProotDSE"}
        self.accepted = 0
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.accepted += 1
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        seen_root = False
        with suppress(OSError), client, client.makefile("rb") as stream:
            while request := _read(stream):
                number, tag = request
                if tag == BIND:
                    client.sendall(result(number, 0x61, 0))
                elif tag == UNBIND:
                    return
                elif tag == SEARCH and not seen_root:
                    seen_root = True
                    client.sendall(entry(number, "", **self.root) + result(number, 0x65, 0))
                else:
                    answer = self.answer(number, tag)
                    for chunk in [answer] if isinstance(answer, bytes) else answer:
                        client.sendall(chunk)


def _read(stream: BinaryIO) -> tuple[int, int] | None:
    """Message id and operation tag of the next request."""
    head = stream.read(2)
    if len(head) < 2:
        return None
    size = head[1]
    if size & 0x80:
        size = int.from_bytes(stream.read(size & 0x7F), "big")
    body = stream.read(size)
    end = 2 + body[1]
    return int.from_bytes(body[2:end], "big"), body[end]
