"""`huaming plan`: what would be done, with a digest; it writes nothing, and half a plan is none."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scim_server.clock import Clock
from scim_server.operate import planning
from scim_server.operate.desk import Desk
from scim_server.settings import load
from scim_server.store.tables import metadata
from tests.cli.line import done, refused
from tests.cli.past import Past
from tests.flows import client as say
from tests.flows.house import Served
from tests.servers.stores import contents, store_url


@pytest.fixture
def past(house: Served) -> Iterator[Past]:
    """HR has pushed a department, and two people into it; nobody has worked yet."""
    one = Past(house.config)
    ids = [one.push("POST", "/Users", say.user(name, f"E-{name}"))["id"] for name in ("wang", "li")]
    one.push("POST", "/Groups", say.department("办公室", "D01", members=tuple(ids)))
    yield one
    one.close()


def store(house: Served) -> dict[str, list[tuple[Any, ...]]]:
    return contents(store_url(house.store), but_for=[name for name in metadata.tables if name.startswith("plan")])


def plan(house: Served) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(done(house.run("plan", "--json")))
    return answer


def again(house: Served) -> dict[str, Any]:
    """The same without a process of its own."""
    return planning.plan(Desk(load(house.config), Clock()))


@pytest.mark.usefixtures("past")
def test_a_plan_names_every_operation_and_writes_nothing(house: Served) -> None:
    before = store(house), house.directory.dump()
    answer = plan(house)
    assert {"digest", "operations", "held"} <= answer.keys()
    assert answer["held"] == []
    shown = [(each["system"], each["action"], each["externalId"], each.get("group")) for each in answer["operations"]]
    assert sorted(shown, key=str) == sorted(
        [
            ("ldap", "create", "D01", None),
            ("ldap", "create", "E-wang", None),
            ("ldap", "join", "E-wang", "D01"),
            ("ldap", "create", "E-li", None),
            ("ldap", "join", "E-li", "D01"),
        ],
        key=str,
    )
    assert all(each["reason"].keys() == {"article", "text"} for each in answer["operations"])
    assert (store(house), house.directory.dump()) == before


def test_a_digest_stands_for_the_plan(house: Served, past: Past) -> None:
    first = again(house)
    words = done(house.run("plan"))
    assert first["digest"][:16] in words
    assert "共 5 项操作" in words
    assert again(house)["digest"] == first["digest"]
    past.push("POST", "/Users", say.user("zhao"))
    assert again(house)["digest"] != first["digest"]
    past.close()
    done(house.run("sync", "--until-idle", "--timeout", "200"))
    assert again(house)["operations"] == []


@pytest.mark.parametrize("words", [("plan", "--json"), ("sync", "--sweep", "--report-only")], ids=" ".join)
def test_where_the_directory_does_not_answer_there_is_no_plan(lone: Served, words: tuple[str, ...]) -> None:
    past = Past(lone.config)
    past.push("POST", "/Users", say.user("wang"))
    past.close()
    assert "ldap" in refused(lone.run(*words), 1)
