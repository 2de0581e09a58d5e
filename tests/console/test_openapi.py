"""The description of the JSON API (OpenAPI 3.1) is true: made from what serves, and complete. Whatever other tests
here are answered is held against it by `Asker`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scim_server.api.console.models import ProblemDocument
from tests.console.asker import Asker
from tests.console.schema import KNOWN, faults


@pytest.fixture(scope="module")
def described(console: Asker) -> dict[str, Any]:
    return console.described


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, said in methods.items():
            yield path, method, said


def test_every_route_is_described_and_no_other(console: Asker, described: dict[str, Any]) -> None:
    routes = {route.path: route.endpoint for route in console.town.house.console.routes}
    del routes["/{path:path}"]
    assert set(described["paths"]) == set(routes)
    for path, methods in described["paths"].items():
        served = set(routes[path]._allow.replace(",", "").split()) - {"HEAD"}
        assert {method.upper() for method in methods} == served
    names = [said["operationId"] for _, _, said in operations(described)]
    assert len(names) == len(set(names)) == 20


def test_the_guide_names_every_operation_and_no_other(described: dict[str, Any]) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(GET|POST) (/\S+)` \|", guide, re.MULTILINE))
    assert named | {("GET", "/openapi.json")} == {(method.upper(), path) for path, method, _ in operations(described)}


def test_it_is_of_its_version_and_demands_a_token(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    assert described["servers"] == [{"url": "/api/v1"}]
    assert described["security"] == [{"bearer": []}]
    assert described["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    def refs(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
            for each in value.values():
                yield from refs(each)
        elif isinstance(value, list):
            for each in value:
                yield from refs(each)

    found = set(refs(described))
    assert len(found) > 20
    schemas = described["components"]["schemas"]
    assert {each.removeprefix("#/components/schemas/") for each in found} <= set(schemas)


def test_every_schema_uses_words_that_the_tests_understand(described: dict[str, Any]) -> None:
    """Else `Asker` would pass over what it does not know."""
    for schema in described["components"]["schemas"].values():
        assert set(schema) <= KNOWN
        for each in schema.get("properties", {}).values():
            assert set(each) <= KNOWN


def test_each_parameter_of_a_path_is_described(described: dict[str, Any]) -> None:
    for path, _, said in operations(described):
        named = {each["name"] for each in said.get("parameters", ()) if each["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))
        assert said["summary"]
        assert said["responses"]["200"]


def test_each_refusal_is_a_problem(described: dict[str, Any]) -> None:
    for _, method, said in operations(described):
        for status, response in said["responses"].items():
            if status != "200":
                assert set(response["content"]) == {"application/problem+json"}
        assert {"400", "401", "403", "404", "503"} <= set(said["responses"])
        assert {"413", "415"} <= set(said["responses"]) or method == "get"


def test_a_query_that_is_described_is_taken(console: Asker, described: dict[str, Any]) -> None:
    """Every parameter of every list, with a value that its schema allows."""
    values = {"string": "2026-07", "integer": 2026, "boolean": "false"}
    asked = 0
    for path, method, said in operations(described):
        if method != "get" or path.startswith(("/reports", "/deadlines")):
            continue
        where = path.format(month="2026-07", id="r-in", externalId="E1", name="sync")
        for each in said.get("parameters", ()):
            if each["in"] != "query" or each["name"] in ("cursor", "by"):
                continue
            schema = next(one for one in each["schema"].get("anyOf", [each["schema"]]) if one.get("type") != "null")
            value = schema["enum"][0] if "enum" in schema else values[schema["type"]]
            value = 5 if each["name"] == "count" else value
            asked += console._ask("hr", "GET", where, params={each["name"]: value}).status_code in (200, 404)
            answer = console._ask("hr", "GET", where, params={each["name"]: value})
            assert answer.status_code in (200, 404), (where, each["name"], value, answer.text)
    assert asked > 20


def test_the_checker_of_the_tests_finds_what_differs(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    good = ProblemDocument(title="x", status=400, detail="y").model_dump()
    assert list(faults(good, {"$ref": "#/components/schemas/ProblemDocument"}, schemas)) == []
    for bad in (
        {},
        good | {"status": "400"},
        good | {"more": 1},
        good | {"status": True},
        [good],
        good | {"errors": [{}]},
    ):
        assert list(faults(bad, {"$ref": "#/components/schemas/ProblemDocument"}, schemas)), bad
