"""How an account comes to life in Active Directory: never open without a password, never lost half-way."""

from collections.abc import Iterator

import ldap3
import pytest

from connectors.ldap.ad_birth import MARK
from mappings.model import AccountState, Action, AlreadySo, Done, Presence, Refused, Unknown
from tests.contract.systems.ldap import Losing
from tests.contract.systems.samba_ad import AdTarget
from tests.contract.target import Hand, operation, ref
from tests.servers.faultproxy import FaultProxy
from tests.servers.samba_ad import SambaAd

NO_PASSWORD_NEEDED, DISABLED, NORMAL = 0x20, 0x2, 0x200
BEFORE_THE_END = {"the entry": 1, "the password": 2}


@pytest.fixture
def target(samba_ad: SambaAd) -> AdTarget:
    return AdTarget(samba_ad)


def entry(target: AdTarget) -> dict[str, list[str]]:
    (found,) = target.server.search(target.server.people, "(objectClass=user)").values()
    return found


def control(target: AdTarget) -> int:
    return int(entry(target)["userAccountControl"][0])


@pytest.mark.parametrize("presence", [Presence.ACTIVE, Presence.LOCKED])
def test_a_new_account_has_a_password_that_nobody_knows(hand: Hand, target: AdTarget, presence: Presence) -> None:
    assert hand.connector.apply(hand.creation(1, hand.person(1, presence=presence))) == Done()
    made = entry(target)
    assert made["pwdLastSet"] != ["0"]
    assert control(target) == NORMAL | (DISABLED if presence is Presence.LOCKED else 0)
    assert not control(target) & NO_PASSWORD_NEEDED
    assert "description" not in made
    assert made["userPrincipalName"] == ["user1@ad.example.org"]
    for guess in ("user1", "E1", "王1", MARK):
        assert not target.server.can_bind(f"CN=user1,{target.server.people}", guess)


@pytest.fixture
def proxy(samba_ad: SambaAd) -> Iterator[FaultProxy]:
    with FaultProxy(*samba_ad.address(secure=True)) as proxy:
        yield proxy


@pytest.fixture
def begun(request: pytest.FixtureRequest, target: AdTarget, proxy: FaultProxy, hand: Hand, step: int) -> AccountState:
    """An account of which the answer to one of the earlier writes was lost, as it is seen afterwards."""
    connector = target.ldap(url=f"ldaps://127.0.0.1:{proxy.port}")
    connector.observe_all(None)
    presence = getattr(request, "param", Presence.ACTIVE)
    wanted = hand.creation(1, hand.person(1, presence=presence))
    assert isinstance(Losing(connector, proxy, step).apply(wanted), Unknown)
    connector.close()
    return hand.see(1)


@pytest.fixture(params=BEFORE_THE_END)
def step(request: pytest.FixtureRequest) -> int:
    return BEFORE_THE_END[request.param]


def test_one_begun_is_disabled_says_so_and_shows_a_difference(begun: AccountState, target: AdTarget) -> None:
    assert control(target) == NORMAL | DISABLED
    assert entry(target)["description"] == [MARK]
    assert begun.presence is Presence.LOCKED
    assert begun.attributes["sn"] == ()  # so that the row is not at rest
    assert begun.attributes["uid"] == ("user1",)


@pytest.mark.parametrize("begun", [Presence.ACTIVE, Presence.LOCKED], indirect=True)
@pytest.mark.parametrize("way", ["update", "create again"])
def test_one_begun_is_finished_by_whatever_comes_next(
    begun: AccountState, hand: Hand, target: AdTarget, way: str, request: pytest.FixtureRequest
) -> None:
    presence = request.node.callspec.params["begun"]
    wanted = hand.person(1, presence=presence)
    if way == "update":
        after = AccountState("E1", presence, {"sn": wanted.attributes["sn"]})
        outcome = hand.connector.apply(operation(Action.UPDATE, ref(1, begun), begun, after))
    else:
        outcome = hand.connector.apply(hand.creation(1, wanted))
    assert outcome == Done()
    assert target.people()["E1"].attributes == wanted.attributes
    assert (hand.see(1).presence, hand.see(1).remote_id) == (presence, begun.remote_id)
    assert entry(target)["pwdLastSet"] != ["0"]
    assert "description" not in entry(target)
    assert hand.connector.apply(hand.creation(1, wanted)) == AlreadySo()


def test_one_begun_is_removed_like_any_other(begun: AccountState, hand: Hand, target: AdTarget) -> None:
    assert hand.do(Action.REMOVE, 1, begun) == Done()
    assert target.people() == {}


def test_one_disabled_by_hand_is_not_taken_for_one_begun(hand: Hand, target: AdTarget) -> None:
    state = hand.create(1)
    root = target.server.root()
    assert root.modify(state.name, {"userAccountControl": [(ldap3.MODIFY_REPLACE, ["514"])]}), root.result
    root.unbind()
    assert hand.rename(hand.see(1), 1, "王二") == Done()
    assert control(target) == NORMAL | DISABLED


def test_a_create_that_is_refused_half_way_leaves_nothing_behind(target: AdTarget, hand: Hand) -> None:
    """The domain demands longer passwords than anybody has: the second step is refused."""
    root, domain = target.server.root(), target.server.BASE_DN
    assert root.modify(domain, {"minPwdLength": [(ldap3.MODIFY_REPLACE, ["255"])]}), root.result
    try:
        outcome = hand.connector.apply(hand.creation(1))
    finally:
        root.modify(domain, {"minPwdLength": [(ldap3.MODIFY_REPLACE, ["7"])]})
        root.unbind()
    assert isinstance(outcome, Refused)
    assert outcome.code == "password-refused"
    assert target.people() == {}
    hand.create(1)


def test_without_encryption_nothing_is_made_and_the_check_says_why(target: AdTarget, hand: Hand) -> None:
    connector = target.ldap(url=target.server.URL)
    findings = [each for each in connector.check() if each.level == "error"]
    assert findings
    assert all(each.remedy for each in findings)
    outcome = connector.apply(hand.creation(1))
    assert not isinstance(outcome, Done)
    assert target.people() == {}
    connector.close()
