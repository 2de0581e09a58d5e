"""A token is looked up by its hash, whole (row 45): what time could tell is about hashes, not about tokens.

How long refusals take is measured by bench/token_timing.py.
"""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import event

from scim_server.clock import Clock
from scim_server.store.engine import open_engine
from scim_server.store.migrate import migrate
from scim_server.store.tokens import Tokens, create_token
from tests.servers.stores import rows, store_url

pytestmark = pytest.mark.anyio


async def test_neither_the_store_nor_memory_has_a_token_and_each_is_found_by_its_hash_alone(tmp_path: Path) -> None:
    """Row 45: the store knows hashes, a question to it names no token, and what is kept in memory is hashes too."""
    url, asked = store_url(tmp_path / "t.db"), []
    migrate(url)
    with open_engine(url, writing=True).begin() as connection:
        made = {name: create_token(connection, name, "hr", Clock()) for name in ("a", "b", "c")}
    assert {hash for (hash,) in rows(url, "SELECT hash FROM tokens")} == {
        hashlib.sha256(token.encode()).hexdigest() for token in made.values()
    }
    engine = open_engine(url)
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append(repr(said[2:4])))
    known = Tokens(engine, Clock())
    for name, token in made.items():
        assert await known.role_of(token) == (name, "hr")
        own_hash = hashlib.sha256(token.encode()).hexdigest()
        for wrong in (
            token[:-1],
            token + "A",
            token.swapcase(),
            token[:-1] + "!",
            own_hash,
        ):
            assert await known.role_of(wrong) is None
    assert asked
    assert not [said for said in asked for token in made.values() if token in said or token[:12] in said]
    kept = repr({name: value for name, value in vars(known).items() if name != "_points"})
    assert not [token for token in made.values() if token in kept or token[3:15] in kept]
    known.close()
