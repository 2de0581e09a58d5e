"""`huaming token`: printed alone and once, kept as a hash, ended within two seconds."""

import json
import re
import time
from pathlib import Path

import httpx

from tests.cli.line import done, inside, refused
from tests.flows.house import Served
from tests.servers.stores import ON_POSTGRESQL, contents, store_url

TOKEN = r"hm_[\w-]{43}"


def status(house: Served, token: str) -> int:
    return httpx.get(
        f"{house.base}/scim/v2/Users", headers={"Authorization": f"Bearer {token}"}, timeout=30
    ).status_code


def traces(folder: Path, token: str) -> list[str]:
    """Files of the store that hold the token."""
    return [path.name for path in folder.iterdir() if path.is_file() and token.encode() in path.read_bytes()]


def test_a_token_is_printed_alone_and_only_its_hash_is_kept(lone: Served) -> None:
    token = done(lone.run("token", "create", "--role", "hr", "--name", "人事系统")).removesuffix("\n")
    assert re.fullmatch(TOKEN, token)
    files = {"huaming.toml"} if ON_POSTGRESQL else {"huaming.db", "huaming.db.lock", "huaming.toml"}
    assert files <= {path.name for path in lone.folder.iterdir()}
    assert token not in repr(contents(store_url(lone.folder / "huaming.db")))
    assert traces(lone.folder, token) == []
    listed = json.loads(done(inside("token", "list", "--config", lone.config)))[-1]
    assert listed.keys() == {"name", "role", "created", "expires", "revoked", "user"}
    assert (listed["name"], listed["role"], listed["revoked"]) == ("人事系统", "hr", None)
    assert token not in json.dumps(listed)


def test_a_name_is_given_once_and_stays_given(lone: Served) -> None:
    def command(*words: str) -> list[object]:
        return ["token", *words, "--name", "x", "--config", lone.config]

    done(inside(*command("create", "--role", "auditor")))
    assert "x" in refused(inside(*command("create", "--role", "admin")), 1)
    assert done(inside(*command("revoke"))) == ""
    refused(inside(*command("revoke")), 1)
    refused(inside(*command("create", "--role", "admin")), 1)
    listed = json.loads(done(inside("token", "list", "--config", lone.config)))[-1]
    assert listed["role"] == "auditor"
    assert listed["revoked"] is not None


def test_with_a_running_server_a_token_works_at_once_and_a_revoked_one_ends_within_two_seconds(lone: Served) -> None:
    lone.start()
    try:
        made = {
            role: done(inside("token", "create", "--role", role, "--name", role, "--config", lone.config)).strip()
            for role in ("admin", "auditor")
        }
        time.sleep(1.0)  # what a server has read of the tokens stays good for a second
        assert {role: status(lone, token) for role, token in made.items()} == {"admin": 200, "auditor": 200}
        assert traces(lone.folder, made["admin"]) == []
        refused(inside("token", "create", "--role", "hr", "--name", "admin", "--config", lone.config), 1)
        done(inside("token", "revoke", "--name", "admin", "--config", lone.config))
        until = time.monotonic() + 2
        while (sent := time.monotonic()) and status(lone, made["admin"]) != 401:
            assert sent < until, "what is asked after two seconds is refused, however late the answer comes"
            time.sleep(0.05)
        assert status(lone, made["auditor"]) == 200
        listed = {
            each["name"]: each["revoked"] for each in json.loads(done(inside("token", "list", "--config", lone.config)))
        }
        assert listed["admin"] is not None
        assert listed["auditor"] is None
    finally:
        lone.close()


def test_a_token_is_bound_to_a_user_who_is_there(lone: Served) -> None:
    lone.start()
    try:
        hr = done(inside("token", "create", "--role", "hr", "--name", "pusher", "--config", lone.config)).strip()
        time.sleep(1.0)
        body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ZhangSan"}
        found = httpx.post(
            f"{lone.base}/scim/v2/Users", json=body, headers={"Authorization": f"Bearer {hr}"}, timeout=30
        ).json()
        create = ["token", "create", "--role", "auditor", "--name", "zhang", "--config", lone.config, "--user"]
        assert "nobody" in refused(inside(*create, "nobody"), 1)
        mine = done(inside(*create, "zhangsan")).strip()
        time.sleep(1.0)
        answer = httpx.get(f"{lone.base}/scim/v2/Me", headers={"Authorization": f"Bearer {mine}"}, timeout=30)
        assert (answer.status_code, answer.json()) == (200, found)
        listed = json.loads(done(inside("token", "list", "--config", lone.config)))
        assert {each["name"]: each["user"] for each in listed[-2:]} == {"pusher": None, "zhang": "ZhangSan"}
    finally:
        lone.close()
