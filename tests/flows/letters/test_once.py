"""Never two letters for one case: connections that die, deliverers that meet, a letter that changes meanwhile."""

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from scim_server.letters.delivery import LEASE, Deliverer
from tests.flows.letters.postal import PATIENCE, Counter, Postal, deliverer
from tests.flows.letters.registry import BY, DAY
from tests.servers.faultproxy import FaultProxy


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Postal]:
    one = Postal(tmp_path)
    yield one
    one.close()


def through(post: Postal, proxy: FaultProxy) -> str:
    return str(post.settings["url"]).replace(str(post.running.port), str(proxy.port))


EARLY: list[dict[str, Any]] = [
    {"refuse": True},
    {"deaf_from": 1},
    {"deaf_from": 5},
    {"cut_after": 40},
    {"cut_after": 700},
]


@pytest.mark.parametrize("fault", EARLY, ids=str)
def test_a_connection_that_dies_before_the_letter_leaves_sends_none(post: Postal, fault: dict[str, Any]) -> None:
    drawn = post.draw()
    with FaultProxy("127.0.0.1", post.running.port) as proxy:
        proxy.set(**fault)
        assert post.results(url=through(post, proxy), answer_timeout=0.5) == ["waiting"]
        assert (post.arrived(drawn["doc_number"]), post.state(drawn["id"])) == (0, "ready")
        proxy.clear()
        proxy.cut()
        assert post.results(3601, url=through(post, proxy)) == ["delivered"]
    assert post.arrived(drawn["doc_number"]) == 1


@pytest.mark.parametrize("fault", [{"drop_replies": True}, {"cut_after": 1}], ids=str)
def test_a_connection_that_dies_when_it_leaves_sends_no_second_one(post: Postal, fault: dict[str, Any]) -> None:
    with FaultProxy("127.0.0.1", post.running.port) as proxy:

        class Watching(Counter):
            def run(self, command: str, **given: Any) -> Any:
                if command == "letter-leave":
                    proxy.set(**fault)
                return super().run(command, **given)

        drawn, desk = post.draw(), Watching(post.url, post.clock, post.rules)
        told = list(post.carrier(desk, url=through(post, proxy), answer_timeout=3).deliver())
        desk.close()
        assert ([each.result for each in told], post.arrived(drawn["doc_number"])) == (["unknown"], 1)
    assert post.results(PATIENCE + 1) == ["delivered"]
    assert post.arrived(drawn["doc_number"]) == 1


def test_a_request_that_the_oa_sees_to_after_everybody_gave_up_is_found(post: Postal) -> None:
    with FaultProxy("127.0.0.1", post.running.port) as proxy:

        class Slow(Counter):
            def run(self, command: str, **given: Any) -> Any:
                proxy.set(blackhole=command == "letter-leave")
                return super().run(command, **given)

        drawn, slow = post.draw(), Slow(post.url, post.clock, post.rules)
        told = list(post.carrier(slow, url=through(post, proxy), answer_timeout=3).deliver())
        slow.close()
        assert [each.result for each in told] == ["unknown"]
        proxy.clear()
        until = time.monotonic() + 60
        while post.arrived(drawn["doc_number"]) == 0:
            assert time.monotonic() < until
            time.sleep(0.01)
    assert post.results(PATIENCE + 1) == ["delivered"]
    assert post.arrived(drawn["doc_number"]) == 1


# several at once


def test_two_deliverers_at_once_send_each_letter_once(post: Postal) -> None:
    drawn = [post.draw(f"k{number}") for number in range(12)]
    desks = [Counter(post.url, post.clock, post.rules) for _ in range(3)]
    carriers = [post.carrier(desk) for desk in desks]
    together, told = Barrier(3), []

    def carry(one: Deliverer) -> None:
        together.wait(30)
        told.extend(one.deliver())

    threads = [Thread(target=carry, args=(each,)) for each in carriers]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    for desk in desks:
        desk.close()
    assert sorted(each.result for each in told) == ["delivered"] * 12
    assert [post.arrived(each["doc_number"]) for each in drawn] == [1] * 12


def test_who_has_lost_the_lease_does_not_send(post: Postal) -> None:
    """A deliverer that was stopped before the letter left: another one has it by the time when it goes on."""

    class Slow(Counter):
        def run(self, command: str, **given: Any) -> Any:
            if command == "letter-leave":
                post.time += LEASE + 1
                assert post.results() == ["delivered"]
            return super().run(command, **given)

    drawn, slow = post.draw(), Slow(post.url, post.clock, post.rules)
    assert [each.result for each in post.carrier(slow).deliver()] == ["lost"]
    slow.close()
    assert post.arrived(drawn["doc_number"]) == 1
    assert post.state(drawn["id"]) == "delivered"


def test_a_clock_that_is_set_ahead_while_it_leaves_sends_no_second_one(post: Postal) -> None:
    """The lease has ended all at once, and who holds it is still sending."""

    class Jumping(Counter):
        def run(self, command: str, **given: Any) -> Any:
            done = super().run(command, **given)
            if command == "letter-leave":
                post.time += 2 * LEASE + PATIENCE
                assert post.results() == []
                assert post.state(given["id"]) == "unknown"
            return done

    drawn, jumping = post.draw(), Jumping(post.url, post.clock, post.rules)
    assert [each.result for each in post.carrier(jumping).deliver()] == ["delivered"]
    jumping.close()
    assert post.results(PATIENCE + 1) == []
    assert (post.arrived(drawn["doc_number"]), post.state(drawn["id"])) == (1, "delivered")


def test_a_letter_that_became_void_meanwhile_does_not_leave(post: Postal) -> None:
    class Late(Counter):
        def run(self, command: str, **given: Any) -> Any:
            if command == "letter-leave":
                post.run("letter-void", id=given["id"], by=BY, reason="发错")
            return super().run(command, **given)

    drawn, late = post.draw(), Late(post.url, post.clock, post.rules)
    assert [each.result for each in post.carrier(late).deliver()] == ["lost"]
    late.close()
    assert (post.arrived(drawn["doc_number"]), post.state(drawn["id"])) == (0, "void")


@pytest.mark.parametrize(("command", "left"), [("letter-void", 0), ("letter-delivered", 1)])
def test_of_a_letter_that_is_void_before_it_is_saved_no_document_is_left(
    post: Postal, tmp_path: Path, command: str, left: int
) -> None:
    """It lay in the folder, for somebody to bring."""
    drawn, out = post.draw(), tmp_path / "out"
    out.mkdir()

    class Meanwhile(Counter):
        def run(self, said: str, **given: Any) -> Any:
            if said == "letter-saved":
                super().run(command, id=drawn["id"], by=BY, reason="发错", at=DAY)
            return super().run(said, **given)

    desk = Meanwhile(post.url, post.clock, post.rules)
    assert [each.result for each in deliverer(desk, post.clock, post.rules, None, out).deliver()] == ["lost"]
    assert len(list(out.iterdir())) == left
    desk.close()
