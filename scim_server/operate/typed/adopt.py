"""`huaming adopt`: the first day of a system that has accounts already."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from scim_server.operate.desk import Desk, Refused
from scim_server.operate.exits import BAD, FAILED, stop
from scim_server.operate.typed import options

if TYPE_CHECKING:
    from scim_server.operate.adopt import Listing
    from scim_server.operate.adopt_filled import Line
    from scim_server.reconcile.adopt import Decisions, Survey

T = TypeVar("T")

MOST_LINES = 60  # on the terminal; the files have all
FORMS = (".csv", ".xlsx", ".json")

MODES = {
    "--enforce": ("enforce", "from now on write to the system"),
    "--observe": ("observe", "from now on only read and plan"),
}


@click.command()
@options.with_desk
@click.option("--system", required=True, help="whose accounts")
@click.option("--csv", "filled_csv", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="filled in")
@click.option("--xlsx", "filled_xlsx", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="filled in")
@click.option("--out", type=click.Path(path_type=Path), help="write the list to F.csv, F.xlsx or F.json")
@click.option("--accept", "digest", help="the digest that was shown: write its links")
@options.one_of("mode", MODES)
@click.option("--differences", is_flag=True, help="what differs in adopted accounts and is left as it is")
@click.option("--by", help="the name of who decides; it stays on record")
@options.as_json
def adopt(  # noqa: PLR0913, PLR0917 - one command with the switches that a person may type
    desk: Desk,
    system: str,
    filled_csv: Path | None,
    filled_xlsx: Path | None,
    out: Path | None,
    digest: str | None,
    mode: str | None,
    differences: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Show whose the accounts are that a system has already; accept it; enforce the roster there."""
    from scim_server.operate import adopt as room

    options.demand_known(desk, system)
    if (digest or mode) and by is None:
        raise click.UsageError("--accept, --enforce and --observe go with --by NAME.")
    if sum(map(bool, (digest, mode, differences))) > 1 or (filled_csv and filled_xlsx):
        raise click.UsageError("Of --accept, --enforce, --observe and --differences one at a time; one filled-in file.")
    if out is not None and out.suffix.lower() not in FORMS:
        raise click.BadParameter(f"the name must end in one of {', '.join(FORMS)}", param_hint="--out")
    if mode == "observe":
        _sentence(lambda: _switch(desk, None, system, mode, options.named(by or "")))
        return
    lines = _filled(filled_csv or filled_xlsx)  # what is no list is said to be none before anything is read
    found = _look(desk, system)
    if mode is not None:
        _sentence(lambda: _switch(desk, found, system, mode, options.named(by or "")))
    elif differences:
        _show_differences(found, as_json)
    else:
        shown = room.listing(found, _decisions(desk, found, lines))
        _list(desk, shown, out, digest, by, as_json)


def _look(desk: Desk, system: str) -> "Survey":
    from scim_server.operate import adopt as room
    from scim_server.operate.desk import be_polite
    from scim_server.operate.screen import counting

    be_polite()
    with counting("读取") as progress:
        return room.look(desk, system, progress)


def _list(desk: Desk, shown: "Listing", out: Path | None, digest: str | None, by: str | None, as_json: bool) -> None:
    from scim_server.operate import adopt as room

    if out is not None:
        _write(desk, shown, out)
    if digest is not None:
        done = _sentence(lambda: room.accept(desk, shown, digest, options.named(by or "")))
        said = f"已关联 {done['linked']} 个账号或部门，声明非我方 {done['disowned']} 个"
        click.echo(json.dumps(done) if as_json else said)
    elif as_json:
        click.echo(json.dumps(shown.shown(), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(desk, shown)))


def _filled(path: Path | None) -> "Sequence[Line]":
    from scim_server.operate.adopt_filled import BadSheet, read_csv, read_xlsx

    try:
        if path is None:
            return ()
        return read_xlsx(path) if path.suffix.lower() == ".xlsx" else read_csv(path)
    except BadSheet as error:
        stop("\n".join(error.args), BAD)


def _decisions(desk: Desk, found: "Survey", lines: "Sequence[Line]") -> "Decisions":
    from scim_server.operate.adopt_check import decided
    from scim_server.operate.adopt_filled import BadSheet

    try:
        return decided(found, lines, desk.settings.systems)
    except BadSheet as error:
        stop("\n".join(error.args), BAD)


def _write(desk: Desk, shown: "Listing", out: Path) -> None:
    from scim_server.operate.adopt_sheet import write_csv, write_xlsx

    system = shown.survey.target.name
    with out.open("wb") as file:
        if out.suffix.lower() == ".csv":
            write_csv(system, shown.rows, file)
        elif out.suffix.lower() == ".xlsx":
            write_xlsx(system, shown.rows, file, datetime.fromtimestamp(desk.clock.now(), UTC))
        else:
            file.write(json.dumps(shown.shown(), ensure_ascii=False).encode())


def _lines(desk: Desk, shown: "Listing") -> Sequence[str]:
    from mappings.correlate import Standing
    from scim_server.operate.adopt import SHOWN_DIGEST, mode_of
    from scim_server.operate.adopt_rows import counts, line, words

    told = [row for row in shown.rows if row.standing is not Standing.LINKED]
    said = [line(row) for row in told[:MOST_LINES]]
    if len(told) > MOST_LINES:
        said.append(f"……另有 {len(told) - MOST_LINES} 行，用 --out 清单.xlsx 看全部")
    system = shown.survey.target.name
    held = {"enforce": "写入", "observe": "只读"}.get(mode_of(desk, system) or "", "未定")
    said.append(f"{system}（{held}）：{words(counts(shown.rows))}；受保护 {len(shown.survey.seen.protected)}")
    return [*said, f"摘要 {shown.digest[:SHOWN_DIGEST]}"]


def _show_differences(found: "Survey", as_json: bool) -> None:
    from scim_server.operate import adopt as room

    told = room.differences(found)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for each in told:
        sides = "" if each["roster"] is None else f"：名册 {_values(each['roster'])}，系统 {_values(each['system'])}"
        click.echo(f"{each['name']}（{each['externalId']}）{each['account']} {each['attribute']}{sides}")
    click.echo(f"共 {len(told)} 处不同，未列入 heal，保持原样")


def _values(values: Sequence[str]) -> str:
    return "、".join(values) or "（无）"


def _switch(desk: Desk, found: "Survey | None", system: str, mode: str, by: str) -> None:
    from scim_server.operate import adopt as room

    room.switch(desk, found, system, mode, by)
    click.echo(f"{system} 现为{'写入' if mode == 'enforce' else '只读'}")


def _sentence(act: Callable[[], T]) -> T:
    """What cannot be done now ends the command with a sentence."""
    from scim_server.operate.adopt import NotNow

    try:
        return act()
    except NotNow as error:
        stop(error.args[0], FAILED)
    except Refused as error:
        if error.args[0] != "Moved":
            raise
        stop(f"{error.args[1]}，请重新查看清单；此前各批已写入的关联仍然有效", FAILED)
