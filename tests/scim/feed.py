"""Polls of the feed of events, and what is in their answers."""

from typing import Any

import httpx
import jwt

NOW = {"returnImmediately": True}


async def polled(client: httpx.AsyncClient, **request: Any) -> tuple[list[dict[str, Any]], bool]:
    """The claims of the SETs that a poll answers, in its order, and whether there are more."""
    answer = await client.post("/Events", json=NOW | request)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert body.keys() == {"sets", "moreAvailable"}
    return [claims(jti, token) for jti, token in body["sets"].items()], body["moreAvailable"]


def claims(jti: str, token: str) -> dict[str, Any]:
    assert jwt.get_unverified_header(token) == {"alg": "none", "typ": "secevent+jwt"}
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    assert found["jti"] == jti
    return found


def jtis(sets: list[dict[str, Any]]) -> list[str]:
    return [each["jti"] for each in sets]
