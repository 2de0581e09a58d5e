"""Somebody is told within ten seconds that operations are held, without anybody's name, and once (reliability 20)."""

import json
import sys
import time
from typing import Any

from tests.cli.line import done, inside, refused
from tests.flows.client import Hr
from tests.flows.conftest import Houses
from tests.servers.openldap import OpenLdap
from tests.servers.tempo import allowed

KEEP = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read() + b'\\n')"


def test_what_is_held_is_told_within_ten_seconds_and_once(houses: Houses, openldap: OpenLdap) -> None:
    house = houses(openldap)
    told = house.folder / "told"
    house.further["alerts"] = {"command": [sys.executable, "-c", KEEP, str(told)]}
    house.further["guard"] = {"floor": 2, "share": 0.0, "department_floor": 2, "department_share": 0.0}
    house.start()
    hr = Hr(house.base, house.secret)
    people = [hr.add(f"zhang{number}") for number in range(8)]
    house.settle()
    for each in people:
        hr.delete("Users", each)
    house.wait_for("SELECT 1 FROM links WHERE state = 'held'")
    held = time.monotonic()
    while not told.exists() or b"held" not in told.read_bytes():
        assert time.monotonic() - held < 120, house.said()[-2000:]
        time.sleep(0.05)
    assert time.monotonic() - held < allowed(10)
    time.sleep(3)  # another look or two: nothing is told twice
    notices: list[dict[str, Any]] = [json.loads(line) for line in told.read_text().splitlines()]
    notices = [each for each in notices if each["alert"]["kind"] != "calendar"]  # that depends on the day of the test
    assert [each["alert"]["kind"] for each in notices] == ["held"]
    assert "zhang" not in json.dumps(notices, ensure_ascii=False)
    assert "待批准" in notices[0]["text"]["content"]
    listed = json.loads(done(inside("alerts", "list", "--json", config=house.config)))
    assert [each["ended"] for each in listed if each["kind"] == "held"] == [None]
    assert 'huaming_alerts_open{kind="held"} 1.0' in hr.http.get(f"{house.base}/metrics").text
    done(inside("alerts", "test", config=house.config))
    assert json.loads(told.read_text().splitlines()[-1])["alert"]["kind"] == "test"
    hr.close()


def test_a_test_alert_needs_a_way_out(houses: Houses, openldap: OpenLdap) -> None:
    house = houses(openldap)
    house.write_config()
    assert "没有配置" in refused(inside("alerts", "test", config=house.config), 1)
    house.further["alerts"] = {"webhook": "http://10.1.2.3/hook"}
    house.write_config()
    assert "[alerts] webhook" in refused(inside("alerts", "test", config=house.config), 2)
