"""Users without facts: in the directory alone, unless a system is opened to them (S1)."""

from datetime import date

from tests.flows import client as say
from tests.flows.four.conftest import Towns
from tests.flows.four.town import FourTown
from tests.policy.naive import Life


class PlainTown(FourTown):
    """All four are open to plain users; so the second evaluator is told."""

    def answers(self) -> dict[str, say.Json]:
        today, groups = date.fromisoformat(self.bureau.day), list(self.bodies.values())
        settings = {"plain": {"ldap": True, "oa": True, "wecom": True, "attendance": True}}
        return {
            name: dict(Life(one.user, one.marks, groups, settings).walk(today))[today]
            for name, one in self.people.items()
        }


def test_plain_users_are_in_the_directory_alone(town: FourTown) -> None:
    town.person("wang")
    one = town.enter("anna", town.reached("anna"))
    one.marks["created"] = town.bureau.day  # type: ignore[assignment]
    town.judge()
    assert town.states("anna") == {"ldap": "active", "oa": "removed", "wecom": "removed", "attendance": "removed"}
    town.enlist("EDU", "anna")
    town.judge()
    town.on("2026-03-02")
    town.activate("anna", False)
    town.judge()
    assert town.states("anna")["ldap"] == "locked"


def test_systems_that_are_open_to_plain_users_put_them_into_the_default_department(towns: Towns) -> None:
    opened = {"plain": True, "default_department": "HEA"}
    base = towns(home="HEA", oa=opened, wecom=opened, attendance=opened)
    town = PlainTown(base.bureau, base.systems, "HEA")
    town.groups = base.groups
    town.person("wang")
    for name in ("anna", "boris"):
        one = town.enter(name, town.reached(name))
        one.marks["created"] = town.bureau.day  # type: ignore[assignment]
    town.judge()
    assert town.states("anna") == {"ldap": "active", "oa": "active", "wecom": "active", "attendance": "active"}
    assert town.places("oa", "anna") == town.places("wecom", "anna") == ("部门HEA", [])
    town.enlist("EDU", "anna")
    town.judge()
    assert town.places("oa", "anna") == town.places("wecom", "anna") == ("部门EDU", [])
    town.on("2026-03-02")
    town.enlist("FIN", "anna")
    town.activate("boris", False)
    town.judge()
    assert town.places("oa", "anna") == ("部门EDU", ["部门FIN"])
    assert town.states("boris") == {"ldap": "locked", "oa": "locked", "wecom": "locked", "attendance": "removed"}
    town.activate("boris", True)
    town.delete("anna")
    town.judge()
    assert set(town.states("anna").values()) == {"removed"}
    assert set(town.states("boris").values()) == {"active"}
