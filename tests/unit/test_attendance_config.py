"""What an administrator may write under [systems.attendance], and what is sent back with a sentence."""

from typing import Any

import pytest
from pydantic import ValidationError

from connectors.attendance.config import AttendanceConfig, Door

LEAST = {"url": "https://isc.example.cn/artemis", "app_key": "29000001", "app_secret": "s3cret"}


def config(**more: Any) -> AttendanceConfig:
    return AttendanceConfig.model_validate(LEAST | more)


def test_doors_are_codes_and_channels_in_a_text_or_a_list() -> None:
    assert config(doors="a:1, b:2,c").doors == (Door("a", 1), Door("b", 2), Door("c", 1))
    assert config(doors=["a:1", "b:2"]).doors == (Door("a", 1), Door("b", 2))
    assert config(doors="").doors == config().doors == ()


@pytest.mark.parametrize("doors", ["a:x", ":1", "a:1,a:1", ["a:-1"]])
def test_doors_that_are_none_are_refused(doors: Any) -> None:
    with pytest.raises(ValidationError, match="doors"):
        config(doors=doors)


def test_plain_http_goes_to_this_machine_alone_unless_told_otherwise() -> None:
    assert config(url="http://127.0.0.1:8080/artemis/").url == "http://127.0.0.1:8080/artemis"
    with pytest.raises(ValidationError, match="plain_http"):
        config(url="http://isc.example.cn/artemis")
    assert config(url="http://isc.example.cn/artemis", plain_http=True).plain_http


def test_protected_accounts_in_a_text_or_a_list() -> None:
    assert (
        config(protected="ADMIN,8c3f").protected == config(protected=["ADMIN", "8c3f"]).protected == ("ADMIN", "8c3f")
    )


def test_no_secret_shows() -> None:
    assert "s3cret" not in repr(config())
    assert "29000001" not in repr(config())


@pytest.mark.parametrize("name", ["app_key", "tag_id", "user_id"])
@pytest.mark.parametrize("value", ["２９００", "合作方", "29000001 ", "29\n000001", "\ufeff29000001"])
def test_what_goes_in_a_header_is_plain_ascii_or_is_sent_back(name: str, value: str) -> None:
    """A key copied with a full-width character was a crash at the first call, and a row parked for each person."""
    with pytest.raises(ValidationError, match=name):
        config(**{name: value})
    assert getattr(config(**{name: "29-00_0001"}), name) == "29-00_0001"


@pytest.mark.parametrize("more", [{"rights": "all"}, {"page_size": 1001}, {"unknown": 1}, {"app_secret": ""}])
def test_what_it_does_not_know_it_refuses(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config(**more)
