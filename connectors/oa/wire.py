"""The OA's REST as it goes over the wire: tokens, envelopes, and what is no answer at all.

A token is got by POST and goes in a header, so that it is in no log; who is told 401 or code 1010 renews it once.
Numbers are 64 bits wide: they are integers here, and decimal strings outside.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from connectors.errors import Denied, Unreadable
from connectors.http.answer import Answer, Lost, dump
from connectors.http.client import Http
from connectors.http.tokens import Tokens, shared_tokens
from connectors.oa.codes import STALE_TOKEN, Declined
from connectors.oa.config import OaConfig

JSON_TYPE = "application/json;charset=UTF-8"
SHOWN = 100  # characters of the OA's own sentence that are shown
DONE = frozenset({"success", "true"})  # bare words that say yes (orgPartTimeJob)
TOKEN = re.compile(rb"[\w-]{8,200}")
NOT_GRANTED = "OA不许REST用户调用此接口，请在OA的 REST 用户管理中为其授权组织模型、消息等模块"


class Mute(Lost):
    """The OA answered a write, and did not say whether it did it."""


class Body(NamedTuple):
    """What is sent: bytes, and their media type."""

    content: bytes
    media_type: str


class Wire:
    """Calls to one OA. For one thread; tokens are shared by all of the process."""

    def __init__(self, config: OaConfig, monotonic: Callable[[], float]) -> None:
        self._config = config
        self._monotonic = monotonic
        self._http = self._client()

    def read(self, path: str, /, **query: str | int) -> Any:
        """What GET answers; None for an empty body. Raises ConnectorError."""
        asked = {name: str(value) for name, value in query.items()}
        return _readable(self._call("GET", path, query=asked))

    def ask(self, path: str, body: Any, login: str = "") -> Any:
        """What a POST answers that changes nothing. Raises ConnectorError."""
        return _readable(self._call("POST", path, body=Body(dump(body), JSON_TYPE), login=login))

    def write(self, method: str, path: str, body: Any = None) -> Mapping[str, Any]:
        """The entity that a write answers with, {} where it has none. Raises Declined, ConnectorError."""
        sent = None if body is None else Body(dump(body), JSON_TYPE)
        return _written(self._call(method, path, body=sent, writes=True))

    def write_job(self, method: str, path: str, body: Any = None) -> None:
        """Writes a part-time job: the word Success says yes, an empty answer no. Raises Declined, ConnectorError."""
        sent = None if body is None else Body(dump(body), JSON_TYPE)
        said = self._call(method, path, body=sent, writes=True)
        if not said:
            raise Declined("orgPartTimeJob", "OA没有接受这个兼职")
        _written(said)

    def post(self, path: str, body: Body, login: str = "") -> Any:
        """What the POST of a letter answers, as it is. Raises Declined, ConnectorError."""
        return self._call("POST", path, body=body, writes=True, login=login)

    def prove(self, login: str = "") -> None:
        """Gets a token, anew. Raises ConnectorError."""
        tokens = self._tokens(login)
        tokens.renew(tokens.get())

    def close(self) -> None:
        """Ends the connection; the next call opens it again."""
        self._http.close()

    def _client(self) -> Http:
        config = self._config
        return Http(
            config.url,
            self._monotonic,
            timeout=config.answer_timeout,
            ca_file=config.ca_file,
            plain_http=config.plain_http,
            headers={"Accept": "application/json"},
        )

    def _tokens(self, login: str) -> Tokens:
        secret = hashlib.sha256(self._config.password.encode()).hexdigest()
        key = ("oa", self._config.url, self._config.user, secret, login)
        return shared_tokens(key, lambda: self._fetch(login), self._monotonic)

    def _fetch(self, login: str) -> tuple[str, float]:
        config = self._config
        body = {"userName": config.user, "password": config.password} | ({"loginName": login} if login else {})
        client = self._client()
        try:
            answer = client.send("POST", "/token", headers={"Content-Type": JSON_TYPE}, content=dump(body))
        finally:
            client.close()
        token, bound = _token(answer)
        if not token:
            raise Denied(f"OA不给令牌（HTTP {answer.status}）：REST 用户名或密码不对，或已停用")
        if login and not bound:
            raise Denied(f"OA的令牌绑定不到登录名 {login}")
        return token, config.token_minutes * 60

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = {},
        body: Body | None = None,
        writes: bool = False,
        login: str = "",
    ) -> Any:
        tokens = self._tokens(login)
        token = tokens.get()
        for again in (True, False):
            headers = {"token": token} | ({"Content-Type": body.media_type} if body else {})
            content = body.content if body else None
            answer = self._http.send(method, f"/{path}", query=query, headers=headers, content=content, writes=writes)
            said = None if answer.status == 401 else _said(answer)
            if answer.status != 401 and _code(said) != STALE_TOKEN:
                return said
            if again:
                token = tokens.renew(token)
        raise Denied("OA不接受刚取得的令牌")


def _token(answer: Answer) -> tuple[str, bool]:
    """A token, "" where none was given, and whether it may be bound to somebody; some builds answer it bare."""
    if answer.status >= 300:
        return "", False
    bare = answer.body.strip().strip(b'"')
    if TOKEN.fullmatch(bare):
        return bare.decode("ascii"), True
    said = answer.json()
    told = str(said.get("id") or "") if isinstance(said, dict) else ""
    if not TOKEN.fullmatch(told.encode()):  # "-1" says no, too
        return "", False
    return told, bool(said.get("bindingUser"))


def segment(text: str) -> str:
    """A value as a part of a path."""
    return quote(text, safe="")


def _said(answer: Answer) -> Any:
    """The JSON, or the bare word, of an answer. Raises Declined, ConnectorError."""
    if answer.status == 403:
        raise Denied(NOT_GRANTED)
    body = answer.body.strip()
    if answer.status >= 400:
        if answer.wrote:
            raise _declined(answer)
        raise Unreadable(f"OA答 HTTP {answer.status}，不是接口的回答")
    if not body:
        return None
    if body.isalpha() and len(body) < 20 and body not in (b"true", b"false", b"null"):
        return body.decode("ascii", "replace")
    return answer.json()


def _declined(answer: Answer) -> Declined:
    try:
        said = answer.json()
    except Lost:
        said = None
    found = _refusal(said)
    return found or Declined(f"http-{answer.status}")


def _code(said: Any) -> str:
    return str(said["code"]) if isinstance(said, dict) and "code" in said and "id" not in said else ""


def _refusal(said: Any) -> Declined | None:
    """What an answer says no with."""
    if not isinstance(said, dict):
        return None
    errors = said.get("errorMsgs")
    if isinstance(errors, list) and errors:
        first = errors[0] if isinstance(errors[0], dict) else {}
        return Declined(str(first.get("code") or "unnamed"))
    if said.get("success") is False:
        return Declined(_code(said) or "unnamed", _shown(said.get("message")))
    if _code(said) not in ("", "0", "SUCCESS"):
        return Declined(_code(said), _shown(said.get("message")))
    return None


def _shown(text: object) -> str:
    return "".join(each for each in str(text or "") if each.isprintable())[:SHOWN]


def _readable(said: Any) -> Any:
    """What a read answered. A refusal is never "nobody there"."""
    no = _refusal(said)
    if no is not None:
        raise Unreadable(f"OA没有给出所读的内容（{no.code}{'：' if no.message else ''}{no.message}）")
    return said


def _written(said: Any) -> Mapping[str, Any]:
    no = _refusal(said)
    if no is not None:
        raise no
    if isinstance(said, dict) and said.get("success") is True:
        messages = said.get("successMsgs") or [{}]
        entity = messages[0].get("ent") if isinstance(messages, list) and isinstance(messages[0], dict) else None
        return entity if isinstance(entity, dict) else {}
    if said is True or str(said).lower() in DONE:
        return {}
    if said is False:
        raise Declined("false")
    raise Mute("OA没有说写成了没有")
