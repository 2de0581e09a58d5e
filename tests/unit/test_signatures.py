"""Whoever decides something signs with a name (S24, S28): blanks are none, whichever command is typed."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from scim_server.cli import main


def signed(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that demands `--by`, with the words by which it is typed."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from signed(command, *above, name)
        elif any("--by" in option.opts and option.required for option in command.params):
            yield (*above, name), command


SIGNED = dict(signed(main))


def test_all_that_is_decided_is_signed() -> None:
    wanted = {("approvals", "approve"), ("approvals", "reject"), ("release",), ("apply",), ("erase",)}
    assert wanted <= SIGNED.keys()


@pytest.mark.parametrize("words", SIGNED, ids=" ".join)
def test_blanks_are_no_name(words: tuple[str, ...]) -> None:
    given = []
    for each in SIGNED[words].params:
        if isinstance(each, click.Argument) and each.required:
            given.append("x")
        elif each.required and "--by" not in each.opts:
            given += [each.opts[0], each.type.choices[0] if isinstance(each.type, click.Choice) else "x"]
    # first, for what is typed first is judged first, and the other values are none
    answer = CliRunner().invoke(main, [*words, "--by", "  ", *given])
    assert answer.exit_code == 2
    assert "a name is wanted" in answer.output
