"""`huaming alerts`: what somebody was told, and whether the way out works (S29)."""

import json
from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy import select

from scim_server.clock import Clock, stamp
from scim_server.operate.desk import Desk
from scim_server.operate.exits import FAILED, stop
from scim_server.operate.typed import options
from scim_server.settings import Settings
from scim_server.store.alert_tables import alerts as table

SHOWN = 200
FIELDS = ("id", "kind", "about", "text", "since", "told", "ended")


@click.group()
def alerts() -> None:
    """Alerts: what is wrong now, and whether the way out works."""


@alerts.command("list")
@options.with_desk
@options.as_json
def listed(desk: Desk, as_json: bool) -> None:
    """Show the latest alerts, the newest first."""
    with desk.reader() as connection:
        rows = connection.execute(select(table).order_by(table.c.id.desc()).limit(SHOWN)).mappings().all()
    if as_json:
        found = [{key: _shown(row[key]) for key in FIELDS} for row in rows]
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        click.echo("\n".join(_line(dict(row)) for row in rows) or "没有告警")


@alerts.command("test")
@options.with_settings
def test(settings: Settings) -> None:
    """Send a test alert by the configured way; 1 where it does not get out."""
    from scim_server.alerts.condition import Notice
    from scim_server.alerts.house import way_of
    from scim_server.alerts.sending import NotSent

    clock = Clock()
    way = way_of(settings, clock)
    if not (settings.alerts.webhook or settings.alerts.command):
        stop("没有配置 [alerts] webhook 或 command：告警只进服务日志", FAILED)
    try:
        way.send(Notice("test", "test", "test", "这是一条测试告警，无须处理。", clock.now()))
    except NotSent as error:
        stop(f"告警没有发出：{error}", FAILED)
    click.echo("测试告警已发出")


def _shown(value: Any) -> Any:
    return stamp(value) if isinstance(value, float) else value


def _line(row: Mapping[str, Any]) -> str:
    from scim_server.alerts.condition import KINDS, moment

    state = "已解除" if row["ended"] else "未解除"
    told = "" if row["told"] else "（尚未发出）"
    return f"{moment(row['since'])} {state} {KINDS.get(row['kind'], row['kind'])} {row['text']}{told}"
