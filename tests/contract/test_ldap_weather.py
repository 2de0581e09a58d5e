"""Bad weather in front of 389 and of Active Directory: the wire is OpenLDAP's, and so must be what is concluded."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.errors import ConnectorError, Unreachable
from mappings.model import Action, AlreadySo, Done, Retry, Unknown
from tests.contract.systems.ds389 import Ds389Target
from tests.contract.systems.ldap import LdapTarget, hurried
from tests.contract.systems.samba_ad import AdTarget
from tests.contract.target import Hand, group_ref, ref
from tests.servers.certificates import Authority
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap
from tests.servers.tempo import allowed

WHERE: dict[str, type[LdapTarget]] = {"ds389": Ds389Target, "samba_ad": AdTarget}
PRIVATE = {"private_ds389": Ds389Target, "private_samba": AdTarget}


@pytest.fixture(params=WHERE)
def target(request: pytest.FixtureRequest) -> LdapTarget:
    server: OpenLdap = request.getfixturevalue(request.param)
    return WHERE[request.param](server, url=server.LDAPS_URL)


@pytest.fixture
def proxy(target: LdapTarget) -> Iterator[FaultProxy]:
    with FaultProxy(*target.server.address(secure=True)) as proxy:
        yield proxy


@pytest.fixture
def through(target: LdapTarget, proxy: FaultProxy) -> Iterator[Hand]:
    """A connector that talks through the proxy; its line is open already."""
    connector = target.ldap(url=f"ldaps://127.0.0.1:{proxy.port}")
    connector.observe_all(None)
    yield Hand(target, connector)
    connector.close()


def test_a_hung_server_is_given_up_in_time_and_nothing_is_concluded(through: Hand, proxy: FaultProxy) -> None:
    through.create(1)
    proxy.set(blackhole=True)
    started = time.monotonic()
    with hurried(through.connector, 1):
        with pytest.raises(Unreachable):
            through.connector.observe(ref(1))
        outcome = through.connector.apply(through.creation(2))
    assert isinstance(outcome, Retry)
    assert outcome.outage
    assert time.monotonic() - started < allowed(6)


def test_a_line_cut_in_mid_answer_is_never_read_as_the_whole(through: Hand, proxy: FaultProxy) -> None:
    for number in range(5):
        through.create(number)
    proxy.set(cut_after=3500)
    proxy.cut()
    with pytest.raises(ConnectorError):
        through.connector.observe_all(None)
    proxy.clear()
    assert len(through.connector.observe_all(None).accounts) == 5


def test_many_in_flight_are_each_unknown_or_not_sent_and_come_out_right(
    through: Hand, proxy: FaultProxy, target: LdapTarget
) -> None:
    creates = [through.creation(number) for number in range(30)]
    proxy.set(drop_replies=True)
    with hurried(through.connector, 1):
        outcomes = through.each(creates)
    proxy.clear()
    assert {type(each) for each in outcomes} <= {Unknown, Retry}
    patient = Hand(target, target.connector())
    assert {type(each) for each in patient.each(creates)} <= {AlreadySo, Done}
    patient.connector.close()
    people = target.people()
    assert people.keys() == {f"E{number}" for number in range(30)}
    assert [each for each in people.values() if each.attributes.get("sn") != ("王",)] == []  # none is half made


def test_a_certificate_of_another_authority_gets_no_password(target: LdapTarget, tmp_path: Any) -> None:
    stranger = target.ldap(ca_file=str(Authority(tmp_path).certificate))
    with pytest.raises(Unreachable, match="证书"):
        stranger.observe(ref(1))


@pytest.mark.parametrize("private", PRIVATE)
def test_a_server_restarted_in_mid_run_is_used_again(private: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue(private)()
    target = PRIVATE[private](server, url=server.LDAPS_URL)
    hand = Hand(target, target.connector())
    state, group = hand.create(1), hand.create_group(1)
    server.stop()
    with pytest.raises(Unreachable):
        hand.connector.observe(ref(1))
    assert isinstance(hand.do(Action.LOCK, 1, state), Retry)
    server.start()
    assert hand.see(1) == state
    assert hand.do(Action.JOIN, 1, state, group_ref(1, group)) == Done()
    server.stop()
    server.start()
    assert hand.do(Action.LOCK, 1, state) == Done()
    hand.connector.close()
