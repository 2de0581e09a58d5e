"""Letters by the OA: messages and form processes, each of them once, whatever gets lost."""

from typing import Any

import pytest

from connectors.base import Letters, Notice
from connectors.oa.connector import OaConnector
from mappings.model import Action, AlreadySo, Done, Refused, Retry, Unknown
from tests.contract.systems.oa import OaTarget
from tests.contract.target import Hand, group_ref, ref

FORM: dict[str, Any] = {
    "letter_template": "HJ01",
    "letter_form": "formmain_0124",
    "letter_fields": {"number": "编号", "subject": "标题", "text": "正文", "to": "主送", "department": "部门"},
}
CHIEF = 0  # 主管


def notice(number: str = "HM-2026-0001", **more: Any) -> Notice:
    return Notice(number, f"关于补交调入函的催办（{number}）", "请于三个工作日内来函。", **more)


def by_form(office: OaTarget) -> OaConnector:
    fields = frozenset(FORM["letter_fields"].values()) | {"期限"}
    office.office.put_template("HJ01", "来函催办", "formmain_0124", fields)
    return office.oa(**FORM)


def test_a_connector_brings_letters(office: OaTarget) -> None:
    assert isinstance(office.connector(), Letters)


# messages


def test_a_message_comes_once_to_each_person_named_and_to_nobody_locked(hand: Hand, office: OaTarget) -> None:
    states = {number: hand.create(number) for number in (1, 2, 3)}
    hand.do(Action.LOCK, 2, states[2])
    letter = notice(to=tuple(ref(number, state) for number, state in states.items()))
    assert isinstance(hand.connector, Letters)
    assert [hand.connector.send(letter), hand.connector.send(letter)] == [Done(), AlreadySo()]
    arrived = office.office.messages()
    assert sorted(login for login, _ in arrived) == ["user1", "user3"]
    assert all("HM-2026-0001" in text and "请于三个工作日内来函" in text for _, text in arrived)


def test_a_message_whose_answer_is_lost_is_unknown_and_not_sent_again(hand: Hand, office: OaTarget) -> None:
    letter = notice(to=(ref(1, hand.create(1)),))
    office.running.faults([{"match": "message/loginName", "times": 1, "lost": True}])
    assert isinstance(hand.connector, Letters)
    assert isinstance(hand.connector.send(letter), Unknown)
    assert hand.connector.send(letter) == AlreadySo()
    assert len(office.office.messages()) == 1


def test_who_has_it_already_is_passed_over_and_the_others_get_it(hand: Hand, office: OaTarget) -> None:
    one, two = ref(1, hand.create(1)), ref(2, hand.create(2))
    assert isinstance(hand.connector, Letters)
    assert hand.connector.send(notice(to=(one,))) == Done()
    assert hand.connector.send(notice(to=(one, two))) == Done()
    assert sorted(login for login, _ in office.office.messages()) == ["user1", "user2"]


def test_a_number_that_begins_like_another_is_another(hand: Hand, office: OaTarget) -> None:
    one = ref(1, hand.create(1))
    assert isinstance(hand.connector, Letters)
    assert hand.connector.send(notice("HM-10", to=(one,))) == Done()
    assert hand.connector.send(notice("HM-1", to=(one,))) == Done()
    assert len(office.office.messages()) == 2


def test_a_department_is_told_by_those_in_charge(hand: Hand, office: OaTarget) -> None:
    states = {number: hand.create(number) for number in (1, 2, 3)}
    home = hand.home()
    assert home is not None
    ids = [int(str(states[number].remote_id)) for number in (2, 3)]
    office.office.put_in_charge(int(str(home.remote_id)), CHIEF, *ids)
    hand.do(Action.LOCK, 3, states[3])
    assert isinstance(hand.connector, Letters)
    assert hand.connector.send(notice(departments=(home,))) == Done()
    assert [login for login, _ in office.office.messages()] == ["user2"]


def test_a_department_without_anybody_in_charge_is_told_by_all_who_are_there_now(hand: Hand, office: OaTarget) -> None:
    states = {number: hand.create(number) for number in (1, 2, 3)}
    to = group_ref(1, hand.create_group(1))
    hand.move(states[1], 1, to)
    hand.move(states[2], 2, to)
    hand.do(Action.LOCK, 2, states[2])
    assert isinstance(hand.connector, Letters)
    assert hand.connector.send(notice(departments=(to,))) == Done()
    assert [login for login, _ in office.office.messages()] == ["user1"]


def test_nobody_to_send_to_is_refused(hand: Hand, office: OaTarget) -> None:
    state = hand.create(1)
    hand.do(Action.LOCK, 1, state)
    assert isinstance(hand.connector, Letters)
    for letter in (notice(to=(ref(1, state), ref(9))), notice(departments=(group_ref(1, hand.create_group(1)),))):
        outcome = hand.connector.send(letter)
        assert isinstance(outcome, Refused)
        assert outcome.code == "no-recipient"
    assert office.office.messages() == []


def test_a_message_with_an_attachment_or_without_a_sender_is_refused(hand: Hand, office: OaTarget) -> None:
    one = ref(1, hand.create(1))
    with_file = hand.connector.send(notice(to=(one,), attachments=(("函.pdf", b"%PDF"),)))  # type: ignore[attr-defined]
    without_sender = office.oa(login_name="").send(notice(to=(one,)))
    assert [each.code for each in (with_file, without_sender)] == ["attachments", "no-sender"]
    assert office.office.messages() == []


# processes


def test_a_process_is_started_once_with_its_form_and_attachments(hand: Hand, office: OaTarget) -> None:
    connector = by_form(office)
    letter = notice(
        to=(ref(1, hand.create(1)),), form={"期限": "2026-03-05"}, attachments=(("调入函 样式.pdf", b"%PDF-1.7\r\n\0"),)
    )
    assert [connector.send(letter), connector.send(letter)] == [Done(), AlreadySo()]
    (started,) = office.office.processes()
    assert "HM-2026-0001" in started["subject"]
    assert len(started["attachments"]) == 1
    said = str(started["data"])
    assert all(text in said for text in ("2026-03-05", "王1", "请于三个工作日内来函", "HM-2026-0001"))


@pytest.mark.parametrize("fault", [{"lost": True}, {"html": True}, {"cut": True}, {"status": 500}])
def test_a_process_that_was_started_though_nobody_said_so_is_not_started_again(
    hand: Hand, office: OaTarget, fault: dict[str, Any]
) -> None:
    connector = by_form(office)
    letter = notice(to=(ref(1, hand.create(1)),))
    office.running.faults([{"match": "bpm/process/start", "times": 1, **fault}])
    assert isinstance(connector.send(letter), Unknown)
    started = len(office.office.processes())
    assert connector.send(letter) == (AlreadySo() if started else Done())
    assert len(office.office.processes()) == 1
    assert connector.send(letter) == AlreadySo()


def test_what_was_started_is_found_with_the_time_of_its_start(hand: Hand, office: OaTarget) -> None:
    connector = by_form(office)
    letter = notice(to=(ref(1, hand.create(1)),))
    connector.send(letter)
    found = connector.send(letter)
    assert isinstance(found, AlreadySo)
    assert found.at is not None
    assert found.at.timestamp() * 1000 == office.office.processes()[0]["createDate"]


def test_what_is_no_longer_to_leave_does_not(hand: Hand, office: OaTarget) -> None:
    one = ref(1, hand.create(1))
    asked: list[str] = []
    for connector in (office.oa(), by_form(office)):
        outcome = connector.send(notice(to=(one,), leaves=lambda: asked.append("once") is not None))
        assert isinstance(outcome, Retry)
    assert (asked, office.office.messages(), office.office.processes()) == (["once", "once"], [], [])


def test_a_letter_to_several_departments_is_one_process_or_none(hand: Hand, office: OaTarget) -> None:
    connector = by_form(office)
    home = hand.home()
    assert home is not None
    hand.create(1)
    empty = group_ref(1, hand.create_group(1))
    outcome = connector.send(notice("HM-1", departments=(home, empty)))
    assert isinstance(outcome, Refused)
    assert office.office.processes() == []
    to = hand.create(2)
    hand.move(to, 2, empty)
    assert connector.send(notice("HM-1", departments=(home, empty))) == Done()
    (started,) = office.office.processes()
    assert all(name in str(started["data"]) for name in ("王1", "王2"))


def test_the_token_of_the_sender_is_renewed_too(hand: Hand, office: OaTarget) -> None:
    connector = by_form(office)
    one = ref(1, hand.create(1))
    assert connector.send(notice("HM-1", to=(one,))) == Done()
    office.office.revoke_tokens()
    assert connector.send(notice("HM-2", to=(one,))) == Done()
    assert len(office.office.processes()) == 2


def test_a_template_that_is_not_there_is_refused_and_nothing_is_started(hand: Hand, office: OaTarget) -> None:
    connector = office.oa(**FORM | {"letter_template": "NONE"})
    outcome = connector.send(notice(to=(ref(1, hand.create(1)),)))
    assert isinstance(outcome, Refused)
    assert office.office.processes() == []


def test_what_was_sent_is_found_among_many(hand: Hand, office: OaTarget) -> None:
    connector = by_form(office)
    one = ref(1, hand.create(1))
    for number in range(12):
        assert connector.send(notice(f"HM-{number}", to=(one,))) == Done()
    assert connector.send(notice("HM-0", to=(one,))) == AlreadySo()
    assert len(office.office.processes()) == 12
