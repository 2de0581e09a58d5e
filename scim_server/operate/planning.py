"""`huaming plan`: what a pass over everybody would do now; writes nothing (S24)."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from sqlalchemy import Connection

from connectors.errors import Unreachable
from mappings.model import Operation
from scim_server.operate.desk import Desk
from scim_server.reconcile.observing import Observer
from scim_server.reconcile.task import Task
from scim_server.reports.words import action_word
from scim_server.store import links
from scim_server.store.attempts import state_json
from scim_server.store.people import OrgCache
from scim_server.systems import targets

Progress = Callable[[int], None]


def plan(desk: Desk, progress: Progress = lambda _: None, system: str | None = None) -> dict[str, Any]:
    """`{"digest", "operations", "held", "stuck"}`, in a stable order. Raises Unreachable."""
    operations: list[dict[str, Any]] = []
    stuck: list[dict[str, Any]] = []
    digest = hashlib.sha256()
    with desk.reader() as connection:
        for number, task in enumerate(_tasks(desk, connection, system)):
            if task.finish is not None and task.finish.error:
                stuck.append(_stuck(task))
            for operation in task.planned.operations if task.under_way else ():
                operations.append(_shown(operation))
                digest.update(_canonical(operation))
            progress(number)
    return {"digest": digest.hexdigest(), "operations": operations, "held": [], "stuck": stuck}


def lines(answer: dict[str, Any]) -> list[str]:
    """The same as a person reads it."""
    said = [_line(each) for each in answer["operations"]]
    said += [f"{each['system']} {each['externalId']}：{each['error']}" for each in answer["stuck"]]
    return [*said, f"共 {len(answer['operations'])} 项操作；摘要 {answer['digest'][:16]}"]


def _line(each: dict[str, Any]) -> str:
    group = f"「{each['group']}」" if "group" in each else ""
    return f"{each['system']} {action_word(each['action'])}{group} {each['externalId']}：{each['reason']['text']}"


def _tasks(desk: Desk, connection: Connection, system: str | None) -> Iterator[Task]:
    for target in targets(desk.settings, desk.clock):
        if system not in (None, target.name):
            continue
        connector = target.connect()
        one = Observer(target, connector, connection, OrgCache(), desk.clock)
        try:
            for lot in links.every(connection, target.name, target.batch):
                yield from one.preview(lot)
                if one.outage is not None:  # half a plan would be taken for a whole one
                    raise Unreachable(f"{target.name}：{one.outage}")
        finally:
            connector.close()


def _shown(operation: Operation) -> dict[str, Any]:
    assert operation.reason is not None
    shown: dict[str, Any] = {
        "system": operation.system,
        "action": operation.action.value,
        "externalId": operation.ref.key,
        "reason": {"article": operation.reason.article, "text": operation.reason.text},
    }
    return shown | ({"group": operation.group.key} if operation.group else {})


def _stuck(task: Task) -> dict[str, Any]:
    assert task.finish is not None
    return {"system": task.claim.system, "externalId": task.ref.key, "error": task.finish.error}


def _canonical(operation: Operation) -> bytes:
    sides = [(state_json(state) or b"").decode() for state in (operation.before, operation.after)]
    group = operation.group.key if operation.group else None
    return orjson.dumps([operation.system, operation.ref.subject, operation.action.value, group, *sides])
