"""WeCom for an address listed after August 2022: contacts sync writes and tells ids, an application reads the rest."""

import pytest

from connectors.errors import Denied
from mappings.model import Action, Done, Presence
from tests.contract.systems.wecom import SINCE_2022, WecomTarget, wecom
from tests.contract.target import Hand, ref


@pytest.fixture
def target(request: pytest.FixtureRequest) -> WecomTarget:
    return wecom(SINCE_2022)(request)


def test_without_a_secret_that_reads_nobody_is_absent_and_doctor_names_the_setting(target: WecomTarget) -> None:
    """48009 was in no table: the doctor spoke of an unknown code, and the way by ids was never tried."""
    target.vendor.put_member("E1", "王1", [1], email="e1@x.cn")
    alone = target.wecom(reading_secret=None)
    for read in (lambda: alone.observe(ref(1)), lambda: alone.observe_all(None), lambda: alone.departments(None)):
        with pytest.raises(Denied, match="48009"):
            read()
    (error,) = [each for each in alone.check() if each.level == "error"]
    assert "48009" in error.text
    assert "reading_secret" in error.remedy


def test_contacts_sync_writes_what_the_application_reads_and_each_renews_its_own_token(
    hand: Hand, target: WecomTarget
) -> None:
    state = hand.create(1)
    target.vendor.revoke_tokens()
    hand.do(Action.LOCK, 1, state)
    target.vendor.revoke_tokens()
    seen = hand.connector.observe(ref(1, state))
    assert seen is not None
    assert seen.presence is target.people()["E1"].presence is Presence.LOCKED


@pytest.mark.parametrize("listing", ["auto", "list", "list_id", "simplelist"])
def test_everybody_is_read_whichever_way_is_set(hand: Hand, target: WecomTarget, listing: str) -> None:
    for number in range(3):
        hand.create(number)
    page = target.wecom(listing=listing).observe_all(None)
    assert (sorted(each.key for each in page.accounts), page.complete) == (["E0", "E1", "E2"], True)


def test_a_reading_secret_that_is_wrong_is_told_by_its_name_and_not_shown(target: WecomTarget) -> None:
    (error,) = [each for each in target.wecom(reading_secret="falsch-geheim").check() if each.level == "error"]
    assert "reading_secret" in error.text
    assert "reading_secret" in error.remedy
    assert "geheim" not in error.text + error.remedy


def test_the_application_never_writes(hand: Hand, target: WecomTarget) -> None:
    hand.create(1)
    swapped = target.wecom(secret=target.corp.app_secret)
    assert swapped.apply(hand.creation(2)) != Done()
    assert set(target.people()) == {"E1"}
