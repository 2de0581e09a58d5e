"""One Huaming writes to another: people join, change, are locked, move and leave; a second pass writes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.systems.scim import ENTERPRISE, Service, huaming, peer
from tests.flows import client as say
from tests.flows.client import Hr, Json
from tests.flows.house import Served
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap
from tests.servers.stores import store_url

NOWHERE = OpenLdap("ldap://127.0.0.1:9", "", "", "dc=example,dc=org", "cn=nobody", "nothing", "", "")


class Hub(Served):
    """A house with one system: a SCIM service behind a proxy that does harm."""

    def __init__(self, folder: Path, service: Service, port: int) -> None:
        super().__init__(folder, NOWHERE)
        self.service, self.service_port = service, port

    def write_config(self) -> None:
        url = f"http://127.0.0.1:{self.service_port}{self.service.path}"
        self.config.write_text(
            f'[server]\nport = {self.port}\n[store]\nurl = "{store_url(self.store)}"\n[sweep]\nat = "off"\n'
            f'[systems.mail]\nkind = "scim"\nmode = "enforce"\nurl = "{url}"\ntoken = "{self.service.token}"\n'
            "page_size = 5\nanswer_timeout = 5\n"
        )


class Town:
    """The hub, its HR, and a look at the service that uses no connector."""

    def __init__(self, folder: Path, service: Service, proxy: FaultProxy) -> None:
        self.proxy, self.hub = proxy, Hub(folder, service, proxy.port)
        self.hub.start()
        self.hr = Hr(self.hub.base, self.hub.secret)
        headers = {"Authorization": f"Bearer {service.token}", "Content-Type": "application/scim+json"}
        self.mail = httpx.Client(base_url=service.url, headers=headers, trust_env=False, timeout=20)

    def close(self) -> None:
        self.hr.close()
        self.mail.close()
        self.hub.close()

    def listed(self, endpoint: str) -> list[Json]:
        """All that the service has of a kind."""
        return list(self.mail.get(endpoint, params={"count": 1000}).json().get("Resources") or [])

    def there(self) -> dict[str, Any]:
        """People by key as the service has them, with the keys of their groups; strangers by their userName."""
        groups = self.listed("/Groups")
        return {each.get("externalId", each["userName"]): _account(each, groups) for each in self.listed("/Users")}

    def expected(self) -> dict[str, Any]:
        """The same, from the hub's own roster."""
        groups = self.hr.everything("Groups")
        return {each["externalId"]: _account(each, groups) for each in self.hr.everything("Users")}

    def versions(self) -> dict[str, str]:
        """The version of everything there: it changes with every write."""
        return {each["id"]: each["meta"]["version"] for each in (*self.listed("/Users"), *self.listed("/Groups"))}

    def by_hand(self, key: str) -> Json:
        """The service's own resource of a key."""
        (found,) = [each for each in self.listed("/Users") if each.get("externalId") == key]
        return found


def _account(user: Json, groups: list[Json]) -> dict[str, Any]:
    held = [each["externalId"] for each in groups if any(m["value"] == user["id"] for m in each.get("members") or [])]
    name = user.get("name", {})
    return {
        "userName": user["userName"],
        "active": user.get("active", True),
        "name": {each: name[each] for each in ("formatted", "familyName", "givenName") if each in name},
        "title": user.get("title"),
        "mail": [each["value"] for each in user.get("emails") or []],
        "groups": sorted(held),
    }


@pytest.fixture(params=["huaming", "scim2-server"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    (tmp_path / "there").mkdir()
    (tmp_path / "here").mkdir()
    service = huaming(tmp_path / "there") if request.param == "huaming" else peer()
    with FaultProxy("127.0.0.1", service.port) as proxy:
        one = Town(tmp_path / "here", service, proxy)
        yield one
        one.close()
    service.close()


def _joining(hr: Hr) -> tuple[dict[str, str], dict[str, str]]:
    """Twelve people, three departments in a tree, and a choir; ids by name."""
    mails = [[{"value": f"p{number}@example.cn", "type": "work"}] for number in range(12)]
    people = {f"p{n}": hr.add(f"p{n}", title="科员", emails=mails[n], active=n != 11) for n in range(12)}
    groups = {"D00": hr.office("崖州区", "D00", members=(people["p0"],))}
    groups["D01"] = hr.office("教育局", "D01", "D00", tuple(people[f"p{n}"] for n in range(1, 7)))
    groups["D02"] = hr.office("财政局", "D02", "D00", tuple(people[f"p{n}"] for n in range(7, 12)))
    groups["choir"] = hr.team("合唱团", "P01", (people["p1"], people["p8"]))
    return people, groups


def _changing(hr: Hr, people: dict[str, str], groups: dict[str, str]) -> None:
    hr.change(people["p1"], title="科长", emails=[{"value": "new@example.cn", "type": "work"}])
    hr.change(people["p2"], userName="p2.renamed", name={"formatted": "李四", "familyName": "李"})
    hr.change(people["p3"], active=False)
    hr.change(people["p11"], active=True)
    hr.patch("Users", people["p4"], {"schemas": [say.PATCH], "Operations": [{"op": "remove", "path": "title"}]})
    hr.patch("Groups", groups["D01"], say.leave(people["p5"]))
    hr.patch("Groups", groups["D02"], say.join(people["p5"]))
    hr.patch("Groups", groups["choir"], say.leave(people["p8"]))
    hr.patch("Groups", groups["D02"], say.replace(displayName="区财政局"))
    hr.delete("Users", people["p6"])


@pytest.mark.timeout(180)
def test_one_huaming_writes_to_another(town: Town) -> None:
    people, groups = _joining(town.hr)
    town.hub.idle()
    assert town.there() == town.expected()
    assert town.there()["E-p11"]["active"] is False
    assert {each["externalId"]: each["displayName"] for each in town.listed("/Groups")} == {
        "D00": "崖州区", "D01": "教育局", "D02": "财政局", "P01": "合唱团"
    }  # fmt: skip
    departments = {each["externalId"]: each.get(ENTERPRISE, {}).get("department") for each in town.listed("/Users")}
    assert (departments["E-p1"], departments["E-p7"]) == ("教育局", "财政局")

    _changing(town.hr, people, groups)
    town.hub.idle()
    assert town.there() == town.expected()
    assert "E-p6" not in town.there()
    assert {each["displayName"] for each in town.listed("/Groups")} == {"崖州区", "教育局", "区财政局", "合唱团"}

    before, operations = town.versions(), len(town.hub.operations())
    town.hub.sweep()
    assert town.versions() == before
    assert len(town.hub.operations()) == operations
    assert town.hub.plan() == []


@pytest.mark.timeout(180)
def test_what_was_done_by_hand_there_is_mended_and_what_is_not_ours_stays(town: Town) -> None:
    _joining(town.hr)
    town.hub.idle()
    town.mail.post("/Users", json={"schemas": [say.USER], "userName": "stranger", "active": True, "externalId": "X1"})
    town.mail.patch(f"/Users/{town.by_hand('E-p1')['id']}", json=say.replace(title="局长"))
    town.mail.patch(f"/Users/{town.by_hand('E-p2')['id']}", json=say.replace(nickName="小二"))
    town.mail.delete(f"/Users/{town.by_hand('E-p3')['id']}")
    (choir,) = [each for each in town.listed("/Groups") if each["externalId"] == "P01"]
    town.mail.patch(f"/Groups/{choir['id']}", json=say.leave(town.by_hand("E-p8")["id"]))
    town.hub.sweep()
    there = town.there()
    stranger = there.pop("X1")
    assert there == town.expected()
    assert (stranger["userName"], stranger["groups"]) == ("stranger", [])
    assert town.by_hand("E-p2")["nickName"] == "小二"


@pytest.mark.timeout(180)
def test_a_service_that_goes_away_and_comes_back_is_caught_up_with(town: Town) -> None:
    people, groups = _joining(town.hr)
    town.hub.idle()
    town.proxy.set(refuse=True)
    town.proxy.cut()
    _changing(town.hr, people, groups)
    town.hub.wait_for("SELECT 1 FROM links WHERE state = 'due' OR state = 'waiting' LIMIT 1")
    assert town.there() != town.expected()
    town.proxy.clear()
    town.hub.idle()
    assert town.there() == town.expected()


def test_doctor_speaks_of_it_and_plain_groups_are_groups_there(town: Town) -> None:
    done = town.hub.run("doctor")
    assert "试验账号建立、锁定、解锁、删除均成功" in done.stdout
    assert (town.listed("/Users"), town.listed("/Groups")) == ([], [])
