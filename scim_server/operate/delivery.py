"""`huaming letter deliver`: brings what is ready to its readers. A process of its own; the server begins it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from connectors.base import Letters
from scim_server.letters.delivery import Deliverer, Told
from scim_server.letters.outgoing import Channel, Terms
from scim_server.operate.desk import Desk
from scim_server.settings import BadSettings
from scim_server.store.settle import rules_of

WORDS = {
    "delivered": "已送达",
    "saved": "已存入文件夹，待人工送达",
    "unknown": "送达结果不明，稍后先核对再决定是否重发",
    "waiting": "暂未送出，稍后再试",
    "parked": "未能送出，待人工处理",
    "lost": "已由他人处理",
}
BAD = ("unknown", "waiting", "parked")


def deliver(desk: Desk, by: str) -> Iterator[Told]:
    """One round: each letter that may be tried now, once. Raises BadSettings, ConnectorError."""
    letters = desk.settings.letters
    if letters.channel is None and letters.folder is None:
        raise BadSettings("[letters]: neither channel nor folder is set: no letter can be delivered")
    from scim_server.letters.drawing import draw
    from scim_server.letters.plain import plain_text

    rules = rules_of(desk.settings, desk.readings())
    folder = Path(letters.folder) if letters.folder else None
    with _channel(desk) as channel:
        drawn, said = partial(draw, folder=letters.wordings), partial(plain_text, folder=letters.wordings)
        terms = Terms(rules, letters.patience, by, drawn, said, channel, folder)
        yield from Deliverer(desk, desk.clock, terms).deliver()


@contextmanager
def _channel(desk: Desk) -> Iterator[Channel | None]:
    name = desk.settings.letters.channel
    if name is None:
        yield None
        return
    target = next((each for each in desk.targets() if each.name == name), None)
    if target is None:
        raise BadSettings(f"[letters] channel: no system named {name} is configured")
    connector = target.connect()
    try:
        if not isinstance(connector, Letters):
            raise BadSettings(f"[letters] channel: {name} cannot bring letters")
        yield Channel(name, connector)
    finally:
        connector.close()


def shown(told: Told) -> dict[str, str]:
    """`{"id", "number", "result", "text"}`."""
    return {"id": told.id, "number": told.doc_number, "result": told.result, "text": told.text}


def line(told: Told) -> str:
    """The same as a person reads it."""
    return f"{told.doc_number}：{WORDS[told.result]}{'：' if told.text else ''}{told.text}"
