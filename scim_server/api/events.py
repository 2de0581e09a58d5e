"""/Events: the poll endpoint of the feed of events (RFC 8936, RFC 9967), and the key that verifies them."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response

from scim_server.api.call import Call
from scim_server.api.errors import busy
from scim_server.api.limits import DEFAULT_PAGE, PAGE
from scim_server.scim.errors import InvalidSyntax, InvalidValue, NotFound, TooLarge
from scim_server.scim.events import Change, Feed, seq_of
from scim_server.scim.schemas import Schemas
from scim_server.scim.signature import Signature
from scim_server.settings import BadSettings
from scim_server.store.feed import EventFeed

MEDIA_TYPE = "application/json"
WAIT, LOOK = 20.0, 0.25  # seconds that a poll waits for an event, and between two looks
WAITING = 64  # polls that may wait at once, one a recipient
ACKNOWLEDGED = 10 * PAGE  # tokens that one request may acknowledge
AT_ONCE = 25  # tokens made before the loop serves others
TOLD = 5  # refused tokens of one request that the log shows singly

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll request (RFC 8936 section 2.2). `failed`: what is wrong with a token, by its jti."""

    most: int
    at_once: bool
    taken: frozenset[str]
    failed: Mapping[str, Any]


class Events:
    """The handler of /Events. `signature` is asked for each poll, so that a key that was changed is used."""

    def __init__(self, feed: EventFeed, schemas: Schemas, base_url: str, signature: Callable[[], Signature]) -> None:
        self._feed = feed
        self._types = {each.name: each for each in schemas.resource_types}
        self._base_url = base_url
        self._signature = signature
        self._waiting: dict[str, object] = {}

    async def poll(self, call: Call) -> Response:
        """POST: acknowledges, then answers what is not acknowledged, waiting for it where the recipient says so."""
        poll, name = _read(await call.json()), call.caller.name
        feed = Feed(self._base_url, name)
        await self._acknowledge(feed, poll)
        found = await self._feed.unacknowledged(name, poll.most + 1)
        if not found and poll.most and not poll.at_once:
            found = await self._wait(name, poll.most + 1)
        sets = await self._sets(feed, found[: poll.most])
        body = {"sets": sets, "moreAvailable": len(found) > poll.most}
        return Response(orjson.dumps(body), media_type=MEDIA_TYPE)

    async def keys(self, call: Call) -> Response:
        """GET: the JWK Set of the key that signs (RFC 7517 section 5)."""
        keys = self._signed().keys()
        if not keys:
            raise NotFound("The events of this server are not signed.")
        return Response(orjson.dumps({"keys": keys}), media_type="application/jwk-set+json")

    async def _acknowledge(self, feed: Feed, poll: Poll) -> None:
        """An id that is none of this feed's is passed over: it may be of the time before a restore."""
        named = {jti: seq for jti in (*poll.taken, *poll.failed) if (seq := seq_of(jti)) is not None}
        stamps = await self._feed.stamps(set(named.values())) if named else {}
        known = {jti: seq for jti, seq in named.items() if seq in stamps and feed.jti(seq, stamps[seq]) == jti}
        _log_failures(feed.audience, {jti: fault for jti, fault in poll.failed.items() if jti in known})
        if known:
            await self._feed.acknowledge(feed.audience, known.values())

    async def _wait(self, name: str, limit: int) -> list[Change]:
        """Until there is an event, the time is over, or the same recipient asks anew: the older poll ends then."""
        if name not in self._waiting and len(self._waiting) >= WAITING:
            raise busy("Too many recipients wait for events.")
        me = self._waiting[name] = object()
        try:
            found: list[Change] = []
            until, seen = self._feed.monotonic() + WAIT, -1
            while not found and not self._over(name, me, until):
                if (last := await self._feed.last()) == seen:
                    await asyncio.sleep(LOOK)
                else:
                    seen, found = last, await self._feed.unacknowledged(name, limit)
            return found
        finally:
            if self._waiting.get(name) is me:
                del self._waiting[name]

    def _over(self, name: str, me: object, until: float) -> bool:
        return self._waiting.get(name) is not me or self._feed.monotonic() >= until or self._feed.ending.is_set()

    def _signed(self) -> Signature:
        try:
            return self._signature()
        except (BadSettings, ValueError) as error:
            log.error("[server] event_key: %s", error)
            raise busy("The key that signs the events cannot be read at the moment.") from None

    async def _sets(self, feed: Feed, found: list[Change]) -> dict[str, str]:
        signature, sets = self._signed(), {}
        for place, change in enumerate(found, 1):
            claims = feed.claims(change, self._types[change.type])
            sets[claims["jti"]] = signature.token(claims)
            if place % AT_ONCE == 0:
                await asyncio.sleep(0)
        return sets


def _read(body: Any) -> Poll:
    if not isinstance(body, dict):
        raise InvalidSyntax("The body is a JSON object.")
    taken, failed = body.get("ack", []), body.get("setErrs", {})
    if not isinstance(taken, list) or not all(isinstance(jti, str) for jti in taken):
        raise InvalidSyntax("ack is a list of strings.")
    if not isinstance(failed, dict) or not all(isinstance(fault, dict) for fault in failed.values()):
        raise InvalidSyntax("setErrs is an object of objects.")
    if len(taken) + len(failed) > ACKNOWLEDGED:
        raise TooLarge(f"A request acknowledges {ACKNOWLEDGED} events at most.")
    at_once = body.get("returnImmediately", False)
    if not isinstance(at_once, bool):
        raise InvalidSyntax("returnImmediately is true or false.")
    return Poll(_most(body.get("maxEvents", DEFAULT_PAGE)), at_once, frozenset(taken), failed)


def _most(asked: Any) -> int:
    if not isinstance(asked, int) or isinstance(asked, bool) or asked < 0:
        raise InvalidValue("maxEvents is a whole number, 0 or more.")
    return min(asked, PAGE)


def _log_failures(recipient: str, failed: Mapping[str, Any]) -> None:
    """What the recipient says is shown escaped and cut."""
    for jti, fault in list(failed.items())[:TOLD]:
        said = (str(fault.get(name, ""))[:200] for name in ("err", "description"))
        log.warning("recipient %r could not take event %s: %r %r", recipient, jti, *said)
    if len(failed) > TOLD:
        log.warning("recipient %r could not take %d more events", recipient, len(failed) - TOLD)
