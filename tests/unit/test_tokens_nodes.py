"""A token that is revoked or has run out is dead on every node within a second or so (reliability 44)."""

import asyncio
from pathlib import Path

from sqlalchemy import event, update

from scim_server.clock import Clock, stamp
from scim_server.store.engine import open_engine
from scim_server.store.migrate import migrate
from scim_server.store.tables import tokens
from scim_server.store.tokens import Tokens, create_token, revoke_token
from tests.servers.stores import store_url


async def known(nodes: list[Tokens], made: dict[str, str]) -> list[set[str]]:
    """By node the names of the tokens that it lets in."""
    return [{name for name, token in made.items() if await node.role_of(token) == (name, "hr")} for node in nodes]


def _standing() -> tuple[list[float], Clock]:
    """The time, which the test moves, and a clock that tells it."""
    time = [1_900_000_000.0]
    return time, Clock(now=lambda: time[0], monotonic=lambda: time[0])


def _migrated(folder: Path) -> str:
    url = store_url(folder / "t.db")
    migrate(url)
    return url


def test_three_nodes_refuse_what_one_has_revoked(tmp_path: Path) -> None:
    asyncio.run(_three_nodes(_migrated(tmp_path)))


async def _three_nodes(url: str) -> None:
    time, clock = _standing()
    writing = open_engine(url, writing=True)
    names = ("revoked", "expired", "rotated", "kept")
    with writing.begin() as connection:
        made = {name: create_token(connection, name, "hr", clock) for name in names}
    nodes = [Tokens(open_engine(url), clock) for _ in range(3)]
    assert await known(nodes, made) == [set(names)] * 3
    with writing.begin() as connection:
        revoke_token(connection, "revoked", clock)
        revoke_token(connection, "rotated", clock)
        anew = {"rotated-2": create_token(connection, "rotated-2", "hr", clock)}
        connection.execute(update(tokens).where(tokens.c.name == "expired").values(expires=stamp(time[0] + 1)))
    time[0] += 1.0
    assert all(each <= {"kept", "expired"} for each in await known(nodes, made))
    assert await known(nodes, anew) == [{"rotated-2"}] * 3
    time[0] += 1.0
    assert await known(nodes, made) == [{"kept"}] * 3
    for node in nodes:
        node.close()


def test_what_was_revoked_while_the_store_was_slow_to_answer_is_refused(tmp_path: Path) -> None:
    """What was read counted as fresh from the end of the reading on, however long that took."""
    asyncio.run(_slow(_migrated(tmp_path)))


async def _slow(url: str) -> None:
    time, clock = _standing()
    writing, engine = open_engine(url, writing=True), open_engine(url)
    with writing.begin() as connection:
        token = create_token(connection, "old", "hr", clock)
    node = Tokens(engine, clock)

    @event.listens_for(engine, "after_cursor_execute", once=True)
    def take_long(*_: object) -> None:
        with writing.begin() as connection:
            revoke_token(connection, "old", clock)
        time[0] += 5.0

    await node.role_of(token)
    assert await node.role_of(token) is None, "it was revoked five seconds ago"
    node.close()
