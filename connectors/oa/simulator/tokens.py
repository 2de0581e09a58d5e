"""Tokens: for the system itself, or bound to a member whom the calls then come from."""

from typing import Any
from uuid import UUID, uuid5

from connectors.oa.simulator.answers import NoPage, Refusal, bad_token, plain
from connectors.oa.simulator.call import Call
from connectors.oa.simulator.members import shown
from connectors.oa.simulator.office import Grant, Office, by_login
from connectors.oa.simulator.shapes import Entity
from connectors.simulation.vendor import Asked, Told

SPACE = UUID("5b2f0c43-6f0e-4f6e-9d4c-000000000000")


def post(office: Office, call: Call) -> Told:
    """POST token {userName, password, loginName}."""
    body = _fields(call)
    return _given(office, body.get("userName"), body.get("password"), body.get("loginName"))


def get(office: Office, call: Call) -> Told:
    """GET token/{user}/{password}?loginName=: as JSON, or the bare token in some versions."""
    told = _given(office, call.text(0), call.text(1), call.asked.query.get("loginName"))
    last = next(reversed(office.tokens), "")
    bare = office.switches.token_as_text and told.status == 200 and last.encode() in told.body
    return Told(200, last.encode(), "text/plain;charset=UTF-8") if bare else told


def put(office: Office, call: Call) -> Told:
    """PUT token {token, loginName}: binds a token that was given already."""
    body = _fields(call)
    grant = valid(office, str(body.get("token")), call.asked.at)
    if grant is None:
        return bad_token(office.switches)
    user = _binding(office, body.get("loginName"))
    grant.login = user["loginName"] if user else None
    return plain({"id": body["token"], "bindingUser": user})


def of(asked: Asked) -> str:
    """The token of a call: in the header, or in the query."""
    return asked.headers.get("token") or asked.query.get("token", "")


def valid(office: Office, token: str, at: float) -> Grant | None:
    """The grant of a token that was in use lately; this is a use of it."""
    grant = office.tokens.get(token)
    if grant is None or at - grant.used_at > office.switches.token_idle_s:
        return None
    grant.used_at = at
    return grant


def _given(office: Office, user: Any, password: Any, login: Any) -> Told:
    switches = office.switches
    if (user, password) != (switches.user, switches.password):
        if switches.bad_login == "-1":
            return plain({"id": "-1", "bindingUser": None})
        return plain({"code": 1010, "message": "用户名或密码错误"}, 401)
    office.tokens_given += 1
    token = str(uuid5(SPACE, f"{office.tokens_given}"))
    bound = _binding(office, login)
    office.tokens[token] = Grant(bound["loginName"] if bound else None, office.at)
    return plain({"id": token, "bindingUser": bound})


def _binding(office: Office, login: Any) -> Entity | None:
    """Who the token acts as; nobody where the login is unknown or locked."""
    member = by_login(office, login) if isinstance(login, str) else None
    return shown(office, member) if member and member["enabled"] else None


def _fields(call: Call) -> dict[str, Any]:
    try:
        body = call.body()
    except Refusal:
        raise NoPage from None
    if not isinstance(body, dict) or not body.keys() <= {"userName", "password", "loginName", "token"}:
        raise NoPage
    return body
