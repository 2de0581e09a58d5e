"""Which operations share a wave."""

from connectors.ldap.waves import waves
from mappings.model import Action, Kind, Operation, Ref

D1, D2 = Ref("d1", Kind.GROUP, "D1"), Ref("d2", Kind.GROUP, "D2")
ONE, TWO = Ref("s1", Kind.PERSON, "E1"), Ref("s2", Kind.PERSON, "E2")


def op(action: Action, ref: Ref, group: Ref | None = None) -> Operation:
    return Operation("ldap", action, ref, None, None, None, group)


def test_different_subjects_go_together() -> None:
    assert waves([op(Action.CREATE, ONE), op(Action.LOCK, TWO)]) == [[0, 1]]


def test_operations_of_one_subject_follow_each_other() -> None:
    assert waves([op(Action.UPDATE, ONE), op(Action.LOCK, ONE), op(Action.CREATE, TWO)]) == [[0, 2], [1]]


def test_joins_and_leaves_of_different_groups_go_together() -> None:
    assert waves([op(Action.CREATE, ONE), op(Action.JOIN, ONE, D1), op(Action.LEAVE, ONE, D2)]) == [[0], [1, 2]]


def test_join_and_leave_of_one_group_follow_each_other() -> None:
    assert waves([op(Action.JOIN, ONE, D1), op(Action.LEAVE, ONE, D1), op(Action.JOIN, TWO, D1)]) == [[0, 2], [1]]


def test_what_comes_after_joins_waits_for_them() -> None:
    assert waves([op(Action.JOIN, ONE, D1), op(Action.LOCK, ONE), op(Action.JOIN, ONE, D2)]) == [[0], [1], [2]]


def test_nobody_joins_a_group_before_it_was_made() -> None:
    assert waves([op(Action.CREATE, D1), op(Action.JOIN, ONE, D1), op(Action.JOIN, TWO, D2)]) == [[0, 2], [1]]


def test_nothing() -> None:
    assert waves([]) == []
