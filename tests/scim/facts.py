"""People with facts without HTTP: bodies, documents, and somebody who has everything."""

from typing import Any

from scim_server.scim.schemas import load
from scim_server.scim.urns import ROSTER_USER, USER
from scim_server.scim.validate import validate

TYPE = load(True).user
POST: dict[str, Any] = {
    "value": "a1",
    "kind": "primary",
    "scope": "internal",
    "department": "G02",
    "startDate": "2020-01-02",
}
HIRE: dict[str, Any] = {"value": "h1", "type": "hire", "effectiveDate": "2020-01-02", "entryRoute": "recruited"}
CASE: dict[str, Any] = {
    "value": "i1",
    "type": "investigation",
    "effectiveDate": "2026-03-18",
    "workSuspended": True,
    "authority": "CANARY-authority",
}
LOCK: dict[str, Any] = {"value": "o1", "type": "other-lock", "effectiveDate": "2026-01-05", "reason": "CANARY-reason"}
LENT: dict[str, Any] = {**POST, "value": "s1", "kind": "secondment", "department": "G06", "sendingDepartment": "G02"}
EVENTS = f"{ROSTER_USER}:statusEvents"
POSTS = f"{ROSTER_USER}:assignments"


def body(*, posts: Any = (POST,), events: Any = (HIRE,), outside: Any = None, **facts: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"employmentCategory": "administrative", "assignments": list(posts)}
    given |= {} if events is None else {"statusEvents": list(events)}
    person = {"schemas": [USER, ROSTER_USER], "userName": "zhangsan", "externalId": "YZ1", ROSTER_USER: given | facts}
    return {name: value for name, value in (person | (outside or {})).items() if value is not None}


def user(**facts: Any) -> dict[str, Any]:
    return validate(TYPE, body(**facts))


def facts_of(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document[ROSTER_USER]
    return found


STORED = user(posts=[POST, LENT], events=[HIRE, CASE, LOCK], leaderLevel="none", accessNeeds={"oa": True})
STORED[ROSTER_USER]["requiredStates"] = {"ldap": "locked"}
