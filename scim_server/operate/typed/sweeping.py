"""`huaming sync --sweep` as it is typed: what it says, and whether everything could be read."""

from collections.abc import Iterator

import click

from scim_server.operate.desk import Desk, be_polite


def sweep(desk: Desk, system: str | None, *, scheduled: bool, report_only: bool) -> bool:
    """Sweeps, and says what was found. False where a system could not be read whole."""
    from scim_server.operate import sweep as room
    from scim_server.operate.screen import counting

    be_polite()
    wanted = [system] if system else list(desk.settings.systems)
    whole = True
    with counting("巡检") as progress:
        kind = "scheduled" if scheduled else "asked"
        done = list(room.sweep(desk, wanted, progress, kind=kind, report_only=report_only))
    for each in done:
        if report_only:
            click.echo("".join(f"{line}\n" for line in _found(desk, each.id)), nl=False)
        click.echo(each.line(), err=each.error is not None)
        whole = whole and each.error is None
    return whole


def _found(desk: Desk, id: str) -> Iterator[str]:
    """A line a value."""
    from scim_server.reports.drift.rows import drift_rows, sweep_rows
    from scim_server.reports.drift.words import sentence
    from scim_server.reports.queries import group_titles

    with desk.snapshot() as connection:
        titles = group_titles(connection)
        those = [each for each in sweep_rows(connection, None, "", None) if each.id == id]
        for row in drift_rows(connection, those):
            yield f"{row.system} {row.name}（{row.external_id}）：{sentence(row, titles)}"
