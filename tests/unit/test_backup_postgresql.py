"""`huaming backup` and `restore` on PostgreSQL: by pg_dump, of one snapshot; the password is on no command line."""

import os
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from scim_server.app import House
from scim_server.clock import Clock
from scim_server.operate.backup import backup
from scim_server.operate.desk import Desk
from scim_server.operate.moving import move
from scim_server.operate.restore import restore
from scim_server.settings import Settings
from scim_server.store import links
from scim_server.store.engine import Unusable, open_engine
from scim_server.store.tables import subjects
from scim_server.store.transfer import demand_whole
from tests.servers.stores import ON_POSTGRESQL, store_url

pytestmark = pytest.mark.skipif(not ON_POSTGRESQL, reason="about PostgreSQL")
SECRETS = (None, ())
PASSWORD = "Kanarienvogel-7"


def filled(url: str) -> None:
    engine = open_engine(url, writing=True)
    with engine.begin() as connection:
        names = [f"s{number}" for number in range(2_500)]
        same = {"kind": "person", "title": "x", "created_on": "2026-01-01"}
        rows = [{"subject": each, "key": each, **same} for each in names]
        connection.execute(insert(subjects), rows)
        links.ensure_links(connection, "ldap", 1.0)
        connection.execute(text("UPDATE links SET due = NULL, state = 'done', owner = 'dead', lease_until = 1"))
    engine.dispose()


def answer(url: str, statement: str) -> object:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(text(statement))
    engine.dispose()
    return found


def test_it_comes_back_as_it_was_and_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    for program in ("pg_dump", "pg_restore"):  # what a curious neighbour would see in /proc
        spy = tmp_path / program
        said = f'tr "\\0" " " </proc/$$/cmdline >>{seen}; env >>{seen}; exec /usr/bin/{program} "$@"'
        spy.write_text(f"#!/bin/sh\n{said}\n")
        spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    url, clock, file = _with_password(store_url(tmp_path / "one")), Clock(), tmp_path / "x.backup"
    filled(url)
    made = backup(url, file, clock)
    assert made.tables["links"][0] == made.tables["subjects"][0] == 2_500
    with pytest.raises(Unusable, match="--force"):
        restore(file, url, clock, SECRETS, force=False)
    empty = _with_password(store_url(tmp_path / "two", empty=True))
    for target, force in ((empty, False), (url, True)):
        done = restore(file, target, clock, SECRETS, force=force)
        assert done.looked_at == 2_500
        due = "SELECT count(*) FROM links WHERE due IS NOT NULL AND owner IS NULL AND creating"
        assert answer(target, due) == 2_500
        assert answer(target, "SELECT count(*) FROM trace WHERE kind = 'restore'") == 1
    assert seen.read_text().count("--dbname=") == 3
    assert PASSWORD not in seen.read_text()
    assert "PGPASSFILE" in seen.read_text()
    assert "PGSERVICEFILE" in seen.read_text()
    assert PASSWORD.encode() not in file.read_bytes()


def die() -> float:
    raise InterruptedError


def test_whoever_dies_before_all_is_due_again_leaves_what_nobody_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, file, target = store_url(tmp_path / "one"), tmp_path / "x.backup", store_url(tmp_path / "two", empty=True)
    filled(url)
    backup(url, file, Clock())
    with pytest.raises(InterruptedError):
        restore(file, target, Clock(now=die), SECRETS, force=False)
    assert answer(target, "SELECT count(*) FROM links WHERE due IS NOT NULL") == 0, "it died before the load"
    refuse(target, tmp_path)
    assert restore(file, target, Clock(), SECRETS, force=False).looked_at == 2_500
    demand_whole(open_engine(target))

    fails = tmp_path / "pg_restore"
    fails.write_text("#!/bin/sh\nexit 1\n")
    fails.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        with pytest.raises(Unusable, match="pg_restore failed"):
            restore(file, target, Clock(), SECRETS, force=True)
    refuse(target, tmp_path)
    assert restore(file, target, Clock(), SECRETS, force=False).looked_at == 2_500
    backup(target, tmp_path / "again.backup", Clock())


def refuse(url: str, folder: Path) -> None:
    """A server, a command, a move and a backup do."""
    settings = Settings.model_validate({"store": {"url": url}})
    asked = (
        lambda: House(settings),
        lambda: Desk(settings, Clock()),
        lambda: move(store_url(folder / "one"), url, Clock(), lambda _: None),
        lambda: backup(url, folder / "none.backup", Clock()),
    )
    for ask in asked:
        with pytest.raises(Unusable, match="`huaming restore` has not ended"):
            ask()


def test_all_of_a_large_store_may_take_longer_than_a_server_waits(tmp_path: Path) -> None:
    """A statement over 400,000 accounts took more than a server's 12 s: no restore of such a store ever ended."""
    url, file, target = store_url(tmp_path / "one"), tmp_path / "x.backup", store_url(tmp_path / "two", empty=True)
    filled(url)
    told = (
        "CREATE TABLE told (bound text)",
        "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO told VALUES (current_setting('statement_timeout')); RETURN NULL; END $$",
        "CREATE TRIGGER tells AFTER UPDATE ON links FOR EACH STATEMENT EXECUTE FUNCTION tell()",
    )
    with open_engine(url, writing=True).begin() as connection:
        for statement in told:
            connection.execute(text(statement))
    backup(url, file, Clock())
    restore(file, target, Clock(), SECRETS, force=False)
    assert answer(target, "SELECT string_agg(DISTINCT bound, ' ') FROM told") == "0"


def _with_password(url: str) -> str:
    """Both kinds: the user's, and the one of the key by which the user is known."""
    return f"{url}{'&' if '?' in url else '?'}password={PASSWORD}&sslpassword={PASSWORD}"
