"""An upgrade in a process of its own, one statement at a time, that can be killed -9 between two of them."""

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import Engine, event

from scim_server.store.migrate import migrate

UPGRADED = "upgraded"


def upgrade(url: str, kill_after: int | None = None) -> int:
    """Upgrades the store, killed after so many statements, which are done and not committed; how many it did."""
    clean = multiprocessing.get_context("forkserver")  # a fork of ours would take along what our threads have locked
    clean.set_forkserver_preload([__name__])  # and a start of Python costs a second
    here, there = clean.Pipe()
    process = clean.Process(target=_step_by_step, args=(url, there))
    process.start()
    there.close()
    done = 0
    while here.recv() != UPGRADED:
        done += 1
        if done == kill_after:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            break
        here.send("go on")
    process.join()
    here.close()
    assert process.exitcode == (-signal.SIGKILL if kill_after else 0)
    return done


def _step_by_step(url: str, parent: Connection) -> None:
    def stop(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        parent.send(statement)
        parent.recv()

    event.listen(Engine, "after_cursor_execute", stop)
    migrate(url)
    parent.send(UPGRADED)
