"""A directory that had accounts before the house came, and the commands of its first day."""

import json
from pathlib import Path
from typing import Any

from tests.cli.line import done, inside
from tests.cli.past import Past
from tests.flows import client as say
from tests.flows.hands import Hands
from tests.flows.house import Served

BY = ("--by", "李科长")


class FirstDay:
    """王芳 has her login, 李明 another one, two are called 赵强, 周伟 has left; root is protected."""

    def __init__(self, house: Served) -> None:
        self.house = house
        self.hands = Hands(house.directory)
        root = self.hands.stranger("root", mail="wang@x.cn")
        house.settings["protected"] = [root]
        house.mode = None
        house.write_config()
        past = Past(house.config)
        self.ids = {name: past.push("POST", "/Users", self._user(name, *more))["id"] for name, *more in PEOPLE}
        past.push("POST", "/Groups", say.department("人事科", "D02", members=(self.ids["wang"],)))
        past.push("DELETE", f"/Users/{self.ids['zhou']}")
        past.close()
        self.hands.stranger("WANG")
        self.hands.stranger("liming", mail="li@x.cn")
        self.hands.stranger("zq", cn="赵强", sn="赵", mail="zhao@x.cn")
        self.hands.stranger("zhou", employeeNumber="E-zhou")
        self.hands.stranger("printer")
        self.hands.make(self.hands.group("hr"), "groupOfNames", ou="人事科", member="cn=nobody,dc=example,dc=org")
        self.uuids = self._uuids()

    def _user(self, name: str, mail: str) -> dict[str, Any]:
        return say.user(name, emails=[{"value": mail, "type": "work"}])

    def _uuids(self) -> dict[str, str]:
        directory = self.house.directory
        found = directory.search(directory.people, attributes=("uid", "entryUUID"))
        found |= directory.search(directory.groups, attributes=("cn", "entryUUID"))
        named = {dn: (entry.get("uid") or entry.get("cn") or [dn])[0] for dn, entry in found.items()}
        return {named[dn]: entry["entryUUID"][0] for dn, entry in found.items()}

    def type(self, *words: object) -> Any:
        return inside(*words, config=self.house.config)

    def adopt(self, *words: object) -> Any:
        return self.type("adopt", "--system", "ldap", *words)

    def listed(self, *words: object) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(done(self.adopt("--json", *words)))
        return answer

    def links(self) -> dict[str, str]:
        """Key -> the adopted remote id."""
        adopted = "SELECT s.key, l.remote_id FROM links l JOIN subjects s USING (subject) WHERE l.adopted"
        return dict(self.house.rows(adopted))

    def file(self, *lines: str, name: str = "决定.csv", encoding: str = "gbk") -> Path:
        path = self.house.folder / name
        path.write_bytes("\r\n".join(("名册编号,系统,远端编号,决定", *lines)).encode(encoding))
        return path


PEOPLE = (
    ("wang", "wang@x.cn"),
    ("li", "li@x.cn"),
    ("zhao1", "zhao@x.cn"),
    ("zhao2", "zhao@x.cn"),
    ("zhou", "zhou@x.cn"),
    ("new", "new@x.cn"),
)
