"""Cells that no spreadsheet takes for a formula, and that give the value back."""

import re

# What a spreadsheet program may read as the beginning of a formula or of a command, in half and full width.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def neutral(text: str) -> str:
    """The text with an apostrophe before it where it begins like a formula.

    Apostrophes that stand before such a beginning count as part of it, so that
    `original` gives every text back.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def original(cell: str) -> str:
    """The text that `neutral` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
