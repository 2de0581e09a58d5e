"""The house and the regulation: items, functions and cases are compared by name; the readings with their points."""

import inspect
import re
from collections.abc import Callable
from dataclasses import fields

import pytest

from mappings.policy import anomalies, articles, chains, states
from mappings.policy.readings import POINTS, Readings
from mappings.policy.states import decisions
from tests.policy.table import ROWS, TABLE, acceptances

FUNCTIONS: dict[str, Callable[..., object]] = {
    name: each for name, each in vars(articles).items() if name.startswith("article_")
}
CHAINS = {name: each for name, each in vars(chains).items() if name.isupper()}

# rows that ask something else than what a person's account must be
ELSEWHERE = {
    "R401": "the monthly check, by what the sources of activity tell",
    "R402": "its addressees for leaders",
    "R401n": "no data is not silence",
    "R403": "the reply, counted from the delivery of the inquiry",
}


def rows_of(name: str) -> list[str]:
    return re.findall(r"\b[RC]\d{2,3}[a-z]?\b", inspect.getdoc(FUNCTIONS[name]) or "")


def items_of(name: str) -> list[str]:
    first = (inspect.getdoc(FUNCTIONS[name]) or "").partition(" (R")[0].partition(" (C")[0]
    return re.findall(r"[一二三四](?:\([一二三四五六七]\))?", first)


@pytest.mark.parametrize("row", ROWS[: len(TABLE["rows"])], ids=lambda row: row["id"])
def test_every_row_has_its_function(row: dict[str, str]) -> None:
    found = [name for name in FUNCTIONS if row["id"] in rows_of(name)]
    assert (found != []) is (row["id"] not in ELSEWHERE)
    for name in found:
        assert set(row["clause"].split("+")) <= set(items_of(name))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_names_rows_that_exist_and_bears_its_item(name: str) -> None:
    known = {row["id"] for row in ROWS}
    assert rows_of(name)
    assert set(rows_of(name)) <= known
    numbers = re.findall(r"^article_(\d)(?:_(\d))?_", name)[0]
    digits = dict(zip("1234567", "一二三四五六七", strict=True))
    item = digits[numbers[0]] + (f"({digits[numbers[1]]})" if numbers[1] else "")
    assert items_of(name)[0] == item


def test_every_function_stands_in_one_chain() -> None:
    placed = [each for chain in CHAINS.values() if isinstance(chain, tuple) for each in chain]
    assert sorted(each.__name__ for each in placed) == sorted(FUNCTIONS)


def test_every_item_of_the_regulation_has_a_function() -> None:
    """一(一) to 一(四), 二(一) to 二(六), 三(一) to 三(七), and 四."""
    numbers = {"一": 4, "二": 6, "三": 7}
    wanted = {f"{article}({digit})" for article, many in numbers.items() for digit in "一二三四五六七"[:many]}
    named = {item for name in FUNCTIONS for item in items_of(name)}
    assert wanted | {"四"} <= named
    clauses = {part for row in TABLE["rows"] for part in row["clause"].split("+")}
    assert clauses <= named


def test_every_function_is_reached_by_a_case() -> None:
    """Each item applies to some person of the table on some day that it asks about."""
    said = {
        (each.item, each.text)
        for given in acceptances()
        for check in given.checks
        for each in decisions(given.person, check["date"], given.org, given.readings)
    }
    source = inspect.getsource(articles)
    texts = set(re.findall(r'"([^"]*[\u4e00-\u9fff][^"]*，[^"]*)"', source)) - {"，名册待补录"}
    unreached = {text for text in texts if not any(text in spoken for _, spoken in said)}
    assert unreached == set()


def test_the_points_are_those_of_the_table() -> None:
    assert {each.id: each.default for each in POINTS} == {each["id"]: each["default"] for each in TABLE["ambiguities"]}
    settings = {field.name for field in fields(Readings)}
    assert {name for each in POINTS for name in each.settings} == settings


@pytest.mark.parametrize("field", fields(Readings), ids=lambda field: field.name)
def test_every_setting_says_its_point_and_where_it_decides(field: object) -> None:
    source = inspect.getsource(Readings)
    name = field.name  # type: ignore[attr-defined]
    said = re.search(rf'\n    {name}: .*\n    """([AC]\d\d), in `([\w.]+)`: ', source)
    assert said is not None
    module = said[2] if said[2].startswith("mappings.") else f"mappings.policy.{said[2]}"
    assert name in inspect.getsource(__import__(module, fromlist=["_"]))


def test_decisions_cite_points_that_exist() -> None:
    cited = {
        point
        for given in acceptances()
        for check in given.checks
        for each in decisions(given.person, check["date"], given.org, given.readings)
        for point in each.readings
    }
    assert cited <= {each.id for each in POINTS}
    assert {"A03", "A04", "A06", "A14", "A23", "A26", "A27"} <= cited


def test_the_anomalies_are_those_of_the_table() -> None:
    source = inspect.getsource(anomalies) + inspect.getsource(states)
    named = {name for name in TABLE["anomalies"] if f'"{name}"' in source}
    assert named == set(TABLE["anomalies"])
    assert frozenset(TABLE["faces"]["restricted_anomalies"]) == anomalies.RESTRICTED


def test_a_gate_needs_its_first_day() -> None:
    with pytest.raises(ValueError, match="letter_gate_from"):
        Readings(letter_gate="all")
