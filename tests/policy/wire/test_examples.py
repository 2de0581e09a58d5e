"""The six worked requests through HTTP: states, memberships and letters as they say."""

import copy
from typing import Any

import pytest

from scim_server.scim.urns import GROUP, ROSTER_GROUP, ROSTER_USER
from tests.policy.table import examples
from tests.policy.test_decision_table import OVERRULED
from tests.policy.wire.acting import Acting, Json
from tests.policy.wire.conftest import Bureaus
from tests.policy.wire.looks import asked, letters_owed, stored, to_be_stored, told

EXAMPLES = list(examples())
NAMED = ",".join(
    f"{ROSTER_USER}:{name}"
    for name in ("statusEvents", "statusEvents.workSuspended", "statusEvents.outcome", "statusEvents.authority")
)


def test_there_are_six() -> None:
    assert len(EXAMPLES) == 6


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=lambda each: each if isinstance(each, str) else "")
def test_example(name: str, example: Json, bureaus: Bureaus) -> None:
    bureau = bureaus()
    checks = [_check(name, each) for each in example["expected"]]
    body = example["request"]["body"]
    user = example.get("userBefore") or body
    acting = Acting(bureau, {"user": user, "groups": [], "checks": checks})
    bureau.on(checks[0]["date"])
    for each in example["departments"]:
        acting.ids[each["externalId"]] = bureau.ok("POST", "/Groups", _group(each))["id"]
        acting.groups.append(each["externalId"])
    acting.post_user()
    if example["request"]["method"] != "POST":
        bureau.ok(example["request"]["method"], acting.filled(example["request"]["path"]), body)
    assert _document(acting) == _comparable(example.get("userAfter") or body)
    for _, todays in acting.days():
        for check in todays:
            assert told(acting, check["date"]) == asked(check)
            assert told(acting, check["date"], public=True) == asked(check, public=True)
            assert stored(acting) == to_be_stored(acting, check, plain=False)
    bureau.on("2027-01-04")
    letter = example["letter"]
    assert letters_owed(acting, bureau.day)[letter["event"]] == (letter["senders"], letter["due"])


def _check(name: str, expected: Json) -> Json:
    check = expected | OVERRULED.get((name, expected["date"]), {})
    return {"public_anomalies": check["anomalies"]} | check


def _group(each: Json) -> Json:
    facts = {"departmentCode": each["externalId"], "kind": each["kind"]}
    facts |= {"parent": each["parent"]} if each.get("parent") else {}
    named = {"externalId": each["externalId"], "displayName": each["displayName"]}
    return {"schemas": [GROUP, ROSTER_GROUP], **named, ROSTER_GROUP: facts}


def _document(acting: Acting) -> Json:
    shown = acting.bureau.ok("GET", f"/Users/{acting.id}")
    named = acting.bureau.ok("GET", f"/Users/{acting.id}?attributes={NAMED}")
    shown[ROSTER_USER] |= named[ROSTER_USER]
    return _comparable(shown)


def _comparable(user: Json) -> Json:
    """The roster's own words, without what the server computes."""
    computed: tuple[Any, ...] = ("id", "meta", "groups", "active")
    plain = {name: copy.deepcopy(value) for name, value in user.items() if name not in computed}
    plain["schemas"] = sorted(plain["schemas"])
    return plain
