"""A roster with facts whose commands are typed: somebody under every item that a command tells of."""

from pathlib import Path
from typing import Any

from scim_server.scim.urns import ROSTER_USER, USER
from tests.cli.past import Past
from tests.flows import client as say
from tests.servers.openldap import OpenLdap
from tests.servers.stores import store_url

Json = dict[str, Any]

NOWHERE = OpenLdap("ldap://127.0.0.1:9", "", "", "dc=example,dc=org", "cn=huaming", "nothing", "", "")
CANARY = "金丝雀"  # stands in what nobody may see
LONG_AGO = "2020-01-02"
TO_COME = "2031-05-05"  # of a year whose working days nobody has published
TREE = (
    ("崖州区", "D00", None, "root"),
    ("区教育局", "EDU", "D00", "gov"),
    ("人事科", "EDU-1", "EDU", "office"),
    ("区卫健委", "HEA", "D00", "gov"),
)


def post(value: str = "a1", **more: Any) -> Json:
    """An assignment; the main one in an office unless it says otherwise."""
    usual = {"kind": "primary", "scope": "internal", "department": "EDU-1", "startDate": LONG_AGO}
    return {"value": value} | usual | more


def event(value: str, type: str, day: str, **more: Any) -> Json:
    """A status event."""
    return {"value": value, "type": type, "effectiveDate": day} | more


HIRED = event("h1", "hire", LONG_AGO, entryRoute="recruited")
CASE = event("c1", "investigation", "2026-03-02", workSuspended=True, authority=CANARY)
ABROAD = post(
    "s1",
    kind="secondment",
    scope="outbound",
    department=None,
    sendingDepartment="EDU",
    externalOrganization="省教育厅",
    startDate="2026-04-01",
    plannedEndDate="2026-09-30",
)
LENT = post(
    "s2",
    kind="attachment",
    department="HEA",
    sendingDepartment="EDU",
    startDate="2026-03-02",
    letterRef="崖教函〔2026〕9号",
)


def person(login: str, key: str, name: str, *events: Json, posts: tuple[Json, ...] = (), **facts: Any) -> Json:
    """A User with facts."""
    own = {"employmentCategory": "administrative", "assignments": [post(), *posts], "statusEvents": [HIRED, *events]}
    named = {"name": {"formatted": name, "familyName": name[0]}, "schemas": [USER, ROSTER_USER]}
    return say.user(login, key) | named | {ROSTER_USER: own | facts}


PEOPLE = (
    person("wang", "Z1", "王芳"),
    person("li", "Z2", "李明", CASE),
    person("zhao", "Z3", "赵强", posts=({key: value for key, value in ABROAD.items() if value is not None},)),
    person("qian", "Z4", "=钱多", posts=(LENT,)),
    person(
        "sun",
        "Z5",
        "孙丽",
        employmentCategory="outsourced",
        accessNeeds={"oa": True, "wecom": True},
    ),
    person("zhou", "Z6", "周伟", event("x1", "retirement", "2026-05-06", reason=CANARY, letterRef=CANARY)),
    person(
        "zheng",
        "Z9",
        "郑远",
        assignments=[post(startDate=TO_COME)],
        statusEvents=[event("h9", "hire", TO_COME, entryRoute="recruited")],
    ),
    say.user("wu", "P1"),
)


class Office:
    """Pushed on 5 January 2026; the commands read the store as it stands. `ids`: SCIM ids by externalId."""

    def __init__(self, folder: Path, policy: str = "") -> None:
        """`policy`: what stands in `[policy]`, and further tables below it."""
        self.folder = folder
        self.config = folder / "huaming.toml"
        store = f'[store]\nurl = "{store_url(folder / "huaming.db")}"\n[sweep]\nat = "off"\n'
        self.config.write_text(f"{store}[policy]\n{policy}\n", encoding="utf-8")
        self.past = Past(self.config)
        self.past.on("2026-01-05")
        self.ids: dict[str, str] = {}
        for name, code, parent, kind in TREE:
            self.ids[code] = self.past.push("POST", "/Groups", say.department(name, code, parent, kind))["id"]
        for body in PEOPLE:
            self.ids[body["externalId"]] = self.past.push("POST", "/Users", body)["id"]
        self.past.close()
