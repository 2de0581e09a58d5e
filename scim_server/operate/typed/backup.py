"""`huaming backup` and `huaming restore`."""

from pathlib import Path

import click

from scim_server.clock import Clock
from scim_server.operate.typed import options
from scim_server.settings import Settings

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@options.with_settings
@_FILE
def backup(settings: Settings, file: Path) -> None:
    """Write the whole store into a file, consistent even while it is at work, readable by its owner alone."""
    from scim_server.operate.backup import backup as run

    made = run(settings.store.url, file, Clock())
    click.echo(f"已备份 {made.rows} 行、{len(made.tables)} 张表，时点 {made.made}，库结构 {made.schema}：{file}")


@click.command()
@options.with_settings
@_FILE
@click.option(
    "--to", "target", metavar="URL", help="instead of the store of the configuration; env:NAME and file:PATH too"
)
@click.option("--force", is_flag=True, help="replace the store that is there; a SQLite file is kept beside")
def restore(settings: Settings, file: Path, target: str | None, force: bool) -> None:
    """Bring a store back and prove it; everything in it is looked at again before anything is sent."""
    from scim_server.operate.restore import restore as run

    done = run(file, target or settings.store.url, Clock(), settings.audit.secrets, force=force)
    click.echo(f"已恢复 {done.manifest.rows} 行（{done.manifest.made} 的备份），逐表核对一致。")
    if done.kept is not None:
        click.echo(f"原来的库留在 {done.kept}，确认无误后自行删除。")
    click.echo(
        f"备份之后各系统里发生过什么，库里没有：{done.looked_at} 个账号和部门已全部列为待核对，先读后写；\n"
        "其中的锁定、注销等按同一批计入限额，超出的等人批准（huaming approvals list）。\n"
        "备份之后才推送的人员请由人事系统重推；其账号已在系统中的，按 huaming adopt 认领。\n"
        "备份之后吊销的令牌又有效、抹除的人员又在库中：请再次吊销（huaming token list 查看）、再次抹除。"
    )
