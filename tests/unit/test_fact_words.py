"""Whatever the roster may say of a person has a word that people read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import scim_server.scim
from scim_server.operate.comparison import line
from scim_server.operate.dossier_lines import dossier_lines
from scim_server.operate.fact_words import CATEGORIES, EVENTS, OUTCOMES, POSTS, SCOPES

SCHEMA = Path(scim_server.scim.__path__[0]) / "schemas" / "schema_user.json"


def values(attribute: str, part: str | None = None) -> set[str]:
    found = {each["name"]: each for each in json.loads(SCHEMA.read_text(encoding="utf-8"))["attributes"]}[attribute]
    if part is not None:
        found = {each["name"]: each for each in found["subAttributes"]}[part]
    return set(found["canonicalValues"])


@pytest.mark.parametrize(
    ("words", "attribute", "part"),
    [
        (CATEGORIES, "employmentCategory", None),
        (POSTS, "assignments", "kind"),
        (SCOPES, "assignments", "scope"),
        (EVENTS, "statusEvents", "type"),
        (OUTCOMES, "statusEvents", "outcome"),
    ],
)
def test_every_value_of_the_schema_has_its_word(words: Mapping[str, str], attribute: str, part: str | None) -> None:
    assert set(words) == values(attribute, part)


def test_how_a_case_ended_was_told_in_the_code_of_the_schema() -> None:
    event: dict[str, Any] = {"value": "i1", "type": "investigation", "effective": "2026-03-02", "end": "2026-06-30"}
    event |= {"workSuspended": True, "outcome": "disciplined-in-post", "letterRef": None}
    nothing: dict[str, Any] = dict.fromkeys(
        ("decisions", "readings", "anomalies", "letters", "marks", "concurrent"), ()
    )
    answer = nothing | {"primary": None, "reviewOn": None, "systems": {}, "because": {}}
    roster = {"category": "administrative", "needs": {}, "assignments": [], "events": [event]}
    said = list(dossier_lines(answer | {"roster": roster}))
    assert "事实：2026-03-02 至 2026-06-30 立案审查调查，暂时停止工作，结果 处分后留任原岗（i1）" in said


def test_a_difference_of_two_policies_was_told_in_codes() -> None:
    changes = {"articles": [["一"], ["not-yet-joined"]], "anomalies": [[], ["opening-waits-for-letter"]]}
    told = line({"externalId": "Z1", "name": "王芳", "changes": changes})
    assert told == "王芳（Z1）：条款 一→尚未入册；待核事项 无→开通待来函登记"
