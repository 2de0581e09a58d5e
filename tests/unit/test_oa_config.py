"""`[systems.oa]`: what may stand there, and what is said about what may not."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.oa.config import OaConfig

SOUND: dict[str, Any] = {
    "url": "https://oa.example.cn/seeyon/rest/",
    "user": "huaming",
    "password": "Wan-Fu!2024",
    "unit": "崖州区",
    "default_post": "科员",
    "default_level": "科员级",
}


def table(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "positions.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_the_least_that_must_be_said() -> None:
    config = OaConfig(**SOUND)
    assert config.url == "https://oa.example.cn/seeyon/rest"
    assert (config.unit_kinds, config.places, config.first_page) == ((), {}, "probe")


def test_the_password_is_not_shown() -> None:
    assert "Wan-Fu" not in repr(OaConfig(**SOUND))


@pytest.mark.parametrize("missing", sorted(SOUND))
def test_what_must_be_said(missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        OaConfig(**{name: value for name, value in SOUND.items() if name != missing})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"url": "http://oa.example.cn/seeyon/rest"}, "plain_http"),
        ({"url": "oa.example.cn"}, "url"),
        ({"page_size": 0}, "page_size"),
        ({"first_page": 2}, "first_page"),
        ({"pasword": "x"}, "pasword"),
        ({"letter_template": "HJ01"}, "letter_form"),
        ({"letter_fields": {"sender": "发件人"}}, "letter_fields"),
        ({"positions": "/does/not/exist.csv"}, "positions"),
    ],
)
def test_what_may_not_be_said(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        OaConfig(**SOUND | changes)


def test_plain_http_needs_no_leave_towards_loopback_and_leave_elsewhere() -> None:
    assert OaConfig(**SOUND | {"url": "http://127.0.0.1:8080/seeyon/rest"})
    assert OaConfig(**SOUND | {"url": "http://oa.example.cn/seeyon/rest", "plain_http": True})


def test_a_list_may_be_one_text() -> None:
    config = OaConfig(**SOUND | {"unit_kinds": "gov, unit", "protected": ["admin"]})
    assert (config.unit_kinds, config.protected) == (("gov", "unit"), ("admin",))


def test_the_table_of_positions(tmp_path: Path) -> None:
    text = "\ufeffposition,post,level\r\n局长,局长,正科级\r\n\r\n科员,,\r\n"
    config = OaConfig(**SOUND | {"positions": table(tmp_path, text)})
    assert config.places == {"局长": ("局长", "正科级"), "科员": ("", "")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "第 1 行应为 position,post,level"),
        ("职务,岗位,级别\n", "第 1 行"),
        ("position,post,level\n局长,局长\n", "第 2 行"),
        ("position,post,level\n局长,a,b\n,a,b\n", "第 3 行"),
        ("position,post,level\n局长,a,b\n局长,c,d\n", "第 3 行：重复了职务「局长」"),
        ('position,post,level\n"局长,a,b\n', "第 2 行"),
        ("局长".encode("gbk"), "UTF-8"),
    ],
)
def test_a_fault_in_the_table_names_its_line(tmp_path: Path, text: str | bytes, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        OaConfig(**SOUND | {"positions": table(tmp_path, text)})
