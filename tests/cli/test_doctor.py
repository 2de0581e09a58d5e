"""`huaming doctor`: 0 where all will work, with warnings too; 1 where something will not; nothing stays behind."""

from pathlib import Path

from tests.cli.line import done, inside
from tests.cli.town import Town
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap
from tests.servers.stores import store_url


def test_all_is_well_and_nothing_stays_behind(town: Town) -> None:
    before = town.directory.search(town.directory.BASE_DN, scope="SUBTREE")
    said = done(town.house.run("doctor"))
    assert "✗" not in said
    assert "锁定后正确的密码被拒绝，解锁后可以登录，密码未动" in said
    assert town.directory.search(town.directory.BASE_DN, scope="SUBTREE") == before


def test_what_is_still_missing_is_a_warning_with_the_command_to_type(house: Served) -> None:
    done(inside("token", "revoke", "--name", "hr", "--config", house.config))
    said = done(inside("doctor", "--config", house.config))
    assert "! 名册库：没有可写的令牌，人事系统无法推送\n    huaming token create" in said
    assert "! 名册库：没有正在运行的服务\n    huaming serve" in said
    assert "✗" not in said


def test_what_observes_by_itself_was_to_be_forced_in_the_file(house: Served) -> None:
    """That would pass over whose the accounts are (S13)."""
    house.mode = None
    house.write_config()
    done(inside("adopt", "--system", "ldap", "--observe", "--by", "李科长", "--config", house.config))
    said = done(inside("doctor", "--config", house.config))
    assert "不写入任何内容\n    huaming adopt --system ldap --enforce --by 姓名" in said
    assert 'mode = "enforce"' not in said


def test_a_directory_that_cannot_lock_is_an_error_with_a_remedy(tmp_path: Path, bare_openldap: OpenLdap) -> None:
    house = Served(tmp_path, bare_openldap)
    house.write_config()
    before = bare_openldap.dump()
    answer = inside("doctor", "--config", house.config)
    assert (answer.returncode, answer.stderr) == (1, "")
    assert "✗ ldap：目录没有加载 ppolicy，不能锁定账号\n    " in answer.stdout
    assert bare_openldap.dump() == before


def test_a_directory_that_does_not_answer_is_an_error_with_a_remedy(lone: Served) -> None:
    answer = lone.run("doctor")
    assert (answer.returncode, answer.stderr) == (1, "")
    (line,) = (line for line in answer.stdout.splitlines() if line.startswith("✗"))
    assert line.startswith("✗ ldap：")


def test_a_house_without_systems_is_warned(tmp_path: Path) -> None:
    config = tmp_path / "huaming.toml"
    config.write_text(f'[store]\nurl = "{store_url(tmp_path / "huaming.db")}"\n')
    assert "! 系统：没有配置任何系统" in done(inside("doctor", "--config", config))


def test_whom_the_monthly_check_could_not_ask_is_a_warning(tmp_path: Path) -> None:
    config = tmp_path / "huaming.toml"
    letters = '[letters]\nbureau = "DT-X"\nfolder = "letters"\n[review.leader_offices]\nparty = "DT-Y"\n'
    config.write_text(f'[store]\nurl = "{store_url(tmp_path / "huaming.db")}"\n{letters}')
    said = done(inside("doctor", "--config", config))
    assert "! 核查：[letters] bureau「DT-X」不在花名册中" in said
    assert "! 核查：[review] leader_offices.party「DT-Y」不在花名册中" in said
    assert "! 核查：[review] leader_offices.government 没有配置，涉及区领导的账号无处可问" in said
