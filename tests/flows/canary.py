"""A roster whose confidential fields all hold a canary, and everybody who must not hear it sing."""

import json
import time
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote

import httpx

from scim_server.scim.urns import (
    GROUP,
    PATCH_OP,
    ROSTER_GROUP,
    ROSTER_USER,
    SEARCH_REQUEST,
    USER,
)
from tests.flows import client as say
from tests.flows.house import Served

CANARY = "Kanarienvogel"  # no other text holds it
OUTCOME = "judicial-referral"  # one of a closed list, which /Schemas tells
PHONE = "15499990731"  # goes to WeCom and OA only, never to a directory
EVENTS = f"{ROSTER_USER}:statusEvents"
SUBS = ("value", "type", "effectiveDate", "endDate", "entryRoute", "workSuspended", "outcome", "authority", "reason")

Json = dict[str, Any]


def secret(kind: str) -> str:
    """A canary that tells from which field it came."""
    return f"{CANARY}-{kind}"


def event(value: str, type: str, **more: Any) -> Json:
    return {"value": value, "type": type, "effectiveDate": "2026-01-05", **more}


CASES: dict[str, tuple[Json, ...]] = {
    "case": (
        event(secret("value"), "investigation", workSuspended=True, authority=secret("authority")),
        event("e2", "other-lock", reason=secret("reason"), letterRef=secret("letterRef")),
    ),
    "closed": (event(secret("v2"), "investigation", endDate="2026-03-01", outcome=OUTCOME, authority=secret("a2")),),
    "gone": (event("e3", "other-departure", reason=secret("left"), letterRef=secret("ref")),),
    "barred": (
        event(secret("v4"), "investigation", authority=secret("a4")),
        event("e5", "resignation", reason=secret("left5")),
    ),
}


def employee(name: str, *events: Json, department: str = "EDU", **attributes: Any) -> Json:
    """Somebody hired long ago, with further events."""
    post = {"value": "a1", "kind": "primary", "scope": "internal", "department": department, "startDate": "2020-01-02"}
    hire = {"value": "h1", "type": "hire", "entryRoute": "recruited", "effectiveDate": "2020-01-02"}
    facts = {"employmentCategory": "institutional", "assignments": [post], "statusEvents": [hire, *events]}
    phone = {"phoneNumbers": [{"value": PHONE, "type": "mobile"}]}
    return say.user(name) | {"schemas": [USER, ROSTER_USER], ROSTER_USER: facts} | phone | attributes


def questions(ids: list[str], groups: list[str]) -> Iterator[tuple[str, str, Any]]:
    """Everything that an auditor can ask and try: each endpoint, each way of naming the events."""
    attributes = ["", EVENTS, *(f"{EVENTS}.{sub}" for sub in SUBS), ROSTER_USER, f"{ROSTER_USER}:requiredStates"]
    for id, named in product(ids, attributes):
        yield "GET", f"/Users/{id}" + (f"?attributes={quote(named)}" if named else "?excludedAttributes=title"), None
    for named in attributes:
        yield "GET", f"/Users?attributes={quote(named)}&count=100", None
    for text in _filters():
        yield "GET", f"/Users?filter={quote(text)}", None
        yield "POST", "/Users/.search", {"schemas": [SEARCH_REQUEST], "filter": text}
        yield "POST", "/.search", {"schemas": [SEARCH_REQUEST], "filter": text}
        yield "GET", f"/?filter={quote(text)}", None
    for named in (EVENTS, f"{EVENTS}.type", f"{EVENTS}.reason", f"{ROSTER_USER}:requiredStates.oa"):
        yield "GET", f"/Users?sortBy={quote(named)}", None
    for id in groups:
        yield "GET", f"/Groups/{id}", None
    for path in ("/Groups", "/Schemas", f"/Schemas/{ROSTER_USER}", "/ResourceTypes", "/ServiceProviderConfig", "/Me"):
        yield "GET", path, None
    removal = {"op": "remove", "path": f'{EVENTS}[reason co "{CANARY[:3]}"]'}
    yield "PATCH", f"/Users/{ids[0]}", {"schemas": [PATCH_OP], "Operations": [removal]}
    yield "POST", "/Bulk", {"schemas": [], "Operations": []}
    yield "POST", "/Events", {"maxEvents": 1000, "returnImmediately": True}


def _filters() -> Iterator[str]:
    for sub in SUBS:
        yield f"{EVENTS}.{sub} pr"
        yield f"{EVENTS}[{sub} pr]"
        yield f"not ({EVENTS}.{sub} pr)"
    half = CANARY[:4]
    yield f'{EVENTS}.reason co "{half}"'
    yield f'{EVENTS}[type eq "investigation"]'
    yield f'userName sw "c" and {EVENTS}.authority co "{half}"'
    yield f"{EVENTS} pr"
    yield f'{ROSTER_USER}:requiredStates.oa eq "locked"'
    yield f"{ROSTER_USER} pr"
    yield "active eq false"


def client(house: Served, secret: str) -> httpx.Client:
    """Somebody with a token."""
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx.Client(base_url=f"{house.base}/scim/v2", headers=headers, timeout=30)


def auditor(house: Served) -> httpx.Client:
    secret = house.command("token", "create", "--role", "auditor", "--name", "auditor").stdout.strip()
    until = time.monotonic() + 60
    with client(house, secret) as early:
        while early.get("/Schemas").status_code == 401:  # a new token is known within a moment
            assert time.monotonic() < until, "the token is not known"
            time.sleep(0.05)
    return client(house, secret)


def answers(asking: httpx.Client, ids: list[str], groups: list[str]) -> dict[str, httpx.Response]:
    """Each question with its answer."""
    found = {}
    for method, path, body in questions(ids, groups):
        headers = {} if method == "GET" else {"Connection": "close"}  # a refusal may end the connection
        found[f"{method} {path} {json.dumps(body)}"] = asking.request(method, path, json=body, headers=headers)
    return found


def department(code: str) -> Json:
    facts = {"departmentCode": code, "kind": "root" if code == "D0" else "gov"}
    facts |= {} if code == "D0" else {"parent": "D0"}
    return {"schemas": [GROUP, ROSTER_GROUP], "externalId": code, "displayName": f"部门{code}", ROSTER_GROUP: facts}
