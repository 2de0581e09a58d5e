"""HTTP/1.1 whose patience ends: uvicorn's protocol with time limits, a limit on connections, and SCIM errors.

A request's head has 10 seconds and 64 KB, the whole request 30 seconds; who was answered before the end of
the body has 2 seconds and 32 MB for the rest, so that the answer is not lost in a reset connection. Where
the parser refuses what it reads, that is said once, as a SCIM error, and nothing more is read. Between
requests uvicorn's own keep-alive limit holds. When the server ends, who has just connected is heard for two seconds.
"""

import asyncio
import logging
from heapq import nsmallest
from http import HTTPStatus
from math import inf
from typing import ClassVar, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from scim_server.api.errors import MEDIA_TYPE
from scim_server.scim.errors import InvalidSyntax, RequestTimeout, ScimError, TooLarge, TooManyHeaders, UriTooLong

HEAD_SECONDS, HEAD_BYTES = 10.0, 64 * 1024
REQUEST_SECONDS = 30.0
REST_SECONDS, REST_BYTES = 2.0, 32 * 1024 * 1024
SHORT = 64 * 1024  # a rest that is no longer ends a request like any other: the connection goes on
LAST_SECONDS = 2.0  # for a request that is on its way when the server ends
ROOM = 20  # where no connection is left, the one in so many that has been idle longest makes room

# what is awaited of the client; plain numbers, since each request passes them
NOTHING, HEAD, BODY, REST = range(4)  # the rest is of a body whose request has been answered

log = logging.getLogger("huaming")


def patient(most: int) -> type["Patience"]:
    """The protocol with a limit on connections."""
    return cast("type[Patience]", type("Patience", (Patience,), {"most": most}))


class Patience(HttpToolsProtocol):
    """One connection. A single timer looks at its deadline, at most every 10 seconds: a request costs none."""

    most: ClassVar[int]
    since: float  # when the stage began
    _stage: int
    _until: float

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client that connects has to say what it wants."""
        super().connection_made(transport)
        self.url = b""
        self._deaf = False  # nothing more is read
        self._size = 0  # of what has come of the head, or of the rest
        self._await(HEAD, HEAD_SECONDS)
        self._timer = self.loop.call_at(self._until, self._look)
        if len(self.connections) > self.most:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """The timer would keep the connection alive."""
        self._timer.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server ends. A request that is on its way is answered; who has nothing to ask is hung up on."""
        if self._stage == HEAD and not self._deaf:
            self.loop.call_later(LAST_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def data_received(self, data: bytes) -> None:
        """Some of a request, the end of one and the beginning of the next, or anything at all."""
        self._unset_keepalive_if_required()
        if self._stage == REST and self._more_than(REST_BYTES, data):
            self.transport.abort()
        if self._deaf:
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # no other protocol is spoken here
            self._read_no_more()
        except httptools.HttpParserError:
            self._garbage()
        else:
            if self._stage != NOTHING or self.cycle is None or self.cycle.response_complete:
                self._unfinished(data)

    def _unfinished(self, data: bytes) -> None:
        if self._stage == NOTHING:  # line breaks before a request
            self._await(HEAD, HEAD_SECONDS)
        elif self._stage == HEAD and self._more_than(HEAD_BYTES, data):
            self._refuse(TooManyHeaders("A request's head has 64 KB at most.") if self.headers else _too_long())
        elif self._stage == BODY and self._more_than(REST_BYTES, data):
            self._refuse(TooLarge("The request is too large."))

    def _more_than(self, limit: int, data: bytes) -> bool:
        self._size += len(data)
        return self._size > limit

    # -- the parser's events

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._size = 0
        self._stage, self.since = HEAD, self.loop.time()
        self._until = self.since + HEAD_SECONDS

    def on_headers_complete(self) -> None:
        """The request is on its way to the application; its body may be still to come."""
        if self._deaf:  # it came in one piece with the end of a refused body
            return
        super().on_headers_complete()
        self.headers, self._size = [], 0  # trailer fields are no header fields: they end here
        self._stage, self._until = BODY, self.since + REQUEST_SECONDS

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        super().on_message_complete()
        if self._stage == REST and self._size > SHORT:  # what follows a body of that size is not trusted
            self._deaf = True
            self.transport.close()
        self._stage, self._until = NOTHING, inf

    def on_response_complete(self) -> None:
        """The answer is out, perhaps before the end of the request."""
        super().on_response_complete()
        if self._stage == BODY and self.cycle.response_complete:
            self._linger()

    # -- time

    def _await(self, stage: int, seconds: float) -> None:
        self.since = self.loop.time()
        self._stage, self._until = stage, self.since + seconds

    def _look(self) -> None:
        now = self.loop.time()
        if now < self._until:
            self._timer = self.loop.call_at(min(self._until, now + HEAD_SECONDS), self._look)
        elif self.pipeline or (self._stage == HEAD and self._answering()):  # its turn has not come
            self._timer = self.loop.call_later(HEAD_SECONDS, self._look)
        elif self._deaf or self._stage == REST or not self._size:
            self.transport.close()
        else:
            self._refuse(RequestTimeout("The request was not sent to its end in time."))

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _linger(self) -> None:
        self._size = 0
        self._await(REST, REST_SECONDS)
        self._timer.cancel()
        self._timer = self.loop.call_at(self._until, self._look)

    # -- refusals

    def _garbage(self) -> None:
        if self._stage == BODY:
            self._refuse(InvalidSyntax("The body of the request is no HTTP/1.1."))
        elif self._answering():
            self._read_no_more()
        elif self._size + len(self.url) > HEAD_BYTES:
            self._refuse(_too_long())
        else:
            self._refuse(InvalidSyntax("The request is no HTTP/1.1."))

    def _read_no_more(self) -> None:
        """What was asked before is answered; the connection ends with it."""
        self._deaf, self._stage, self._until = True, NOTHING, inf
        self.cycle.keep_alive = False

    def _refuse(self, error: ScimError) -> None:
        """One answer to the request that is being read; never one before the answer to an earlier request."""
        self._deaf = True
        if self.pipeline or (self._answering() and self.cycle.response_started):
            self.transport.abort()
            return
        if self._answering():  # the application waits for a body that never comes
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_answer(error))
        self.transport.write_eof()
        self._linger()

    # -- room

    def _make_room(self) -> None:
        """Closes those that have been idle longest: new clients are served before those that only hold on."""
        idle = [each for each in self.connections if isinstance(each, Patience) and not each._answering()]
        for each in nsmallest(max(1, self.most // ROOM), idle, key=lambda each: each.since):
            self.connections.discard(each)
            each.transport.abort()
        log.warning("more than %d connections: those that were idle longest have been closed", self.most)


def _too_long() -> ScimError:
    return UriTooLong("A request's address has 64 KB at most.")


def _answer(error: ScimError) -> bytes:
    body = error.body()
    head = f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
    return f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body
