"""Requests of the protocol (RFC 7644): JSON both ways, refusals with their scimType."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from connectors.errors import ConnectorError, Denied, Unreadable
from connectors.http.answer import Answer, dump, unlike
from connectors.http.client import Http
from connectors.scim.codes import Declined
from connectors.scim.config import ScimConfig

Json = Mapping[str, Any]

WORD = re.compile(r"[A-Za-z]{1,40}")  # a scimType; anything else may be a value of a person


class Forbidden(Denied):
    """403: this address, or everything, is closed to our token."""


class Wire:
    """The requests of one connector. For one thread."""

    def __init__(self, config: ScimConfig, monotonic: Callable[[], float]) -> None:
        self._type: str = config.media_type
        self._calls = 0
        self._http = Http(
            config.url,
            monotonic,
            timeout=config.answer_timeout,
            ca_file=config.ca_file,
            plain_http=config.plain_http,
            headers={
                "Authorization": config.authorization,
                "Accept": "application/scim+json, application/json;q=0.9",
            },
        )

    def read(self, path: str, query: Mapping[str, str] = {}) -> tuple[Json, str | None]:
        """A resource or a list, and its version where there is one. Raises ConnectorError and Declined."""
        self._calls += 1
        answer = self._http.send("GET", path, query=query)
        _raise_refusal(answer)
        body = answer.json()
        if not isinstance(body, dict):
            raise Unreadable("SCIM 系统的回答不是 JSON 对象")
        return body, answer.headers.get("etag")

    def write(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        version: str | None = None,
        query: Mapping[str, str] = {},
    ) -> None:
        """Changes something; `version`: only if it still has that one. Raises ConnectorError and Declined."""
        headers: dict[str, str] = {"Content-Type": self._type} if body is not None else {}
        headers |= {"If-Match": version} if version else {}
        content = None if body is None else dump(body)
        self._calls += 1
        answer = self._http.send(method, path, query=query, headers=headers, content=content, writes=True)
        _raise_refusal(answer)
        if answer.body and not isinstance(answer.json(), dict):
            raise unlike(True, "SCIM 系统对写入的回答不是 JSON 对象")

    def spent(self) -> int:
        """Requests since this was last asked."""
        calls, self._calls = self._calls, 0
        return calls

    def close(self) -> None:
        """Ends the connection."""
        self._http.close()


def segment(id: str) -> str:
    """An id as one segment of a path, whatever is in it."""
    return quote(id, safe="")


def _raise_refusal(answer: Answer) -> None:
    if answer.status < 300:
        return
    if answer.status == 401:
        raise Denied("SCIM 系统不认可凭据（HTTP 401）")
    scim_type = _scim_type(answer)
    if answer.status == 403 and not scim_type:
        raise Forbidden("SCIM 系统拒绝了这个凭据的请求（HTTP 403）")
    raise Declined(answer.status, scim_type)


def _scim_type(answer: Answer) -> str:
    try:
        body = answer.json()
    except ConnectorError:  # a refusal in any words is a refusal
        return ""
    told = next((body[name] for name in body if name.casefold() == "scimtype"), "") if isinstance(body, dict) else ""
    return told if isinstance(told, str) and WORD.fullmatch(told) else ""
