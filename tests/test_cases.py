"""Every case of every mapping (tests/cases): the operations with their article, and a second pass that does nothing."""

from collections import Counter

import pytest

from mappings.model import Presence
from scim_server.systems import TABLE
from tests.cases.account import Account, desired, shown
from tests.cases.case import HERE, Case, Look, cases

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    account = Account(case.kind)
    for look in case.looks:
        account.see(look)
        wanted = desired(case.kind, look)
        assert (wanted.unfit, wanted.review_on) == (look.unfit, look.review_on), case
        if look.unfit is not None:  # parked before any call (S11)
            assert look.expect == [], case
            continue
        finding = account.plan(look).finding
        assert [shown(each) for each in account.go(look)] == look.expect, case
        assert (finding or account.plan(look).finding) == look.finding, case
        assert_nothing_left(case, account, look)


def assert_nothing_left(case: Case, account: Account, look: Look) -> None:
    """The second pass."""
    assert account.plan(look).operations == (), case
    if account.known.ours and look.finding is None:
        there = account.state.presence if account.state else Presence.REMOVED
        assert there is desired(case.kind, look).state.presence, case


def test_every_kind_of_system_has_its_cases() -> None:
    assert {path.name for path in HERE.iterdir() if any(path.glob("*.yaml"))} == set(TABLE)


def test_every_case_has_a_name_of_its_own_that_an_official_reads() -> None:
    names = Counter(f"{case.kind} {case.name}" for case in CASES)
    assert [name for name, number in names.items() if number > 1] == []
    assert [case.name for case in CASES if case.name.isascii()] == []
