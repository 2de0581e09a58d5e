"""What `doctor` says about an OA: in words of its administrators, and leaving nothing behind."""

from pathlib import Path

import pytest

from mappings.model import Finding
from tests.contract.systems.oa import OaTarget


def errors(findings: list[Finding]) -> list[Finding]:
    found = [each for each in findings if each.level == "error"]
    assert all(each.remedy for each in found)
    return found


def said(findings: list[Finding]) -> str:
    return "\n".join(f"{each.level}: {each.text} {each.remedy}" for each in findings)


def test_all_is_well_and_nothing_is_left(office: OaTarget) -> None:
    before = office.office.accounts(), office.departments()
    findings = list(office.connector().check())
    assert [each for each in findings if each.level != "ok"] == []
    assert (office.office.accounts(), office.departments()) == before
    assert "区政府" in said(findings)


def test_the_points_that_differ_from_build_to_build_and_the_passwords_are_told(office: OaTarget) -> None:
    told = said(list(office.oa(first_page=0).check()))
    assert "first_page = 0" in told
    assert "随机" in told
    assert "不能提供最近登录时间" in told


def test_a_wrong_password_is_an_error_with_its_remedy(office: OaTarget) -> None:
    (found,) = errors(list(office.oa(password="wrong-password").check()))
    assert "REST 用户管理" in found.remedy
    assert "wrong-password" not in said([found])


def test_a_unit_that_is_not_there(office: OaTarget) -> None:
    (found,) = errors(list(office.oa(unit="没有").check()))
    assert "「没有」" in found.text
    assert "unit" in found.remedy


@pytest.mark.parametrize("key", ["default_post", "default_level"])
def test_a_default_that_is_not_there_is_named(office: OaTarget, key: str) -> None:
    found = errors(list(office.oa(**{key: "大校"}).check()))
    assert found
    assert all("「大校」" in each.text for each in found)


def test_a_unit_of_ours_without_the_default_post_is_named(office: OaTarget) -> None:
    office.office.put_post("办事员")
    office.office.put_unit("区教育局", "D09")
    (found,) = errors(list(office.oa(default_post="办事员").check()))
    assert "「区教育局」" in found.text


def test_the_table_of_positions_is_compared_with_the_posts(office: OaTarget, tmp_path: Path) -> None:
    table = tmp_path / "positions.csv"
    table.write_text("position,post,level\n局长,大校,\n科长,科长,\n", encoding="utf-8")
    findings = list(office.oa(positions=str(table)).check())
    assert errors(findings) == []
    assert [each.text for each in findings if each.level == "warning" and "「大校」" in each.text]
    assert "「科长」" not in said([each for each in findings if each.level != "ok"])


def test_one_post_under_two_names_is_an_error_since_it_would_never_settle(office: OaTarget, tmp_path: Path) -> None:
    table = tmp_path / "positions.csv"
    table.write_text("position,post,level\n办事员,01,\n", encoding="utf-8")  # the code of the default post
    (found,) = errors(list(office.oa(positions=str(table)).check()))
    assert "「01」" in found.text


def test_a_user_without_the_grant_is_told_which(office: OaTarget) -> None:
    office.switches.grants = frozenset({"message"})
    found = errors(list(office.connector().check()))
    assert found
    assert "授权" in said(found)


def test_a_sender_that_is_not_there(office: OaTarget) -> None:
    (found,) = errors(list(office.oa(login_name="nobody").check()))
    assert "login_name" in found.remedy
    findings = list(office.oa(login_name="").check())
    assert errors(findings) == []
    assert "warning: 没有设置 login_name" in said(findings)
