"""A sweep of each simulated system after somebody has edited it by hand: found, healed, foreign untouched (S17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scim_server.operate.desk import Desk
from scim_server.operate.sweep import Swept, sweep
from tests.flows.four.town import FourTown
from tests.flows.four.wanted import Wanted
from tests.flows.test_facts_flow import event

Found = set[tuple[str, str, str, str]]


class Window(Desk):
    """A desk whose commands the bureau's own house writes, by the bureau's clock."""

    def __init__(self, town: FourTown) -> None:
        super().__init__(town.bureau.settings, town.bureau.clock)
        self.house = town.bureau

    def run(self, command: str, **arguments: Any) -> Any:
        return self.house.command(command, **arguments)


@dataclass
class Night:
    """What one sweep found, (key, what, found, outcome) each."""

    one: Swept
    found: Found


def swept(town: FourTown, system: str) -> Night:
    """Sweeps one system, and works what is due by it."""
    town.bureau.now += 60
    (one,) = sweep(Window(town), [system], kind="asked")
    assert one.error is None
    question = (
        "SELECT s.key, d.what, d.found, d.outcome FROM drift d JOIN subjects s USING (subject) WHERE d.sweep = :id"
    )
    found = {(row[0], row[1], row[2], row[3]) for row in town.bureau.rows(question, id=one.id)}
    town.bureau.work()
    return Night(one, found)


def people(town: FourTown, *names: str) -> None:
    """In EDU; the last one is locked from the first day on."""
    for name in names:
        town.person(name)
    town.tell(names[-1], "statusEvents", event("e1", "other-lock", "2026-02-20"))
    town.judge()


def stays(system: str, keys: Iterable[str], town: FourTown) -> Any:
    """What is as somebody left it: the accounts of these keys."""
    kept = {key: town.systems.accounts(system)[key] for key in keys}

    def told(wanted: Wanted) -> None:
        wanted.accounts[system] |= kept

    return told


LOCKED = {("E-dai", "presence", "locked", "report")}


def test_the_oa(town: FourTown) -> None:
    people(town, "an", "bo", "cai", "dai", "en")
    oa = town.systems.oa
    ids = {name: int(town.ids(name)["oa"]) for name in ("an", "bo", "cai", "dai", "en")}
    places = {each["name"]: id for id, each in oa.office.departments.items()}
    oa.change_member(ids["an"], name="另一个名字")
    oa.delete_member(ids["bo"])
    oa.change_member(ids["cai"], orgDepartmentId=places["部门HEA"])
    oa.change_member(ids["dai"], enabled=False)
    oa.change_member(ids["en"], enabled=True)
    oa.change_department(places["部门FIN"], name="别的名字")
    oa.put_member("外人", "stranger", places["部门EDU"], code="X1")
    town.by_hand.append(stays("oa", ("E-dai", "X1"), town))
    first = swept(town, "oa")
    assert first.found == LOCKED | {
        ("E-an", "name", "other", "heal"),
        ("E-bo", "missing", "gone", "heal"),
        ("E-cai", "memberships", "other", "heal"),
        ("E-en", "presence", "active", "heal"),
        ("FIN", "name", "other", "heal"),
    }
    assert first.one.tally.strange >= 1
    town.compare()
    assert swept(town, "oa").found == LOCKED


def test_wecom(town: FourTown) -> None:
    people(town, "an", "bo", "cai", "dai", "en", "fu")
    wecom = town.systems.wecom
    places = {path.rpartition("/")[2]: each.id for path, each in wecom.departments().items()}
    wecom.put_member("E-an", "另一个名字")
    wecom.delete_member("E-bo")
    wecom.put_member("E-cai", "用户cai", [places["部门HEA"]])
    wecom.put_member("E-dai", "用户dai", enable=0)
    wecom.put_member("E-en", "用户en", [places["部门EDU"], places["部门FIN"]])
    wecom.put_member("E-fu", "用户fu", enable=1)
    wecom.rename_department(places["部门FIN"], "别的名字")
    wecom.put_member("stranger", "外人", [places["部门EDU"]])
    town.by_hand.append(stays("wecom", ("E-dai", "stranger"), town))
    first = swept(town, "wecom")
    assert first.found == LOCKED | {
        ("E-an", "name", "other", "heal"),
        ("E-bo", "missing", "gone", "heal"),
        ("E-cai", "memberships", "other", "heal"),
        ("E-en", "memberships", "extra", "heal"),
        ("E-fu", "presence", "active", "heal"),
        ("FIN", "name", "other", "heal"),
    }
    assert first.one.tally.strange == 1
    town.compare()
    assert swept(town, "wecom").found == LOCKED


def test_attendance(town: FourTown) -> None:
    """It has no lock of its own, and its lists show no door rights: those are looked at with the row (S1, S17)."""
    people(town, "an", "bo", "cai", "dai")
    attendance = town.systems.attendance
    ids = {name: town.ids(name)["attendance"] for name in ("an", "bo", "cai")}
    attendance.change_person(ids["an"], personName="另一个名字")
    attendance.delete_person(ids["bo"])
    attendance.change_person(ids["cai"], orgIndexCode="HEA")
    attendance.put_org("FIN", "别的名字")
    attendance.put_person("X1", "外人", "EDU")
    before = attendance.person("X1")
    first = swept(town, "attendance")
    assert first.found == {
        ("E-an", "personName", "other", "heal"),
        ("E-bo", "missing", "gone", "heal"),
        ("E-cai", "memberships", "other", "heal"),
        ("FIN", "orgName", "other", "heal"),
    }
    assert first.one.tally.strange == 1
    assert attendance.person("X1") == before
    assert before
    attendance.delete_person("X1")
    town.compare()
    assert swept(town, "attendance").found == set()
