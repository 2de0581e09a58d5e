"""The seeded month: who is asked about, who is left out and why, counted a second time from the seed itself."""

import json
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

from scim_server.operate.review import Opening
from scim_server.operate.review_shown import shown
from tests.policy.naive import Life as Walked
from tests.review.lives import LIVES, SYSTEMS, Life
from tests.review.month import DEPARTMENTS, OTHERS, START, TERMINALS, WATCHED, Month, Soul, souls
from tests.servers.stores import rows

NUMBER = 5000
FIRST, LAST = date(2026, 6, 1), date(2026, 7, 1)
BUREAU = "三亚市崖州区科学技术和工业信息化局"


# the recount: nothing of the house is asked


def expected_verdict(one: Soul, system: str) -> tuple[str, str | None]:
    reason = one.life.reason(system)
    if reason is not None:
        return "excluded", reason
    used = [at for _, at in one.uses(system)]
    if any(at >= START for at in used):
        return "operated", None
    watched = set(TERMINALS[system]) <= set(WATCHED[system])
    return ("silent" if watched or (system == "wecom" and one.never) else "no-data"), None


def expected_addressees(one: Soul) -> tuple[str, ...]:
    if one.life.name == "leader of the congress":
        return ("RD",)
    by_word = {"own": (one.department,), "offices": ("PTY", "GOV"), "nobody": (), "moved": ("KGX",)}
    return by_word[one.life.asked]


def expected(people: list[Soul]) -> dict[tuple[str, str], tuple[str, str | None]]:
    return {
        (one.key, system): expected_verdict(one, system) for one in people if not one.life.gone for system in SYSTEMS
    }


def walked(life: Life) -> list[dict[str, Any]]:
    """What the second evaluator of the policy says of that life, each day of the window."""
    one = Soul(1, life)
    key = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:Group"
    groups = [{"externalId": "D0", key: {"kind": "root"}}]
    groups += [{"externalId": each, key: {"kind": "gov", "parent": "D0"}} for each in (*DEPARTMENTS, *OTHERS)]
    groups += [{"externalId": f"{each}-1", key: {"kind": "office", "parent": each}} for each in DEPARTMENTS]
    days = dict(Walked(one.user, {"created": "2020-01-01", **life.marks}, groups, {}).walk(LAST))
    return [answer for day, answer in days.items() if day >= FIRST]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_the_lives_are_what_they_are_called(life: Life) -> None:
    """Whoever typed the list of reasons and whoever wrote the second evaluator agree on who was active all along."""
    answers = walked(life)
    for system in SYSTEMS:
        throughout = all(each["systems"][system] == "active" for each in answers)
        by_record = life.recorded and life.reason(system) is not None
        assert throughout == ((life.reason(system) is None and not life.gone) or by_record), (life.name, system)


# the house


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Month:
    month = Month(tmp_path_factory.mktemp("month"), souls(NUMBER))
    Opening(month.desk, "王主任").open(None, None)
    return month


def test_every_account_is_found_as_it_was_seeded(checked: Month) -> None:
    keys = {one.subject: one.key for one in checked.people}
    stored = rows(checked.url, "SELECT subject, system, verdict, reason FROM review_accounts")
    found = {(keys[subject], system): (verdict, reason) for subject, system, verdict, reason in stored}
    wanted = expected(checked.people)
    assert {
        key: (found.get(key), wanted.get(key))
        for key in found.keys() | wanted.keys()
        if found.get(key) != wanted.get(key)
    } == {}
    assert len({reason for _, reason in wanted.values()}) == 12, "every reason but that of a letter gate occurs"


def test_each_silent_account_is_a_case_with_its_addressees(checked: Month) -> None:
    people = {one.subject: one for one in checked.people}
    stored = rows(checked.url, "SELECT subject, system, addressees, leader FROM cases")
    found = {(people[of].key, system): (tuple(json.loads(to)), bool(leader)) for of, system, to, leader in stored}
    keyed = {one.key: one for one in checked.people}
    wanted = {
        (key, system): (expected_addressees(keyed[key]), keyed[key].life.asked == "offices")
        for (key, system), (verdict, _) in expected(checked.people).items()
        if verdict == "silent"
    }
    assert found == wanted
    assert {system for _, system in found} == {"oa", "wecom", "attendance"}, "nobody watched the directory"


def test_a_department_gets_one_letter_and_the_leaders_both_offices(checked: Month) -> None:
    keyed = {one.key: one for one in checked.people}
    wanted: dict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
    titles = {"oa": "政务OA", "wecom": "政务微信", "attendance": "无感考勤"}
    for (key, system), (verdict, _) in expected(checked.people).items():
        if verdict == "silent" and expected_addressees(keyed[key]):
            wanted[expected_addressees(keyed[key])].add((key, titles[system]))
    stored = rows(checked.url, "SELECT kind, addressees, restricted, content, number, title FROM register")
    letters = {tuple(json.loads(to)): (kind, bool(hidden), json.loads(said)) for kind, to, hidden, said, _, _ in stored}
    found = {
        to: {(each["number"], each["system"]) for each in said["accounts"]} for to, (_, _, said) in letters.items()
    }
    assert found == dict(wanted)
    assert len(stored) == len(letters)
    assert sorted(number for *_, number, _ in stored) == list(range(1, len(stored) + 1))
    assert {to: (kind, hidden) for to, (kind, hidden, _) in letters.items() if hidden or len(to) > 1} == {
        ("PTY", "GOV"): ("leaders-inquiry", True)
    }
    said = letters["PTY", "GOV"][2]
    assert said["addressees"] == ["区委办公室", "区政府办公室"]
    assert {name: said[name] for name in ("checked", "window_start", "window_end", "due", "bureau")} == {
        "checked": "2026-07-01", "window_start": "2026-06-01", "window_end": "2026-06-30", "due": "2026-07-06",
        "bureau": BUREAU,
    }  # fmt: skip
    assert said["systems"] == ["政务OA", "政务微信", "无感考勤"], "the directory told nothing"


def test_every_case_but_those_with_nobody_to_ask_stands_in_a_letter(checked: Month) -> None:
    lost = rows(checked.url, "SELECT subject FROM cases WHERE letter IS NULL")
    silent = {subject for (subject,) in rows(checked.url, "SELECT subject FROM cases")}
    nobody = {one.subject for one in checked.people if one.life.asked == "nobody"}
    assert {subject for (subject,) in lost} == nobody & silent
    assert lost


def test_what_is_shown_adds_up(checked: Month) -> None:
    said = shown(checked.desk, "2026-07", restricted=True)
    wanted = Counter((system, verdict) for (_, system), (verdict, _) in expected(checked.people).items())
    for system in SYSTEMS:
        told = said["systems"][system]
        assert {verdict: told[verdict] for verdict in ("operated", "silent", "no-data", "excluded")} == {
            verdict: wanted[system, verdict] for verdict in ("operated", "silent", "no-data", "excluded")
        }
        reasons = Counter(
            reason for (_, of), (_, reason) in expected(checked.people).items() if of == system and reason
        )
        assert told["reasons"] == dict(reasons)
    assert said["noData"] == {"ldap": ["any"], "wecom": ["mobile"]}
    assert [(each["system"], each["remoteId"]) for each in said["strangers"]] == [("oa", "robot"), ("wecom", "printer")]
    assert said["state"] == "open"
    assert len(said["list"]) == sum(said["systems"][each]["silent"] for each in SYSTEMS)


def test_the_public_face_tells_of_no_lock_and_no_leader(checked: Month) -> None:
    said = shown(checked.desk, "2026-07", restricted=False)
    reasons = {reason for system in said["systems"].values() for reason in system["reasons"]}
    assert reasons == {"not-throughout", "not-needed", "protected", "absent", "parked", "held"}
    leaders = {one.key for one in checked.people if one.life.asked == "offices"}
    assert not leaders & {each["externalId"] for each in said["list"]}
    assert said["leaders"] > 0
    assert not {"answer", "reason", "leader"} & {name for each in said["list"] for name in each}
