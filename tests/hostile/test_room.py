"""Where the machine allows no more connections, those that were idle longest make room for new clients."""

import socket
import subprocess
from pathlib import Path

import httpx

from tests.flows.house import HUAMING, Served
from tests.hostile.wire import knock
from tests.servers.openldap import OpenLdap

FILES = 600  # that the server may open; 256 of them are kept back


def test_the_oldest_idle_ones_make_room(tmp_path: Path) -> None:
    nowhere = OpenLdap("ldap://127.0.0.1:9", "", "", "dc=example,dc=org", "cn=nobody", "nothing", "", "")
    house = Served(tmp_path, nowhere)
    house.write_config()
    limited = ["sh", "-c", f'ulimit -n {FILES}; exec "$@"', "sh", str(HUAMING), "serve", "--config", str(house.config)]
    with house.log.open("ab") as log:
        house.process = subprocess.Popen([*limited, "--no-worker"], stdout=log, stderr=log)
    try:
        house.wait_ready()
        crowd = [knock(house.port) for _ in range(FILES)]
        with httpx.Client(base_url=house.base, timeout=5) as late:
            assert late.get("/readyz").status_code == 200
            assert late.get("/scim/v2/Users").status_code == 401
            closed = [_closed(connection) for connection in crowd]
            assert all(closed[: FILES - 256 - 100])
            assert not any(closed[-200:])
            assert late.get("/readyz").status_code == 200
    finally:
        house.close()
    assert "idle longest have been closed" in house.said()
    assert "Traceback" not in house.said()


def _closed(connection: socket.socket) -> bool:
    connection.settimeout(0.001)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True
