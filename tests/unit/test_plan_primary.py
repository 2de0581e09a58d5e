"""The plan where a system knows primary departments: a create waits for one, a move is an update, others come."""

from mappings.desired import Desired
from mappings.model import AccountState, Action, Kind, Memberships, Presence, Reason, Ref
from mappings.plan import Known, Plan, Subject, plan

WHY = Reason("一", "因为")
GROUPS = {key: Ref(f"subject-{key}", Kind.GROUP, key, f"id-{key}") for key in ("A", "B", "C")}
REF = Ref("s1", Kind.PERSON, "E1", "id-1")
SUBJECT = Subject("oa", REF, frozenset({"name"}), GROUPS, primary=True)
OURS = Known(ours=True)


def desired(primary: str | None, *concurrent: str, name: str = "王") -> Desired:
    memberships = Memberships(primary, frozenset(concurrent))
    return Desired(AccountState("E1", Presence.ACTIVE, {"name": (name,)}, memberships), WHY)


def seen(primary: str | None, *concurrent: str) -> AccountState:
    return AccountState("E1", Presence.ACTIVE, {"name": ("王",)}, Memberships(primary, frozenset(concurrent)), "id-1")


def steps(found: Plan) -> list[tuple[Action, str | None]]:
    return [(each.action, each.group.key if each.group else None) for each in found.operations]


def test_a_create_names_the_department_it_is_born_in() -> None:
    (create,) = plan(SUBJECT, desired("A", "B"), None, Known(ours=False)).operations
    assert create.group == GROUPS["A"]
    assert create.after is not None
    assert create.after.memberships == Memberships("A")


def test_nobody_is_created_before_the_department_is_there() -> None:
    assert plan(SUBJECT, desired("Z", "B"), None, Known(ours=False)) == Plan()
    assert plan(SUBJECT, desired(None), None, Known(ours=False)) == Plan()


def test_a_move_is_one_update_with_whatever_else_differs() -> None:
    (move,) = plan(SUBJECT, desired("B", name="张"), seen("A"), OURS).operations
    assert (move.action, move.group) == (Action.UPDATE, GROUPS["B"])
    assert move.before is not None
    assert move.after is not None
    assert (move.before.memberships, move.after.memberships) == (Memberships("A"), Memberships("B"))
    assert move.after.attributes == {"name": ("张",)}


def test_an_update_that_is_no_move_names_no_department() -> None:
    (update,) = plan(SUBJECT, desired("A", name="张"), seen("A"), OURS).operations
    assert update.group is None
    assert update.after is not None
    assert update.after.memberships is None


def test_a_primary_that_is_none_of_ours_is_told_by_its_absence() -> None:
    (move,) = plan(SUBJECT, desired("B"), seen(None), OURS).operations
    assert move.before is not None
    assert move.before.memberships == Memberships(None)


def test_who_becomes_primary_does_not_leave_and_who_was_primary_may_stay() -> None:
    assert steps(plan(SUBJECT, desired("B"), seen("A", "B"), OURS)) == [(Action.UPDATE, "B")]
    assert steps(plan(SUBJECT, desired("B", "A"), seen("A", "B"), OURS)) == [(Action.UPDATE, "B"), (Action.JOIN, "A")]
    assert steps(plan(SUBJECT, desired("A", "C"), seen("A", "B"), OURS)) == [(Action.LEAVE, "B"), (Action.JOIN, "C")]
    assert plan(SUBJECT, desired("A", "B"), seen("A", "B"), OURS) == Plan()


def test_a_department_that_is_not_there_yet_moves_nobody() -> None:
    assert plan(SUBJECT, desired("Z"), seen("A"), OURS) == Plan()


def test_the_root_is_taken_as_it_is() -> None:
    root = Subject("oa", Ref("d0", Kind.GROUP, "G00", root=True), frozenset({"name"}), {}, primary=True)
    here = AccountState("G00", Presence.ACTIVE, {}, remote_id="1")
    there = Desired(AccountState("G00", Presence.ACTIVE, {"name": ("本区",)}), WHY)
    gone = Desired(AccountState("G00", Presence.REMOVED), WHY)
    assert plan(root, there, here, Known(ours=True)) == Plan()
    assert plan(root, gone, here, Known(ours=True)) == Plan()
    assert [each.action for each in plan(root, there, None, Known(ours=True)).operations] == [Action.CREATE]
