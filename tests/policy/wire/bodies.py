"""The bodies that the `http` checks of the table describe in words, made from the acceptance's own document.

A description that has no recipe here fails the test that asks for it: none is passed over.
"""

import copy
from collections.abc import Callable
from typing import Any

from scim_server.scim.urns import BULK_REQUEST, ENTERPRISE_USER, GROUP, ROSTER_GROUP, ROSTER_USER, SEARCH_REQUEST
from tests.policy.table import GROUPS, ROWS
from tests.policy.wire.acting import Acting, Json, patch, with_facts, without

Recipe = Callable[[Acting], Json]


def _events(acting: Acting, *left_out: str) -> list[Json]:
    return [copy.deepcopy(each) for each in acting.user[ROSTER_USER]["statusEvents"] if each["type"] not in left_out]


def _without_request_only(acting: Acting) -> Json:
    events = [
        {name: value for name, value in each.items() if name not in ("workSuspended", "authority")}
        for each in _events(acting)
    ]
    return with_facts(acting.user, statusEvents=events)


def _without_events(*types: str) -> Recipe:
    return lambda acting: with_facts(acting.user, statusEvents=_events(acting, *types))


def _still_employed(acting: Acting) -> Json:
    posts = [
        {name: value for name, value in each.items() if (each["value"], name) != ("a1", "endDate")}
        for each in acting.user[ROSTER_USER]["assignments"]
    ]
    return with_facts(acting.user, statusEvents=_events(acting, "resignation"), assignments=posts)


def _again(acting: Acting) -> Json:
    (post,) = (each for each in acting.user[ROSTER_USER]["assignments"] if each["value"] == "s1")
    return patch({"op": "add", "path": f"{ROSTER_USER}:assignments", "value": [post]})


def _nowhere(acting: Acting) -> Json:
    posts = [each | {"department": "DT-NONE"} for each in acting.user[ROSTER_USER]["assignments"]]
    return with_facts(acting.user, assignments=posts) | {"externalId": "DT-H17", "userName": "dt.h17"}


def _orphan_office(_: Acting) -> Json:
    facts = {"departmentCode": "DT-H17-1", "kind": "office", "parent": "DT-NONE"}
    name = {"externalId": "DT-H17-1", "displayName": "无主科"}
    return {"schemas": [GROUP, ROSTER_GROUP], **name, ROSTER_GROUP: facts}


def _upside_down(acting: Acting) -> Json:
    groups = [GROUPS[key] for key in ("DT-EDU-1", "DT-EDU-2", "DT-EDU", "DT-D0")]
    posts = [("/Users", acting.user), *(("/Groups", each) for each in groups)]
    operations = [
        {"method": "POST", "path": path, "bulkId": f"b{place}", "data": copy.deepcopy(body)}
        for place, (path, body) in enumerate(posts)
    ]
    return {"schemas": [BULK_REQUEST], "Operations": operations}


RECIPES: dict[str, Recipe] = {
    "{user}, in statusEvents e1 without workSuspended and authority": _without_request_only,
    "{user}, statusEvents without the investigation": _without_events("investigation"),
    "{user}, statusEvents without the other-lock": _without_events("other-lock"),
    "{user}, statusEvents without the resignation, assignments a1 without endDate": _still_employed,
    f"filter on {ROSTER_USER}:statusEvents.type pr": lambda _: {
        "schemas": [SEARCH_REQUEST],
        "filter": f"{ROSTER_USER}:statusEvents.type pr",
    },
    "{user} without title, emails, phoneNumbers and the enterprise extension": lambda acting: without(
        acting.user, "title", "emails", "phoneNumbers", ENTERPRISE_USER
    ),
    "{user} without the cnroster extension and without active": lambda acting: without(
        acting.user, "active", ROSTER_USER
    ),
    f"add {ROSTER_USER}:assignments with s1 as it is": _again,
    "Group DT-FIN with members = []": lambda _: copy.deepcopy(GROUPS["DT-FIN"]) | {"members": []},
    "office with parent DT-NONE": _orphan_office,
    "{user} of R101 with department DT-NONE": _nowhere,
    "user of R201, office DT-EDU-1, office DT-EDU-2, department DT-EDU, root DT-D0, in this order": _upside_down,
    "{user} with active true": lambda acting: copy.deepcopy(acting.user) | {"active": True},
}


def body_of(step: Json, acting: Acting) -> Any:
    """The body of a step: a recipe, or JSON with placeholders."""
    said = step.get("body")
    if isinstance(said, str):
        return RECIPES[said](acting)
    filled = acting.body(said)
    for operation in (filled or {}).get("Operations", ()):
        if operation.get("value") == "{only the hire}":
            operation["value"] = [each for each in _events(acting) if each["type"] == "hire"]
    return filled


def acceptance_of(id: str) -> Json:
    """The acceptance of a row."""
    found: Json = next(row["acceptance"] for row in ROWS if row["id"] == id)
    return found
