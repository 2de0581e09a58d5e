"""A secret that is missing for a while holds everybody up like an outage, and parks nobody."""

from pathlib import Path

from connectors.base import Connector
from connectors.memory import MemoryConnector
from scim_server.settings import BadSettings
from tests.flows.engine_room import SYSTEM, Room


def test_a_secret_that_is_gone_burns_no_attempts_and_leaves_no_lease(tmp_path: Path) -> None:
    room = Room(tmp_path)
    secret = tmp_path / "secret"

    def connect() -> Connector:
        if not secret.exists():
            raise BadSettings("bind_password: the secret file cannot be read")
        return MemoryConnector(SYSTEM, room.directory)

    room.hire(connect)
    a = room.person("a")
    room.work()
    row = room.link(a)
    assert (row.state, row.attempts, row.owner, room.accounts()) == ("due", 0, None, {})
    assert "bind_password" in row.error
    secret.touch()
    room.work(60)
    assert (room.link(a).state, set(room.accounts())) == ("done", {"E-a"})
    room.close()
