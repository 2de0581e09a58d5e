"""The roster's extension of a User, read as facts."""

from mappings.facts import AccessNeeds, Assignment, Facts, StatusEvent
from scim_server.scim.facts import facts
from scim_server.scim.resource import person
from scim_server.scim.schemas import load
from scim_server.scim.urns import ROSTER_USER

ASSIGNMENT = {
    "value": "s1",
    "kind": "secondment",
    "scope": "outbound",
    "department": "D1",
    "externalOrganization": "省教育厅",
    "position": "科员",
    "sendingDepartment": "D2",
    "receivingDepartment": "D3",
    "relationTransferred": True,
    "startDate": "2026-03-02",
    "plannedEndDate": "2026-06-30",
    "endDate": "2026-06-29",
    "letterRef": "崖教函〔2026〕12号",
}
EVENT = {
    "value": "i1",
    "type": "investigation",
    "effectiveDate": "2026-03-02",
    "endDate": "2026-06-30",
    "entryRoute": "recruited",
    "workSuspended": True,
    "outcome": "cleared",
    "authority": "区纪委监委",
    "reason": "原因",
    "letterRef": "崖教函〔2026〕13号",
}


def test_who_has_no_extension_is_a_plain_user() -> None:
    assert facts({"userName": "a"}) is None
    assert person("s", "E1", {"userName": "a"}, True, (), None, "", None).facts is None
    assert person("s", "E1", None, True, (), None, "", None).facts is None


def test_what_is_absent_is_not_said() -> None:
    read = facts({ROSTER_USER: {"employmentCategory": "outsourced"}})
    assert read == Facts("outsourced", needs=AccessNeeds(None, None, None))
    read = facts({ROSTER_USER: {"employmentCategory": "other", "accessNeeds": {"oa": False}}})
    assert read == Facts("other", needs=AccessNeeds(oa=False))


def test_every_field_of_an_assignment_and_an_event() -> None:
    read = facts(
        {
            ROSTER_USER: {
                "employmentCategory": "administrative",
                "leaderLevel": "district-both",
                "assignments": [ASSIGNMENT],
                "statusEvents": [EVENT],
            }
        }
    )
    assert read is not None
    assert (read.category, read.leader_level) == ("administrative", "district-both")
    assert read.assignments == (
        Assignment(
            "s1",
            "secondment",
            "outbound",
            "2026-03-02",
            "2026-06-29",
            "2026-06-30",
            "D1",
            "D2",
            "D3",
            "省教育厅",
            "科员",
            True,
            "崖教函〔2026〕12号",
        ),
    )
    assert read.events == (
        StatusEvent(
            "i1",
            "investigation",
            "2026-03-02",
            "2026-06-30",
            "recruited",
            True,
            "cleared",
            "原因",
            "崖教函〔2026〕13号",
        ),
    )
    assert "区纪委监委" not in repr(read)  # who investigates is no input of any rule


def test_the_examples_above_name_every_attribute_of_the_schema() -> None:
    users, _ = load(roster_extension=True).resource_types
    extension = users.find(ROSTER_USER)
    assert extension is not None
    for name, example in (("assignments", ASSIGNMENT), ("statusEvents", EVENT)):
        attribute = extension.sub(name)
        assert attribute is not None
        assert {each.name for each in attribute.subs.values()} == set(example)
