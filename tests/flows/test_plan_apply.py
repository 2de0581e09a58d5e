"""A re-organisation before a real directory: planned from a file, moved in between, planned again, applied."""

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.flows import client as say
from tests.flows.clerk import Clerk
from tests.flows.conftest import Houses
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap

STRICT = {"floor": 2, "share": 0.0, "department_floor": 100, "department_share": 1.0}


@pytest.fixture
def strict(houses: Houses, openldap: OpenLdap) -> Served:
    """A running house whose guard lets two people an hour pass."""
    one = houses(openldap)
    one.guard = STRICT
    one.start()
    return one


@pytest.fixture
def hr(strict: Served) -> Iterator[Clerk]:
    one = Clerk(strict)
    yield one
    one.close()


def typed(house: Served, *words: str) -> CompletedProcess[str]:
    return house.run(*words, timeout=90)


def written(folder: Path, *lines: Any) -> str:
    path = folder / "push.jsonl"
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines), encoding="utf-8")
    return str(path)


def test_a_third_of_the_house_goes_exactly_as_it_was_shown(
    strict: Served, hr: Clerk, openldap: OpenLdap, tmp_path: Path
) -> None:
    ids = hr.people("p", 10)
    old = hr.group(say.department("老科室", "D1", members=tuple(ids)))
    strict.settle()
    before = openldap.dump()
    file = written(
        tmp_path,
        {"method": "POST", "path": "/Groups", "body": say.department("新科室", "D2")},
        *({"method": "DELETE", "path": f"/Users/{id}"} for id in ids[:3]),
        {"method": "PATCH", "path": f"/Groups/{old}", "body": say.leave(ids[3])},
        {"method": "POST", "path": "/Users", "body": say.user("new", "E-new")},
    )
    shown = json.loads(strict.command("plan", "--json", "--with", file).stdout)
    assert openldap.dump() == before
    assert strict.rows("SELECT count(*) FROM resources WHERE type = 'User'") == [(10,)]
    assert shown["overview"]["systems"]["ldap"]["guard"]["held"]
    assert {each["action"] for each in shown["operations"]} == {"create", "remove", "leave", "update"}

    hr.alter(ids[1], active=False)  # who is to be removed is locked meanwhile
    strict.settle()
    moved = openldap.dump()
    refused = typed(strict, "apply", "--plan", shown["digest"], "--by", "王主任", "--with", file)
    assert (refused.returncode, "注销 E-p1：内容与显示时不同" in refused.stdout) == (1, True), refused
    assert openldap.dump() == moved
    assert strict.rows("SELECT count(*) FROM resources WHERE type = 'User'") == [(10,)]

    words = strict.command("plan", "--with", file)
    assert "届时待批" in words.stdout
    again = json.loads(strict.command("plan", "--json", "--with", file).stdout)["digest"]
    assert again[:16] in words.stdout
    assert again != shown["digest"]
    wanted = (
        "apply",
        "--plan",
        again[:12],
        "--by",
        "王主任",
        "--approved-by",
        "李局长",
        "--with",
        file,
        "--until-idle",
        "--timeout",
        "60",
    )
    strict.command(*wanted)
    people = {dn.partition(",")[0] for dn in openldap.dump() if dn.startswith("uid=")}
    assert people == {*(f"uid=p{number}" for number in range(3, 10)), "uid=new"}
    members = openldap.members(f"cn=D1,{openldap.groups}")
    assert not [each for each in members if each.startswith("uid=p3,")]
    assert json.loads(strict.command("approvals", "list", "--json").stdout) == []

    assert strict.rows("SELECT count(*) FROM tokens WHERE name LIKE 'apply%'") == [(0,)]
    assert strict.rows("SELECT count(*) FROM trace WHERE said LIKE '收回一次性令牌「apply 王主任 %'") == [(1,)]

    settled, changes = openldap.dump(), strict.rows("SELECT count(*) FROM changes")
    strict.command(*wanted)
    assert (openldap.dump(), strict.rows("SELECT count(*) FROM changes")) == (settled, changes)


def test_what_a_file_takes_away_waits_as_a_whole_while_the_house_is_at_work(
    strict: Served, hr: Clerk, openldap: OpenLdap, tmp_path: Path
) -> None:
    """Two people an hour pass: two of the three had gone before the third line was pushed (S23, an import)."""
    ids = hr.people("p", 4)
    strict.settle()
    before = openldap.dump()
    file = written(
        tmp_path,
        *({"method": "DELETE", "path": f"/Users/{id}"} for id in ids[:3]),
        *({"method": "POST", "path": "/Users", "body": say.user(f"n{number}")} for number in range(30)),
    )
    shown = json.loads(strict.command("plan", "--json", "--with", file).stdout)
    waits = typed(strict, "apply", "--plan", shown["digest"], "--by", "王主任", "--with", file, "--until-idle")
    assert waits.returncode == 3, waits
    there = openldap.dump()
    assert before.items() <= there.items()
    assert sum(dn.startswith("uid=n") for dn in there) == 30
    (approval,) = json.loads(strict.command("approvals", "list", "--json").stdout)
    assert approval["removals"] == 3
    assert strict.rows("SELECT count(*) FROM guard_open") == [(0,)]
