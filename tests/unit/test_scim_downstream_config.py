"""`[systems.NAME] kind = "scim"`: what is accepted, and what is refused with a sentence."""

from typing import Any

import pytest
from pydantic import ValidationError

from connectors.scim.config import ScimConfig
from connectors.scim.connector import ScimConnector
from scim_server.clock import Clock
from scim_server.settings import BadSettings, Settings
from scim_server.systems import TABLE, followed, serves_plain, targets
from tests.flows.client import Json

URL = "https://mail.example.cn/scim/v2"


def config(**settings: Any) -> ScimConfig:
    return ScimConfig(**{"url": URL, "token": "t"} | settings)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"token": None}, "二者择一"),
        ({"user": "u", "password": "p"}, "二者择一"),
        ({"token": None, "user": "u"}, "二者择一"),
        ({"password": "p"}, "二者择一"),
        ({"token": "密"}, "ASCII"),
        ({"url": "http://mail.example.cn/scim"}, "plain_http"),
        ({"url": "mail.example.cn"}, "https://"),
        ({"unmanaged": ["nickName"]}, "nickName"),
        ({"unmanaged": ["externalId"]}, "userName 和 externalId"),
        ({"lock": "none"}, "active"),
        ({"tokn": "t"}, "tokn"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        config(**settings)


def test_a_flat_table_may_say_lists_as_text() -> None:
    made = config(unmanaged="title, name.formatted", protected="admin,E1", url=f"{URL}/")
    assert (made.unmanaged, made.protected, made.url) == (("title", "name.formatted"), ("admin", "E1"), URL)
    assert made.protects("ADMIN")
    assert not made.protects("E2", None)


def test_credentials_are_a_bearer_token_or_basic_and_are_not_shown() -> None:
    basic = config(token=None, user="张", password="p:w")
    assert config().authorization == "Bearer t"
    assert basic.authorization == "Basic 5bygOnA6dw=="
    assert "p:w" not in repr(basic)
    assert "s3cret" not in repr(config(token="s3cret"))


def test_pace_is_told_as_data_only_where_there_is_a_limit() -> None:
    def described(made: ScimConfig) -> Any:
        return ScimConnector("mail", made, lambda: 0.0, lambda: None).describe()  # type: ignore[arg-type, return-value]

    assert described(config()).windows == ()
    (window,) = described(config(calls_per_minute=60)).windows
    assert (window.calls, window.seconds) == (60, 60.0)
    assert "title" not in described(config(unmanaged=["title"])).managed


def _settings(**table: Any) -> Settings:
    given: Json = {"systems": {"mail": {"kind": "scim", "url": URL, "token": "t"} | table}}
    return Settings.model_validate(given)


def test_the_row_makes_a_target_open_to_plain_users_that_follows_the_oa() -> None:
    settings = _settings()
    (target,) = targets(settings, Clock())
    assert (target.name, target.kind, target.follows, target.plain) == ("mail", "scim", "oa", True)
    assert followed(settings.systems["mail"]) == "oa"
    assert serves_plain(settings.systems["mail"])
    assert TABLE["scim"].managed == target.managed


def test_a_fault_in_the_table_names_the_table() -> None:
    with pytest.raises(BadSettings, match=r"systems\.mail.*plain_http"):
        targets(_settings(url="http://mail.example.cn"), Clock())
