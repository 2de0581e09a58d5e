"""A plan that was shown beside the one of now: agreed, carried out, vanished, changed, new; doubles are counted."""

from collections import Counter

from scim_server.operate.apply_compare import CHANGED, NEW, VANISHED, compare
from scim_server.store.plans import ShownRow

NOTHING: frozenset[tuple[str, ...]] = frozenset()


def row(digest: str, key: str = "E1", action: str = "lock", group: str | None = None) -> ShownRow:
    return ShownRow(digest, "ldap", key, action, group, action in ("lock", "remove", "leave"))


def test_the_same_rows_in_another_order_agree() -> None:
    one, other = row("a"), row("b", "E2")
    found = compare([one, other], [other, one], NOTHING)
    assert (found.agreed, found.moved, found.dangerous) == (Counter("ab"), [], False)


def test_what_moved_is_told_apart() -> None:
    shown = [row("a"), row("b", "E2"), row("c", "E3")]
    found = compare(shown, [row("a"), row("B", "E2"), row("d", "E4")], NOTHING)
    assert [(each.how, each.row.key) for each in found.moved] == [(CHANGED, "E2"), (VANISHED, "E3"), (NEW, "E4")]
    assert found.dangerous


def test_what_was_carried_out_has_not_moved() -> None:
    gone = row("a")
    found = compare([gone], [], frozenset({gone.about}))
    assert (found.done, found.moved) == (1, [])
    again = compare([gone], [row("x")], frozenset({gone.about}))  # done, and to be done otherwise: that was not shown
    assert ([each.how for each in again.moved], again.done) == ([CHANGED], 0)


def test_each_of_two_equal_rows_is_counted() -> None:
    found = compare([row("a")], [row("a"), row("a")], NOTHING)
    assert (found.agreed["a"], [each.how for each in found.moved]) == (1, [NEW])
    found = compare([row("a"), row("a")], [row("a")], NOTHING)
    assert (found.agreed["a"], [each.how for each in found.moved]) == (1, [VANISHED])


def test_groups_tell_moves_apart() -> None:
    found = compare([row("a", action="leave", group="G1")], [row("b", action="leave", group="G2")], NOTHING)
    assert sorted((each.how, each.row.group_key) for each in found.moved) == [(NEW, "G2"), (VANISHED, "G1")]
    assert "「G1」" in next(each.sentence for each in found.moved if each.how == VANISHED)


def test_a_harmless_move_is_not_dangerous() -> None:
    assert not compare([row("a", action="update")], [row("b", action="update")], NOTHING).dangerous
    assert not compare([], [row("b", action="create")], NOTHING).dangerous
