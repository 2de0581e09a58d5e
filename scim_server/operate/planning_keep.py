"""A plan that was shown is kept for a day, so that exactly it can be applied (S24)."""

import getpass
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scim_server.operate.desk import Desk
from scim_server.store.attempts import new_id
from scim_server.store.lock import Busy

LOT_BYTES = 32_000  # of one command: the server's door for operators takes no more than twice that


def keep(desk: Desk, digest: str, system: str | None, pushed: str | None, rows: Iterable[Sequence[Any]]) -> bool:
    """`rows`: as `ShownRow` has them, in order. False where the store cannot be written now: it was a look only."""
    plan = {"id": new_id(), "digest": digest, "by": getpass.getuser(), "system": system, "pushed": pushed}
    place = 0
    holder = desk.lock.holder()
    if holder is not None and not holder.passing and holder.url is None:
        return False  # a worker without a door has the store for as long as it runs
    try:
        for lot in lots(rows):
            desk.run("plan-keep", **plan, place=place, rows=lot)
            place += len(lot)
    except Busy:
        return False
    return True


def lots(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """As many as one command carries, in their order; an empty lot where there are none."""
    lot: list[Sequence[Any]] = []
    size, told = 0, False
    for row in rows:
        bytes = len(json.dumps(row))
        if lot and size + bytes > LOT_BYTES:
            yield lot
            lot, size, told = [], 0, True
        lot.append(row)
        size += bytes
    if lot or not told:
        yield lot
