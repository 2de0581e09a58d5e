"""A plan of what has not been pushed: made in a private copy through the real SCIM application, and nothing is left."""

import fcntl
from pathlib import Path

import pytest

from mappings.guard import Limits
from scim_server.operate.pushed_trial import RequestsRefused
from tests.flows import client as say
from tests.flows.engine_room import Room
from tests.flows.planning_room import Planner
from tests.servers.stores import only_sqlite

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


@pytest.fixture
def ids(room: Room) -> dict[str, str]:
    """Two departments, six people in the first, all with accounts."""
    found = {name: room.person(name) for name in "abcdef"}
    found["D1"] = room.post("Group", say.department("人事科", "D1", members=tuple(found[name] for name in "abcdef"))).id
    found["D2"] = room.post("Group", say.department("财务科", "D2")).id
    room.work()
    assert len(room.accounts()) == 8
    return found


@pytest.fixture
def planner(room: Room, tmp_path: Path) -> Planner:
    return Planner(room, tmp_path)


def patch(path: str, **values: object) -> dict[str, object]:
    return {"method": "PATCH", "path": path, "body": say.replace(**values)}


def reorganisation(ids: dict[str, str]) -> list[dict[str, object]]:
    """a and b move, c is locked, d goes, g comes."""
    moving = (ids["a"], ids["b"])
    return [
        {"method": "PATCH", "path": f"/Groups/{ids['D1']}", "body": say.leave(*moving)},
        {"method": "PATCH", "path": f"/Groups/{ids['D2']}", "body": say.join(*moving)},
        patch(f"/Users/{ids['c']}", active=False),
        {"method": "DELETE", "path": f"/Users/{ids['d']}"},
        {"method": "POST", "path": "/Users", "body": say.user("g", "E-g")},
    ]


def test_a_file_is_planned_and_nothing_is_left(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    before = planner.store(), room.accounts()
    file = planner.file(*reorganisation(ids))
    seen = planner.look(file)
    assert seen.said() == [
        ("create", "E-g", None),
        ("join", "E-a", "D2"),
        ("join", "E-b", "D2"),
        ("leave", "E-a", "D1"),
        ("leave", "E-b", "D1"),
        ("lock", "E-c", None),
        ("remove", "E-d", None),
    ]
    assert (planner.store(), room.accounts()) == before
    assert list(planner.folder.glob("huaming-plan-*")) == []


def test_the_same_push_later_gives_the_same_plan(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    seen = planner.look(planner.file(*reorganisation(ids)))
    again = planner.look(planner.file(*reorganisation(ids)))
    assert again.digest == seen.digest
    room.members(ids["D1"], remove=(ids["a"], ids["b"]))
    room.members(ids["D2"], add=(ids["a"], ids["b"]))
    room.put("User", ids["c"], say.user("c", "E-c", active=False))
    room.delete("User", ids["d"])
    room.person("g")
    pushed = planner.look()
    assert sorted(row.digest for row in pushed.rows) == sorted(row.digest for row in seen.rows)
    assert pushed.digest == seen.digest


def test_the_overview_tells_how_far_it_reaches(planner: Planner, ids: dict[str, str]) -> None:
    overview = planner.look(planner.file(*reorganisation(ids))).overview
    assert (overview["operations"], overview["people"]) == (7, 5)
    assert overview["actions"] == {"create": 1, "join": 2, "leave": 2, "lock": 1, "remove": 1}
    memory = overview["systems"]["memory"]
    assert (memory["people"], memory["linked"], memory["share"], memory["dangerous"]) == (5, 6, 0.8333, 4)
    (first,) = [each for each in overview["departments"] if each["department"] == "D1"]
    assert (first["name"], first["people"], first["linked"]) == ("人事科", 4, 6)
    assert sum(overview["articles"].values()) == 7


def test_the_guards_limits_are_told(room: Room, tmp_path: Path, ids: dict[str, str]) -> None:
    strict = Planner(room, tmp_path, Limits(3, 0.0, 100, 0.0))
    seen = strict.look(strict.file(*reorganisation(ids)))
    assert seen.overview["systems"]["memory"]["guard"] == {"held": True, "dangerous": 4, "used": 0, "limit": 3}
    mild = Planner(room, tmp_path, Limits(4, 0.0, 100, 0.0))
    assert not mild.look(mild.file(*reorganisation(ids))).overview["systems"]["memory"]["guard"]["held"]


def test_a_bulk_is_one_request_or_the_whole_file(planner: Planner, ids: dict[str, str]) -> None:
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "n", "data": say.user("n", "E-n")},
        {"method": "PATCH", "path": f"/Groups/{ids['D2']}", "data": say.join("bulkId:n")},
        {"method": "DELETE", "path": f"/Users/{ids['f']}"},
    ]
    bulk = {"schemas": [BULK], "Operations": operations}
    wanted = [("create", "E-n", None), ("join", "E-n", "D2"), ("remove", "E-f", None)]
    assert planner.look(planner.file(bulk)).said() == wanted
    two = planner.look(planner.file({"method": "DELETE", "path": f"/Users/{ids['e']}"}, bulk))
    assert two.said() == sorted([*wanted, ("remove", "E-e", None)])


def test_somebody_is_named_by_the_externalid(planner: Planner, ids: dict[str, str]) -> None:
    seen = planner.look(planner.file({"method": "DELETE", "path": '/Users?filter=externalId eq "E-f"'}))
    assert seen.said() == [("remove", "E-f", None)]
    with pytest.raises(RequestsRefused) as refused:
        planner.look(planner.file({"method": "DELETE", "path": '/Users?filter=externalId eq "E-x"'}))
    (one,) = refused.value.args[0]
    assert (one.line, one.status) == (1, 404)


def test_what_scim_refuses_is_told_by_its_line(planner: Planner, ids: dict[str, str]) -> None:
    bulk = {
        "schemas": [BULK],
        "Operations": [
            {"method": "DELETE", "path": f"/Users/{ids['f']}"},
            {"method": "POST", "path": "/Users", "bulkId": "x", "data": say.user("a", "E-x")},
        ],
    }
    lines = [
        patch("/Users/0198c000-0000-7000-8000-000000000000", title="科长"),
        patch(f"/Users/{ids['a']}", title="科长"),
        {"method": "POST", "path": "/Users", "body": {"schemas": say.user("y")["schemas"]}},
        bulk,
    ]
    with pytest.raises(RequestsRefused) as refused:
        planner.look(planner.file(*lines))
    found = refused.value.args[0]
    assert [(each.line, each.operation, each.status) for each in found] == [(1, None, 404), (3, None, 400), (4, 2, 409)]
    assert "userName" in found[1].sentence
    seen = planner.look(planner.file(*lines), skip_refused=True)
    assert seen.said() == [("remove", "E-f", None), ("update", "E-a", None)]
    assert len(seen.look.answer["with"]["refused"]) == 3


def test_people_without_a_number_have_the_same_digest_each_time(planner: Planner, ids: dict[str, str]) -> None:
    body = {key: value for key, value in say.user("n").items() if key != "externalId"}
    first, second = (planner.look(planner.file({"method": "POST", "path": "/Users", "body": body})) for _ in range(2))
    assert [row.key for row in first.rows] == ["#1"]
    assert first.digest == second.digest


@only_sqlite  # elsewhere it lies in TMPDIR, where others have theirs
def test_a_copy_left_behind_by_a_dead_process_is_cleared_away(planner: Planner, ids: dict[str, str]) -> None:
    left, alive = (planner.folder / f"huaming-plan-{name}" for name in ("left", "alive"))
    for each in (left, alive):
        each.mkdir()
        (each / "lives").touch()
        (each / "copy.db").write_bytes(b"somebody's data")
    with (alive / "lives").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        planner.look(planner.file(*reorganisation(ids)))
    assert (left.exists(), (alive / "copy.db").exists()) == (False, True)
