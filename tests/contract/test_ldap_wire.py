"""Bad weather between the connector and a directory: what it does, and above all what it never concludes."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.errors import ConnectorError, Unreachable
from connectors.ldap.connector import LdapConnector
from mappings.model import Action, AlreadySo, Done, Outcome, Retry, Unknown
from tests.contract.systems.ldap import LdapTarget, hurried
from tests.contract.target import Hand, group_ref, operation, ref
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap
from tests.servers.tempo import allowed


@pytest.fixture
def target(openldap: OpenLdap, fast: bool) -> LdapTarget:
    return LdapTarget(openldap, fast=fast)


@pytest.fixture
def proxy(openldap: OpenLdap) -> Iterator[FaultProxy]:
    with FaultProxy("127.0.0.1", openldap.port) as proxy:
        yield proxy


@pytest.fixture
def through(target: LdapTarget, proxy: FaultProxy) -> Iterator[Hand]:
    """A connector that talks through the proxy; its line is open already."""
    connector = target.ldap(url=f"ldap://127.0.0.1:{proxy.port}")
    connector.observe_all(None)
    yield Hand(target, connector)
    connector.close()


def create(hand: Hand, number: int) -> Outcome:
    return hand.connector.apply(operation(Action.CREATE, ref(number), None, hand.person(number)))


def test_a_slow_directory_is_waited_for(through: Hand, proxy: FaultProxy) -> None:
    proxy.set(latency=0.1)
    assert create(through, 1) == Done()
    assert through.see(1).key == "E1"


def test_a_hung_directory_is_given_up_in_time_and_nothing_is_concluded(through: Hand, proxy: FaultProxy) -> None:
    through.create(1)
    proxy.set(blackhole=True)
    started = time.monotonic()
    with hurried(through.connector):
        with pytest.raises(Unreachable):
            through.connector.observe(ref(1))
        outcome = create(through, 2)
    assert isinstance(outcome, Retry)
    assert outcome.outage
    assert time.monotonic() - started < allowed(4)


def test_a_call_ends_in_its_time_however_many_answers_trickle_in(
    through: Hand, proxy: FaultProxy, target: LdapTarget
) -> None:
    connector = through.connector
    assert isinstance(connector, LdapConnector)
    creates = [operation(Action.CREATE, ref(number), None, through.person(number)) for number in range(600)]
    proxy.set(latency=0.2)
    started = time.monotonic()
    with hurried(connector, 2):
        outcomes = connector.apply_each(creates)
    assert time.monotonic() - started < allowed(4)
    proxy.clear()
    time.sleep(0.3)
    made = target.people().keys()
    done = {f"E{number}" for number, outcome in enumerate(outcomes) if isinstance(outcome, Done)}
    waiting = {f"E{number}" for number, outcome in enumerate(outcomes) if isinstance(outcome, Retry)}
    assert done
    assert waiting
    assert done <= made
    assert not waiting & made
    assert set(connector.apply_each(creates[:50])) <= {Done(), AlreadySo()}


def test_an_answer_that_is_lost_is_unknown_and_found_afterwards(
    through: Hand, proxy: FaultProxy, target: LdapTarget
) -> None:
    proxy.set(drop_replies=True)
    with hurried(through.connector, 2):
        assert isinstance(create(through, 1), Unknown)
    assert target.people().keys() == {"E1"}
    proxy.clear()
    assert through.see(1).key == "E1"
    assert create(through, 1) == AlreadySo()


def test_a_line_cut_before_sending_is_opened_again_and_nobody_notices(through: Hand, proxy: FaultProxy) -> None:
    assert create(through, 1) == Done()
    proxy.cut()
    time.sleep(0.05)
    assert create(through, 2) == Done()
    assert [each.key for each in through.connector.observe_all(None).accounts] == ["E1", "E2"]


def test_a_line_cut_in_mid_answer_is_never_read_as_the_whole(
    through: Hand, proxy: FaultProxy, target: LdapTarget
) -> None:
    for number in range(5):
        through.create(number)
    proxy.set(cut_after=1500)
    proxy.cut()
    with pytest.raises(ConnectorError):
        through.connector.observe_all(None)
    proxy.clear()
    assert len(through.connector.observe_all(None).accounts) == 5


def test_a_directory_that_refuses_connections_is_unreachable_and_comes_back(through: Hand, proxy: FaultProxy) -> None:
    proxy.set(refuse=True)
    proxy.cut()
    time.sleep(0.05)
    assert isinstance(create(through, 1), Retry)
    with pytest.raises(Unreachable):
        through.connector.observe(ref(1))
    proxy.clear()
    assert create(through, 1) == Done()


def test_an_idle_line_is_used_again(target: LdapTarget, proxy: FaultProxy) -> None:
    connector = target.ldap(url=f"ldap://127.0.0.1:{proxy.port}", connect_timeout=1)
    hand = Hand(target, connector)
    hand.create(1)
    time.sleep(1.2)
    hand.create(2)
    assert proxy.counts.accepted == 1
    connector.close()


def test_many_in_flight_are_each_unknown_when_the_line_breaks(
    through: Hand, proxy: FaultProxy, target: LdapTarget, fast: bool
) -> None:
    connector = through.connector
    assert isinstance(connector, LdapConnector)
    proxy.set(drop_replies=True)
    creates = [operation(Action.CREATE, ref(number), None, through.person(number)) for number in range(100)]
    with hurried(connector):
        outcomes = connector.apply_each(creates)
    proxy.clear()
    made = target.people().keys()  # how many of those that were sent is the server's affair, and its pace
    sent = 64 if fast else 1
    assert [type(each) for each in outcomes] == [Unknown] * sent + [Retry] * (100 - sent)
    assert made <= {f"E{number}" for number in range(sent)}
    again = connector.apply_each(creates)
    assert {type(again[number]) for number in range(100) if f"E{number}" in made} <= {AlreadySo}
    assert {type(each) for each in again[:sent]} <= {AlreadySo, Done}
    assert again[sent:] == [Done()] * (100 - sent)
    assert target.people().keys() == {f"E{number}" for number in range(100)}


def test_a_directory_restarted_in_mid_run_is_used_again(private_openldap: Any, fast: bool) -> None:
    server: OpenLdap = private_openldap()
    target = LdapTarget(server, fast=fast)
    hand = Hand(target, target.connector())
    state = hand.create(1)
    group = hand.create_group(1)
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
