"""The comparison itself: whatever is missing, too much or different in one of the systems, it says so."""

from collections.abc import Callable

import pytest

from connectors.attendance.simulator.world import ROOT
from tests.flows.four.town import FourTown

Hand = Callable[[FourTown], object]
LOCKED = "000001010000Z"


def _deleted(town: FourTown) -> None:
    connection = town.directory.root()
    assert connection.delete(_dn(town, "li")), connection.result
    connection.unbind()


def _changed(dn: Callable[[FourTown], str], attribute: str, value: Callable[[FourTown], str]) -> Hand:
    def change(town: FourTown) -> None:
        connection = town.directory.root()
        assert connection.modify(dn(town), {attribute: [("MODIFY_ADD", [value(town)])]}), connection.result
        connection.unbind()

    return change


def _dn(town: FourTown, name: str) -> str:
    return f"uid={name},{town.directory.people}"


HANDS: dict[str, tuple[str, Hand]] = {
    "an entry that is missing": ("ldap: missing: (('uid', 'li')", _deleted),
    "an entry that is locked": (
        "pwdAccountLockedTime: must be None",
        _changed(lambda town: _dn(town, "li"), "pwdAccountLockedTime", lambda town: LOCKED),
    ),
    "a member too much": (
        "member: must be",
        _changed(lambda town: f"cn=FIN,{town.directory.groups}", "member", lambda town: _dn(town, "li")),
    ),
    "a person of the OA too much": (
        "oa: extra: X",
        lambda town: town.systems.oa.put_member("客人", "guest", _oa(town, "部门EDU"), code="X"),
    ),
    "a person of the OA elsewhere": (
        "oa: E-li primary: must be 部门EDU, is 部门FIN",
        lambda town: town.systems.oa.change_member(int(town.ids("li")["oa"]), orgDepartmentId=_oa(town, "部门FIN")),
    ),
    "a department of the OA too much": ("oa: departments", lambda town: town.systems.oa.put_department("工会")),
    "a member of WeCom that is missing": (
        "wecom: missing: E-li",
        lambda town: town.systems.wecom.delete_member("E-li"),
    ),
    "a member of WeCom that is locked": (
        "wecom: E-li state: must be active, is locked",
        lambda town: town.systems.wecom.put_member("E-li", "用户li", enable=0),
    ),
    "a department of WeCom with another name": (
        "wecom: departments",
        lambda town: town.systems.wecom.rename_department(town.systems.wecom.departments()["部门FIN"].id, "别的"),
    ),
    "a person at the doors who has left": (
        "door-1",
        lambda town: town.systems.attendance.delete_person(town.ids("li")["attendance"]),
    ),
    "a person of attendance too much": (
        "attendance: extra: X",
        lambda town: town.systems.attendance.put_person("x", "客人", ROOT, jobNo="X"),
    ),
    "a face of which nobody knows": (
        "attendance: E-li face: must be False, is True",
        lambda town: town.systems.attendance.put_face(town.ids("li")["attendance"]),
    ),
    "an organisation elsewhere": (
        "attendance: departments",
        lambda town: town.systems.attendance.put_org("FIN", "部门FIN", "EDU"),
    ),
}


def _oa(town: FourTown, name: str) -> int:
    (found,) = (id for id, each in town.systems.oa.office.departments.items() if each["name"] == name)
    return found


@pytest.mark.parametrize("what", HANDS)
def test_the_comparison_says(what: str, town: FourTown) -> None:
    town.person("li")
    town.person("stays", department="FIN")
    town.judge()
    sentence, hand = HANDS[what]
    hand(town)
    lines = town.wanted().differences(town.systems)
    assert any(sentence in line for line in lines), lines
