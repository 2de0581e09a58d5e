"""Calls of the interface: HTTP 200 with JSON, `errcode` 0 or not (doc 91039). The token goes in the query."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from connectors.errors import Unreachable
from connectors.http.answer import Answer, dump, unlike
from connectors.http.client import Http
from connectors.http.tokens import Tokens, shared_tokens
from connectors.wecom import codes
from connectors.wecom.config import WecomConfig

log = logging.getLogger(__name__)

NOTHING: frozenset[int] = frozenset()
SYNC_ALONE = frozenset({"user/list_id"})  # readings that no application may make (doc 96067)


@dataclass(frozen=True, slots=True)
class Reply:
    """The vendor's answer. `warned`: it says that it did it, and that something was wrong: read back what was done."""

    code: int
    fields: Mapping[str, Any]
    warned: bool = False


class Wire:
    """The calls of one secret, or of one that writes and another that reads, where contacts sync may not (48009).

    For one thread; a token is shared with all who have the same secret.
    """

    def __init__(
        self, config: WecomConfig, secret: str, monotonic: Callable[[], float], reading: str | None = None
    ) -> None:
        self._config, self._monotonic = config, monotonic
        self._http = self._open()
        self._calls: Counter[str] = Counter()
        self._writing = self._tokens_of(secret)
        self._reading = self._writing if reading is None else self._tokens_of(reading)

    def ask(
        self,
        verb: str,
        query: Mapping[str, str | int] = {},
        body: Mapping[str, Any] | None = None,
        expected: frozenset[int] = NOTHING,
    ) -> Reply:
        """A reading: GET, or POST where it has a body. Raises ConnectorError for any code but 0 and the expected."""
        reply = self._call(verb, query, body, writes=False)
        if reply.code not in (codes.OK, *expected):
            raise codes.error(reply.code)
        return reply

    def tell(self, verb: str, query: Mapping[str, str | int] = {}, body: Mapping[str, Any] | None = None) -> Reply:
        """A write. Raises ConnectorError where it was surely not done for everybody's reasons, and Lost in doubt."""
        reply = self._call(verb, query, body, writes=True)
        if reply.warned:
            log.warning("wecom %s: done with a warning, code %d", verb, reply.code)  # its words may name a person
        return reply

    def close(self) -> None:
        """Ends the connection."""
        self._http.close()

    def spent(self) -> Mapping[str, int]:
        """Calls by verb since this was last asked."""
        calls, self._calls = self._calls, Counter()
        return calls

    def proves_token(self) -> None:
        """Raises what is wrong with the corp_id, the secret or the way there."""
        self._writing.get()

    def proves_reading(self) -> None:
        """The same of the secret that reads."""
        self._reading.get()

    def _call(self, verb: str, query: Mapping[str, str | int], body: Mapping[str, Any] | None, writes: bool) -> Reply:
        tokens = self._writing if writes or verb in SYNC_ALONE else self._reading
        token = tokens.get()
        reply = self._once(verb, token, query, body, writes)
        if reply.code in codes.BAD_TOKEN:  # declined before anything was done: so it may be repeated, once
            reply = self._once(verb, tokens.renew(token), query, body, writes)
        wrong = codes.concerns_all(reply.code)
        if wrong is not None:
            raise wrong
        return reply

    def _once(
        self, verb: str, token: str, query: Mapping[str, str | int], body: Mapping[str, Any] | None, writes: bool
    ) -> Reply:
        told = {"access_token": token} | {name: str(value) for name, value in query.items()}
        content = None if body is None else dump(body)
        self._calls[verb] += 1
        method = "GET" if body is None else "POST"
        return _reply(self._http.send(method, f"/{verb}", query=told, content=content, writes=writes), verb)

    def _open(self) -> Http:
        config = self._config
        return Http(
            f"{config.url.rstrip('/')}/cgi-bin",
            self._monotonic,
            timeout=config.answer_timeout,
            ca_file=config.ca_file,
            plain_http=config.plain_http,
        )

    def _tokens_of(self, secret: str) -> Tokens:
        key = ("wecom", self._config.url, self._config.corp_id, sha256(secret.encode()).hexdigest())
        return shared_tokens(key, lambda: self._fetch(secret), self._monotonic)

    def _fetch(self, secret: str) -> tuple[str, float]:
        """A token with the seconds it lives, in whatever thread asks first: over a connection of its own."""
        http = self._open()
        try:
            query = {"corpid": self._config.corp_id, "corpsecret": secret}
            reply = _reply(http.send("GET", "/gettoken", query=query), "gettoken")
        finally:
            http.close()
        if reply.code != codes.OK:
            raise codes.error(reply.code)
        token, lives = reply.fields.get("access_token"), reply.fields.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(lives, int):
            raise Unreachable("政务微信没有给出 access_token")
        return token, lives


def _reply(answer: Answer, verb: str) -> Reply:
    if answer.status == 404:
        raise codes.NotAllowed(f"政务微信没有接口 {verb}（HTTP 404）", 404)
    fields = answer.json()
    code = fields.get("errcode") if isinstance(fields, dict) else None
    if type(code) is not int:
        raise unlike(answer.wrote, f"政务微信对 {verb} 的回答没有 errcode")
    return Reply(code, fields, code == codes.OK and "warning" in str(fields.get("errmsg")).casefold())
