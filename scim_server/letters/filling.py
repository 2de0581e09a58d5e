"""The filling of fields: `{{name}}` in a line of wording becomes the value of that name, once."""

import re
from collections.abc import Mapping

from scim_server.letters.errors import LetterError

FIELD = re.compile(r"\{\{(\w+)\}\}")
CLAUSE = re.compile(r"\[\[(.*?)\]\]")  # falls away where one of its fields has no value

Values = Mapping[str, str]


def fill(line: str, values: Values) -> str:
    """The line with its fields replaced, once: what stands in a value is never read as a field.

    Raises LetterError for a field without a value.
    """
    kept = CLAUSE.sub(lambda clause: clause[1] if all(map(values.get, FIELD.findall(clause[1]))) else "", line)
    return FIELD.sub(lambda field: _value(field[1], values), kept)


def _value(name: str, values: Values) -> str:
    if not values.get(name):
        raise LetterError(f"函件须写明 {{{{{name}}}}}，登记的内容中没有")
    return values[name]
