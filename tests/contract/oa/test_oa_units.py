"""What the OA connector does across units (单位): part-time jobs, moves between units, units that it cannot make."""

import pytest

from connectors.oa.connector import OaConnector
from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Done,
    Kind,
    Memberships,
    Operation,
    Outcome,
    Pending,
    Presence,
    Ref,
    Refused,
    Unknown,
)
from tests.contract.systems.oa import OaTarget
from tests.contract.target import Hand, group_ref, operation, ref


def elsewhere(hand: Hand, office: OaTarget, key: str = "D90", name: str = "办公室") -> tuple[int, Ref]:
    """A unit made by hand, and a department of ours in it."""
    unit = office.office.put_unit("区教育局", "D09")
    hand.connector = office.oa()  # who has just started knows of it
    return unit, department_of(hand, str(unit), key, name)


def department_of(hand: Hand, superior: str, key: str, name: str) -> Ref:
    after = AccountState(key, Presence.ACTIVE, {"name": (name,), "kind": ("department",), "superior": (superior,)})
    bare = Ref(f"s-{key}", Kind.GROUP, key)
    assert hand.connector.apply(operation(Action.CREATE, bare, None, after)) == Done()
    seen = hand.connector.observe(bare)
    assert seen is not None
    return Ref(bare.subject, Kind.GROUP, key, seen.remote_id)


def jobs(office: OaTarget) -> list[dict[str, int]]:
    return list(office.read("orgPartTimeJob/list") or [])


def unit_operation(action: Action, kind: str = "unit", sought: bool = False, remote: str | None = None) -> Operation:
    after = AccountState("D09", Presence.ACTIVE, {"name": ("区教育局",), "code": ("D09",), "kind": (kind,)})
    bare = Ref("s9", Kind.GROUP, "D09", remote, sought=after if sought else None)
    return operation(action, bare, None if action is Action.CREATE else after, after)


def test_a_role_in_another_unit_is_a_part_time_job_found_again_though_its_id_changes(
    hand: Hand, office: OaTarget
) -> None:
    unit, there = elsewhere(hand, office)
    state = hand.create(1)
    assert [hand.do(Action.JOIN, 1, state, there) for _ in range(2)] == [Done(), AlreadySo()]
    (job,) = jobs(office)
    assert (job["cMemberId"], job["cAccountId"], job["cDeptId"]) == (
        int(str(state.remote_id)),
        unit,
        int(str(there.remote_id)),
    )
    assert hand.see(1).memberships == Memberships(hand.lives, frozenset({str(there.remote_id)}))
    changed = office.rewritten(job)
    assert changed["id"] != job["id"]
    assert hand.do(Action.JOIN, 1, state, there) == AlreadySo()
    assert [hand.do(Action.LEAVE, 1, state, there) for _ in range(2)] == [Done(), AlreadySo()]
    assert jobs(office) == []


def test_everybody_is_read_in_every_unit_each_once_with_roles_of_both_kinds(hand: Hand, office: OaTarget) -> None:
    _, there = elsewhere(hand, office)
    second = group_ref(2, hand.create_group(2))
    states = {number: hand.create(number) for number in range(office.page_size + 2)}
    for place in (there, second):
        hand.do(Action.JOIN, 3, states[3], place)
    hand.move(states[4], 4, there)
    found, cursor = [], None
    while True:
        page = hand.connector.observe_all(cursor)
        found += page.accounts
        cursor = page.cursor
        if cursor is None:
            break
    assert page.complete
    assert sorted(each.key for each in found) == sorted(f"E{number}" for number in states)
    by_key = {each.key: each for each in found}
    roles = frozenset({str(there.remote_id), str(second.remote_id)})
    assert by_key["E3"].memberships == Memberships(hand.lives, roles)
    assert by_key["E4"].memberships == Memberships(there.remote_id, frozenset())


def test_a_move_to_another_unit_takes_the_unit_along_and_turns_the_roles_over(hand: Hand, office: OaTarget) -> None:
    unit, there = elsewhere(hand, office)
    further = department_of(hand, str(unit), "D91", "人事科")
    inside = group_ref(2, hand.create_group(2))
    state = hand.create(1)
    for place in (inside, further):
        hand.do(Action.JOIN, 1, state, place)
    assert [hand.move(state, 1, there), hand.move(state, 1, there)] == [Done(), AlreadySo()]
    seen = hand.see(1)
    assert seen.remote_id == state.remote_id
    assert seen.memberships == Memberships(there.remote_id, frozenset({str(inside.remote_id), str(further.remote_id)}))
    member = office.office.member("user1")
    assert member is not None
    assert member["orgAccountId"] == unit
    assert [each["cDeptId"] for each in jobs(office)] == [int(str(inside.remote_id))]
    assert len(member["second_post"]) == 1
    home = hand.home()
    assert home is not None
    assert hand.move(state, 1, home) == Done()
    assert hand.see(1).memberships == Memberships(
        hand.lives, frozenset({str(inside.remote_id), str(further.remote_id)})
    )


def test_a_move_to_another_unit_keeps_a_home_that_is_none_of_ours_as_a_part_time_job(
    hand: Hand, office: OaTarget
) -> None:
    _, there = elsewhere(hand, office)
    state = hand.create(1)
    assert hand.move(state, 1, there, foreign=True) == Done()
    assert hand.see(1).memberships == Memberships(there.remote_id, frozenset({str(hand.lives)}))
    assert len(jobs(office)) == 1


def test_a_part_time_job_that_turns_into_the_primary_department_ends(hand: Hand, office: OaTarget) -> None:
    _, there = elsewhere(hand, office)
    state = hand.create(1)
    hand.do(Action.JOIN, 1, state, there)
    assert hand.move(state, 1, there) == Done()
    assert jobs(office) == []
    assert hand.see(1).memberships == Memberships(there.remote_id, frozenset())


def test_who_is_removed_leaves_no_part_time_job_behind(hand: Hand, office: OaTarget) -> None:
    _, there = elsewhere(hand, office)
    state = hand.create(1)
    hand.do(Action.JOIN, 1, state, there)
    assert hand.do(Action.REMOVE, 1, state) == Done()
    assert jobs(office) == []


def test_a_department_waits_for_a_part_time_job_and_for_a_department_below(hand: Hand, office: OaTarget) -> None:
    _, there = elsewhere(hand, office)
    state = hand.create(1)
    hand.do(Action.JOIN, 1, state, there)
    below = department_of(hand, str(there.remote_id), "D92", "档案室")
    remove = operation(Action.REMOVE, there)
    pending = hand.connector.apply(remove)
    assert isinstance(pending, Pending)
    assert "1 人、1 个下级部门" in pending.state
    hand.do(Action.LEAVE, 1, state, there)
    assert isinstance(hand.connector.apply(remove), Pending)
    assert hand.connector.apply(operation(Action.REMOVE, below)) == Done()
    assert hand.connector.apply(remove) == Done()


def test_a_locked_person_holds_a_department_too(hand: Hand, office: OaTarget) -> None:
    state, place = hand.create(1), group_ref(1, hand.create_group(1))
    hand.move(state, 1, place)
    hand.do(Action.LOCK, 1, state)
    assert isinstance(hand.connector.apply(operation(Action.REMOVE, place)), Pending)
    assert hand.groups() == {"D1"}


# units


def test_a_unit_is_found_never_made(hand: Hand, office: OaTarget) -> None:
    missing = hand.connector.apply(unit_operation(Action.CREATE))
    assert isinstance(missing, Refused)
    assert "请先在OA中建立单位「区教育局」" in missing.text
    assert hand.connector.observe(Ref("s9", Kind.GROUP, "D09")) is None
    unit = office.office.put_unit("区教育局", "ANOTHER-CODE")
    assert hand.connector.apply(unit_operation(Action.CREATE)) == AlreadySo()
    seen = hand.connector.observe(unit_operation(Action.CREATE, sought=True).ref)
    assert seen is not None
    assert (seen.key, seen.remote_id, seen.attributes) == ("D09", str(unit), {"kind": ("unit",)})
    linked = hand.connector.observe(Ref("s9", Kind.GROUP, "D09", str(unit)))
    assert linked == seen


def test_a_unit_is_not_written_and_not_removed(hand: Hand, office: OaTarget) -> None:
    unit = office.office.put_unit("区教育局", "D09")
    hand.connector = office.oa()
    before = office.read("orgAccounts")
    outcomes: list[Outcome] = [
        hand.connector.apply(unit_operation(Action.REMOVE, remote=str(unit))),
        hand.connector.apply(unit_operation(Action.UPDATE, kind="department", remote=str(unit))),
    ]
    assert [type(each) for each in outcomes] == [Refused, Refused]
    assert hand.connector.apply(unit_operation(Action.UPDATE, remote=str(unit))) == AlreadySo()
    assert office.read("orgAccounts") == before


def test_a_department_that_should_be_a_unit_parks_with_what_to_do(hand: Hand, office: OaTarget) -> None:
    place = department_of(hand, str(office.unit), "D09", "区教育局")
    for each in (unit_operation(Action.CREATE), unit_operation(Action.UPDATE, remote=place.remote_id)):
        outcome = hand.connector.apply(each)
        assert isinstance(outcome, Refused)
        assert outcome.code == "kind"


def test_the_root_is_the_unit_and_is_never_written(hand: Hand, office: OaTarget) -> None:
    root = Ref("s0", Kind.GROUP, "ROOT", root=True)
    seen = hand.connector.observe(root)
    assert seen is not None
    assert (seen.key, seen.remote_id, seen.attributes) == ("ROOT", str(office.unit), {})
    after = AccountState("ROOT", Presence.ACTIVE, {"name": ("别的名字",)})
    for action in (Action.CREATE, Action.UPDATE, Action.REMOVE):
        outcome = hand.connector.apply(operation(action, root, after, after))
        assert isinstance(outcome, Refused)
        assert outcome.code == "root"


@pytest.mark.parametrize("action", [Action.CREATE, Action.JOIN])
def test_nobody_lives_or_works_in_a_unit_itself(hand: Hand, office: OaTarget, action: Action) -> None:
    state = hand.create(1)
    root = Ref("s0", Kind.GROUP, "ROOT", str(office.unit), root=True)
    wanted = hand.person(2)
    outcome = (
        hand.connector.apply(operation(action, ref(2), None, wanted, root))
        if action is Action.CREATE
        else hand.do(action, 1, state, root)
    )
    assert isinstance(outcome, Refused)
    assert outcome.code == "unit"


def test_departments_are_listed_with_the_units_they_are_in(hand: Hand, office: OaTarget) -> None:
    _, there = elsewhere(hand, office)
    hand.create_group(1)
    found, cursor = [], None
    while True:
        page = hand.connector.departments(cursor)
        found += page.accounts
        cursor = page.cursor
        if cursor is None:
            break
    assert page.complete
    assert {each.key: each.attributes["kind"] for each in found} == {
        "D1": ("department",),
        "D90": ("department",),
        "D09": ("unit",),
    }
    assert [each.remote_id for each in found if each.key == "D90"] == [there.remote_id]


def test_a_department_is_renamed_and_moved_below_another(hand: Hand, office: OaTarget) -> None:
    one, two = hand.create_group(1), hand.create_group(2)
    names = {"name": ("组织科",), "superior": (str(one.remote_id),)}
    change = operation(Action.UPDATE, group_ref(2, two), two, AccountState("D2", Presence.ACTIVE, names))
    assert [hand.connector.apply(change), hand.connector.apply(change)] == [Done(), AlreadySo()]
    seen = hand.connector.observe(group_ref(2, two))
    assert seen is not None
    assert (seen.attributes["name"], seen.attributes["superior"]) == (("组织科",), (str(one.remote_id),))
    assert (seen.remote_id, seen.attributes["code"]) == (two.remote_id, ("D2",))


def test_a_lost_part_time_job_is_there_once(hand: Hand, office: OaTarget) -> None:
    _, there = elsewhere(hand, office)
    state = hand.create(1)
    office.running.faults(
        [{"match": "orgPartTimeJob/list", "delay_s": 0}, {"match": "orgPartTimeJob", "times": 1, "lost": True}]
    )
    outcomes = [hand.do(Action.JOIN, 1, state, there) for _ in range(2)]
    assert isinstance(outcomes[0], Unknown)
    assert outcomes[1] == AlreadySo()
    assert len(jobs(office)) == 1


def test_without_unit_kinds_one_unit_is_all_there_is(office: OaTarget) -> None:
    connector: OaConnector = office.oa(unit_kinds=[])
    hand = Hand(office, connector)
    hand.create(1)
    unit = office.office.put_unit("外单位", "X")
    office.office.put_member("外人", "other", office.office.put_department("窗口", unit=unit), code="E2")
    assert connector.observe(ref(2)) is None
    assert {each.key for each in connector.observe_all(None).accounts} == {"E1"}
