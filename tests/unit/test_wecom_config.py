"""`[systems.wecom]`: what is refused before anything starts, and that no secret is shown."""

import pytest
from pydantic import ValidationError

from connectors.wecom.config import PUBLIC, WecomConfig
from connectors.wecom.pace import COSTS, windows
from mappings.model import Action, Window

LEAST = {"corp_id": "ww1", "secret": "geheim"}


def test_the_least_that_must_be_said() -> None:
    config = WecomConfig(**LEAST)
    assert (config.url, config.root_id, config.to_invite, config.readable) == (PUBLIC, 1, False, False)


def test_no_secret_is_shown() -> None:
    config = WecomConfig(**LEAST, activity_secret="auch-geheim", reading_secret="ebenso-geheim")
    assert "geheim" not in repr(config) + str(config)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://wecom.example.cn"},
        {"url": "wecom.example.cn"},
        {"url": "https://u:p@wecom.example.cn"},
        {"secret": ""},
        {"reading_secret": ""},
        {"corp_id": ""},
        {"root_id": 0},
        {"seats": 0},
        {"page_size": 10_001},
        {"answer_timeout": 0},
        {"listing": "batch"},
        {"extattr": {"工号": "mobile"}},
        {"extattr": {"工=号": "key"}},
        {"extattr": {" ": "key"}},
        {"misspelt": True},
    ],
)
def test_what_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WecomConfig(**LEAST | wrong)  # type: ignore[arg-type]


def test_plain_http_is_allowed_towards_loopback_and_where_it_is_wished() -> None:
    WecomConfig(**LEAST, url="http://127.0.0.1:8090/prefix")
    WecomConfig(**LEAST, url="http://wecom.example.cn", plain_http=True)


def test_windows_are_the_vendors_and_creations_are_three_times_the_seats_in_a_month() -> None:
    told = windows(WecomConfig(**LEAST, seats=100, calls_per_minute=600))
    assert Window("user/create", 300, 31 * 86400.0) in told
    assert Window("user/get", 600, 60.0) in told
    assert Window("user/get", 150_000, 3600.0) in told
    without = windows(WecomConfig(**LEAST))
    assert max(each.seconds for each in without) == 3600.0
    assert {each.verb for each in told} == {verb for cost in COSTS.values() for verb in cost}
    assert COSTS.keys() == {"observe", "activity", *(action.value for action in Action)}
