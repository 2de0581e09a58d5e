"""`huaming verify`, `trace` and `erase`, beside a running server."""

import json
import os
import re
import time
from collections import Counter

import pytest

from scim_server.clock import Clock
from scim_server.operate.desk import Desk
from scim_server.operate.tracing import Asked, tell
from scim_server.settings import load
from tests.cli.line import done, inside, refused
from tests.cli.town import Town
from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.house import Served


@pytest.fixture(scope="module")
def sealed(town: Town) -> Town:
    """The server's own sealer has come to the end of what was written."""
    until = time.monotonic() + 60
    while json.loads(done(inside("verify", "--json", config=town.house.config)))["unsealed"]:
        assert time.monotonic() < until, "nobody seals"
    return town


def test_verify_counts_what_holds_and_tells_the_head(sealed: Town) -> None:
    answer = json.loads(done(inside("verify", "--json", config=sealed.house.config)))
    assert answer["ok"] is True
    assert answer["rows"]["trace"] > 20
    assert answer["rows"]["changes"] > 7
    assert re.fullmatch(r"\d+:[0-9a-f]{64}", answer["head"])
    said = done(inside("verify", "--head", answer["head"], config=sealed.house.config))
    assert "✓ 没有发现改动" in said
    assert "签名密钥在库内" in said
    other = answer["head"][:-1] + ("0" if answer["head"][-1] != "0" else "1")
    wrong = inside("verify", "--head", other, config=sealed.house.config)
    assert wrong.returncode == 1
    assert "与库外保存的封印头不符" in wrong.stdout
    assert "NUMBER:HASH" in refused(inside("verify", "--head", "12", config=sealed.house.config), 2)


def test_trace_tells_of_a_person_what_why_and_who_pushed_it(sealed: Town) -> None:
    looks = len(sealed.house.rows("SELECT 1 FROM looks WHERE what = 'trace'"))
    said = done(inside("trace", "E2", config=sealed.house.config))
    assert "ldap 开通 E2：无 → 锁定" in said
    assert re.search(r"起因：.+ 于 .+ 推送（新增，变更第 \d+ 号，请求 .+）；结果：已落实，.+ 读回", said)
    assert len(sealed.house.rows("SELECT 1 FROM looks WHERE what = 'trace'")) == looks + 1
    first = json.loads(done(inside("trace", "E2", "--json", config=sealed.house.config)).splitlines()[0])
    assert (first["action"], first["externalId"], first["ends"][0]["outcome"]) == ("create", "E2", "done")
    assert first["after"]["attributes"]["cn"] == ["李明"]
    because = done(inside("trace", "--request", first["cause"], config=sealed.house.config))
    assert set(because.splitlines()) <= set(said.splitlines())


def test_only_a_bad_since_is_told_as_one(sealed: Town) -> None:
    """Whatever goes wrong, its connections are closed."""
    wrong = inside("trace", "--since", "gestern", config=sealed.house.config)
    assert "Invalid value for --since" in refused(wrong, 2)
    desk = Desk(load(sealed.house.config), Clock())
    list(tell(desk, Asked(person="E2")))
    before = open_files()
    telling = tell(desk, Asked(since="2001-01-01"))
    next(telling)
    with pytest.raises(ZeroDivisionError) as failed:
        telling.throw(ZeroDivisionError())
    assert failed.value.__traceback__ is not None
    assert open_files() - before == Counter(), "a connection is left open"


def open_files() -> Counter[str]:
    """What this process has open, how often; what the collector of garbage closes meanwhile is no matter."""
    links = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
    return Counter(os.readlink(each) for each in links if os.path.lexists(each))


def test_trace_asks_whose(sealed: Town) -> None:
    assert "Whose?" in refused(inside("trace", config=sealed.house.config), 2)
    assert "从未有过 E99" in refused(inside("trace", "E99", config=sealed.house.config), 1)
    assert done(inside("trace", "--cut", config=sealed.house.config)).startswith("已切除 0 行")


def test_doctor_says_where_the_key_lies(sealed: Town) -> None:
    assert "留痕的密钥存在库内" in inside("doctor", config=sealed.house.config).stdout


def test_erase_takes_only_those_who_have_left(house: Served) -> None:
    house.start()
    hr = Hr(house.base, house.secret)
    body = say.user("zhaoqiang", "E3") | {"name": {"formatted": "赵强", "familyName": "赵"}}
    id = hr.post("Users", body)["id"]
    house.settle()
    config = house.config
    assert "仍在名册中" in refused(inside("erase", "E3", "--by", "王主任", config=config), 1)
    assert "从未有过 E99" in refused(inside("erase", "E99", "--by", "王主任", config=config), 1)
    hr.delete("Users", id)
    hr.close()
    house.settle()
    assert done(inside("erase", "E3", "--by", "王主任", config=config)).startswith("已抹除 E3")
    assert "从未有过 E3" in refused(inside("trace", "E3", config=config), 1)
    said = done(inside("trace", id, config=config))
    assert "抹除：个人资料已抹除，密钥已销毁（王主任）" in said
    assert "开通 （已抹除）" in said
    assert "赵强" not in said
    assert done(inside("verify", config=config)).rstrip().endswith("✓ 没有发现改动")
