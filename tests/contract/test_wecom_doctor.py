"""The doctor on WeCom: what will not work is said before it does not work, with what to do, and leaves no trace."""

from collections.abc import Iterator
from typing import Any

import pytest

from mappings.model import Finding
from tests.contract.systems.wecom import OLD, SINCE_2022, WecomTarget, wecom


def findings(target: WecomTarget, **settings: Any) -> list[Finding]:
    return list(target.wecom(**settings).check())


def wrong(found: list[Finding]) -> list[Finding]:
    return [each for each in found if each.level == "error"]


@pytest.mark.parametrize("switches", [{}, SINCE_2022, OLD], ids=["today", "since-2022", "old"])
def test_all_well_is_said_and_nothing_is_written(request: pytest.FixtureRequest, switches: dict[str, Any]) -> None:
    target = wecom(switches)(request)
    target.vendor.put_member("E1", "王1", [1], email="e1@x.cn")
    before = target.people(), target.groups()
    found = findings(target, seats=100)
    assert wrong(found) == []
    assert any("可以写通讯录" in each.text for each in found)
    assert (target.people(), target.groups(), target.vendor.invited()) == (*before, [])


def test_the_secret_of_an_application_reads_and_may_not_write(request: pytest.FixtureRequest) -> None:
    target = wecom({})(request)
    (error,) = wrong(findings(target, secret=target.corp.app_secret))
    assert "48002" in error.text
    assert "通讯录同步" in error.remedy


@pytest.mark.parametrize(
    ("match", "code", "remedy"),
    [
        ("user/delete", 60020, "企业可信 IP"),
        ("user/delete", 48002, "编辑通讯录"),
        ("user/delete", 60011, "编辑通讯录"),
        ("gettoken", 40013, "corp_id"),
        ("department/", 48002, "通讯录同步"),
        ("user/get", 40014, "时钟"),
    ],
)
def test_what_is_refused_comes_with_what_to_do(
    request: pytest.FixtureRequest, match: str, code: int, remedy: str
) -> None:
    target = wecom({})(request)
    target.running.faults([{"match": match, "code": code}])
    (error,) = wrong(findings(target))
    assert str(code) in error.text
    assert remedy in error.remedy


def test_a_wrong_secret_is_told_without_being_shown(request: pytest.FixtureRequest) -> None:
    target = wecom({})(request)
    (error,) = wrong(findings(target, secret="falsch-geheim"))
    assert "geheim" not in error.text + error.remedy
    assert "Secret" in error.remedy


def test_a_root_that_is_not_there(request: pytest.FixtureRequest) -> None:
    target = wecom({})(request)
    (error,) = wrong(findings(target, root_id=999))
    assert "999" in error.text
    assert "root_id" in error.remedy


def test_a_server_that_does_not_answer(request: pytest.FixtureRequest) -> None:
    (error,) = wrong(findings(wecom({})(request), url="http://127.0.0.1:1"))
    assert "curl" in error.remedy


@pytest.fixture
def warnings(request: pytest.FixtureRequest) -> Iterator[Any]:
    target = wecom({})(request)

    def of(**settings: Any) -> str:
        return " ".join(each.text for each in findings(target, **settings) if each.level == "warning")

    return of


def test_what_is_not_known_is_said(warnings: Any) -> None:
    assert "无数据" in warnings(activity_secret=None)
    assert "seats" in warnings()
    assert "seats" not in warnings(seats=10)
    assert "邀请" in warnings(to_invite=True)
    assert "明文" in warnings(plain_http=True)


def test_a_log_that_an_application_may_not_read_is_a_warning(request: pytest.FixtureRequest) -> None:
    target = wecom({})(request)
    found = findings(target, activity_secret=target.corp.secret)
    assert wrong(found) == []
    assert any("成员操作记录读不了" in each.text for each in found)


def test_a_member_of_the_testers_name_is_left_alone(request: pytest.FixtureRequest) -> None:
    target = wecom({})(request)
    target.vendor.put_member("huaming-doctor", "有人", [1], email="x@x.cn")
    found = findings(target)
    assert wrong(found) == []
    assert any("huaming-doctor" in each.text for each in found)
    assert "huaming-doctor" in target.people()
