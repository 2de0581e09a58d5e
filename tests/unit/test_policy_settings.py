"""`[policy]` of the configuration as the policy takes it, and what follows from the table of systems."""

from pathlib import Path
from typing import Any

import pytest

from mappings.facts import Marks, Ruling
from mappings.model import Org, Person, Presence
from mappings.policy.readings import DEFAULT, Readings
from scim_server.clock import Clock
from scim_server.settings import BadSettings, Settings, load
from scim_server.systems import readings, targets

LDAP = {"url": "ldap://127.0.0.1:9", "bind_dn": "cn=a,dc=x", "bind_password": "geheim", "base_dn": "dc=x"}
TODAY = "2026-03-10"


def settings(folder: Path, policy: str, more: str = "") -> Settings:
    path = folder / "huaming.toml"
    path.write_text(f"[policy]\n{policy}\n{more}", encoding="utf-8")
    return load(path)


def read(folder: Path, policy: str, more: str = "") -> Readings:
    return readings(settings(folder, policy, more), TODAY)


def test_without_a_word_the_defaults_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, "") == DEFAULT


def test_every_key_is_read(tmp_path: Path) -> None:
    said = """
    letter_gate = "all"
    letter_gate_from = 2026-01-01
    internal_secondment_senders = "home"
    count_start_day = true
    closing_time = "17:30"
    barred_departure = "remove"
    barred_categories = ["administrative", "gov-employee"]
    """
    found = read(tmp_path, said, "[systems.wecom]\nplain = true\n[systems.ldap]\nplain = false")
    assert found == Readings(
        letter_gate="all",
        letter_gate_from="2026-01-01",
        internal_secondment_senders="home",
        count_start_day=True,
        closing_time="17:30",
        barred_departure="remove",
        barred_categories=frozenset({"administrative", "gov-employee"}),
        plain=frozenset({"wecom"}),
    )


def test_a_gate_without_a_day_holds_from_the_day_it_was_set(tmp_path: Path) -> None:
    assert read(tmp_path, 'letter_gate = "open"').letter_gate_from == TODAY
    assert read(tmp_path, 'letter_gate = "none"').letter_gate_from is None
    assert read(tmp_path, 'letter_gate = "open"\nletter_gate_from = "2026-02-01"').letter_gate_from == "2026-02-01"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('letter_gat = "open"', "policy.letter_gat"),
        ('letter_gate = "shut"', "policy.letter_gate"),
        ('letter_gate_from = "2026-02-30"', "policy.letter_gate_from"),
        ("letter_gate_from = 2026-02-01T00:00:00", "policy.letter_gate_from"),
        ('internal_secondment_senders = "host"', "policy.internal_secondment_senders"),
        ('count_start_day = "perhaps"', "policy.count_start_day"),
        ('closing_time = "24:30"', "policy.closing_time"),
        ('closing_time = "5pm"', "policy.closing_time"),
        ('barred_departure = "never"', "policy.barred_departure"),
        ('barred_categories = ["soldier"]', "policy.barred_categories"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, line: str, named: str) -> None:
    with pytest.raises(BadSettings, match=rf"huaming\.toml: {named}") as refused:
        settings(tmp_path, line)
    assert "\n" not in str(refused.value)


def plainly(tmp_path: Path, **ldap: Any) -> Any:
    """What the directory must show of a plain user, as configured."""
    lines = "\n".join(f"{key} = {value!r}" for key, value in (LDAP | ldap).items()).replace("False", "false")
    (target,) = targets(chosen := settings(tmp_path, "", f"[systems.ldap]\n{lines}"), Clock(), readings(chosen, TODAY))
    return lambda person: target.person(person, TODAY, Org()).state.presence


def test_a_system_that_is_closed_to_plain_users_has_none_of_them(tmp_path: Path) -> None:
    person = Person("s", "E1", "a", created="2026-03-01")
    assert plainly(tmp_path)(person) is Presence.ACTIVE
    assert plainly(tmp_path, plain=False)(person) is Presence.REMOVED


def test_rulings_hold_for_plain_users_too(tmp_path: Path) -> None:
    presence = plainly(tmp_path)

    def judged(*rulings: Ruling) -> Any:
        return presence(Person("s", "E1", "a", created="2026-03-01", marks=Marks(rulings=rulings)))

    assert judged(Ruling("2026-03-05")) is Presence.LOCKED
    assert judged(Ruling("2026-03-05", systems=("oa",))) is Presence.ACTIVE
    assert judged(Ruling("2026-03-05", "2026-03-09")) is Presence.ACTIVE
    assert judged(Ruling("2026-03-05", kind="reply-says-left")) is Presence.REMOVED
