"""Wrong configurations: exit code 2 and a sentence that names the key; where the configuration is looked for."""

import json
from pathlib import Path

import pytest
from sqlalchemy import inspect

from scim_server.store.engine import open_engine
from tests.cli.line import done, huaming, inside, refused
from tests.servers.stores import store_url

LDAP = {"url": "ldap://127.0.0.1:9", "bind_dn": "cn=a,dc=x", "bind_password": "geheim", "base_dn": "dc=x"}


def written(folder: Path, ldap: dict[str, object] | None = None, **lines: str) -> Path:
    """A configuration; `lines` are added to their sections."""
    path = folder / "huaming.toml"
    sections = {"store": f'url = "{store_url(folder / "huaming.db", empty=True)}"'} | lines
    if ldap is not None:
        sections["systems.ldap"] = "\n".join(f"{key} = {json.dumps(value)}" for key, value in ldap.items())
    path.write_text("".join(f"[{name}]\n{text}\n" for name, text in sections.items()), encoding="utf-8")
    return path


def used(folder: Path) -> bool:
    """Whether somebody has made the tables in the store of that folder."""
    engine = open_engine(store_url(folder / "huaming.db", empty=True))
    try:
        return inspect(engine).has_table("resources")
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    ("section", "line", "named"),
    [
        ("server", "prot = 8080", "server.prot"),
        ("server", "port = 99999", "server.port"),
        ("server", 'port = "many"', "server.port"),
        ("sever", "port = 1", "sever"),
        ("guard", "share = 2.0", "guard.share"),
        ("store", 'url = "nonsense"', "[store] url"),
        ("store", 'url = "mysql://u:geheim@h/db"', "[store] url"),
        ("store", 'url = "postgresql://u:geheim@127.0.0.1:9/db"', "postgresql://127.0.0.1:9/db"),
        ("store", 'url = "postgresql://u:geheim@127.0.0.1:9"', "[store] url must name a database"),
        ("store", 'url = "file:/nowhere/store_url"', "[store] url: the secret file /nowhere/store_url"),
        ("store", 'url = "sqlite://"', "[store] url"),
        ("store", 'url = "sqlite:////nowhere/at/all/huaming.db"', "/nowhere/at/all/huaming.db"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, section: str, line: str, named: str) -> None:
    config = written(tmp_path, LDAP, **{section: line})
    said = refused(inside("status", "--config", config), 2)
    assert named in said
    assert "geheim" not in said
    assert not used(tmp_path)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"kind": "canteen"}, "systems.ldap: kind 'canteen'"),
        ({"url": "http://127.0.0.1"}, "systems.ldap: url"),
        ({"url": "ldap://ldap.example.cn"}, "systems.ldap"),
        ({"bind_password": "env:HUAMING_NO_SUCH_SECRET"}, "HUAMING_NO_SUCH_SECRET"),
        ({"bind_password": "file:/nowhere/secret"}, "/nowhere/secret"),
        ({"bind_password": ""}, "systems.ldap: bind_password"),
        ({"base_dn": "no dn"}, "systems.ldap: base_dn"),
        ({"bindpassword": "geheim"}, "systems.ldap: bindpassword"),
        ({"mode": "watch"}, "systems.ldap.mode"),
        ({"remove": "disable:0"}, "systems.ldap.remove"),
        ({"lanes": 0}, "systems.ldap.lanes"),
        ({"protected": ["(broken"]}, "systems.ldap: protected"),
    ],
)
def test_a_wrong_setting_of_a_system_is_named(tmp_path: Path, changes: dict[str, object], named: str) -> None:
    config = written(tmp_path, LDAP | changes)
    said = refused(inside("doctor", "--config", config), 2)
    assert named in said
    assert "geheim" not in said


@pytest.mark.parametrize("command", ["serve", "sync --until-idle"])
def test_every_command_that_reaches_a_system_checks_its_settings(tmp_path: Path, command: str) -> None:
    config = written(tmp_path, LDAP | {"bind_password": "env:HUAMING_NO_SUCH_SECRET"})
    assert "HUAMING_NO_SUCH_SECRET" in refused(huaming(*command.split(), "--config", config), 2)


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////nowhere/at/all/huaming.db"])
def test_a_server_without_a_store_says_so(tmp_path: Path, url: str) -> None:
    said = refused(huaming("serve", "--config", written(tmp_path, store=f'url = "{url}"')), 2)
    assert "store" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("content", ["[server", "x = \n", "\udcff"])
def test_a_file_that_is_no_toml_is_said_with_its_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    assert "broken.toml" in refused(inside("status", "--config", path), 2)


def test_a_file_that_is_not_there_is_said_with_its_name(tmp_path: Path) -> None:
    assert "nowhere.toml" in refused(inside("status", "--config", tmp_path / "nowhere.toml"), 2)
    said = refused(huaming("status", cwd=tmp_path), 2)
    assert said == "huaming: there is no configuration huaming.toml; name one by --config or HUAMING_CONFIG\n"


def test_the_configuration_is_the_one_named_else_the_environment_s_else_the_one_that_lies_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {name: tmp_path / name for name in ("named", "environment", "here")}
    for folder in places.values():
        folder.mkdir()
        written(folder)
    monkeypatch.chdir(places["here"])
    environment = places["environment"] / "huaming.toml"
    done(inside("status"))
    assert {name: used(folder) for name, folder in places.items()} == {
        "named": False,
        "environment": False,
        "here": True,
    }
    done(inside("status", config=environment))
    assert used(places["environment"])
    done(inside("status", "--config", places["named"] / "huaming.toml", config=environment))
    assert used(places["named"])


def test_a_secret_from_the_environment_or_a_file_is_taken_and_shown_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LDAP_SECRET", "geheim")
    secret = tmp_path / "secret"
    secret.write_text("geheim\n")
    for source in ("env:LDAP_SECRET", f"file:{secret}"):
        config = written(tmp_path, LDAP | {"bind_password": source})
        answer = inside("doctor", "--config", config)
        assert answer.returncode == 1  # the directory does not answer: the settings were good
        assert "geheim" not in answer.stdout + answer.stderr


def test_bad_usage_is_2_with_the_usage_on_stderr(tmp_path: Path) -> None:
    config = written(tmp_path)
    for words in (
        ("nonsense",),
        ("token", "create", "--name", "x", "--config", config),
        ("token", "create", "--role", "king", "--name", "x", "--config", config),
        ("states", "--as-of", "2026-02-30", "--config", config),
        ("sync", "--config", config),
        ("sync", "--sweep", "--system", "oa", "--config", config),
        ("retry", "--system", "oa", "--config", config),
        ("report", "sync", "--format", "pdf", "--config", config),
    ):
        refused(inside(*words), 2)


def test_help_names_every_command_and_the_version_is_told() -> None:
    said = done(huaming("--help"))
    for command in ("serve", "worker", "token", "states", "explain", "plan", "sync", "status", "retry", "doctor"):
        assert f"\n  {command} " in said
    assert done(inside("--version")).strip().endswith("0.1.0")
