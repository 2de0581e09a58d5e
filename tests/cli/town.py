"""A small roster in a running house: somebody in every state."""

from typing import Any

from scim_server.clock import Clock
from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap


class Town:
    """王芳 works in two departments and a choir, 李明 is locked, 赵强 has left, 钱多 is parked.

    It stands for the whole run, which may go on over midnight. `left_on`: the day on which 赵强 has left, or two.
    """

    def __init__(self, house: Served) -> None:
        self.house = house
        house.start()
        hr = Hr(house.base, house.secret)
        self.wang = _person(hr, "wangfang", "E1", "王芳")
        self.li = _person(hr, "liming", "E2", "李明", active=False)
        self.zhao = _person(hr, "zhaoqiang", "E3", "赵强")
        self.qian = _person(hr, "qianduo", "E4", "钱多", emails=[{"value": "钱多@教育.中国", "type": "work"}])
        hr.office("区教育局", "D00", members=(self.wang, self.zhao))
        hr.office("人事科", "D02", "D00", members=(self.wang, self.li))
        hr.office("办公室", "D01", "D00", members=(self.wang,))
        hr.team("合唱团", "P01", members=(self.wang,))
        house.settle()
        before = Clock().today()
        hr.delete("Users", self.zhao)
        self.left_on = {before, Clock().today()}
        hr.close()

    @property
    def directory(self) -> OpenLdap:
        return self.house.directory

    def settle(self) -> None:
        self.house.settle()

    def close(self) -> None:
        self.house.close()


def _person(hr: Hr, login: str, key: str, name: str, **attributes: Any) -> str:
    body = say.user(login, key, **attributes) | {"name": {"formatted": name, "familyName": name[0]}}
    return str(hr.post("Users", body)["id"])
