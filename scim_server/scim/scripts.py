"""Which alphabets a name is written in, as far as they hold letters that look alike (UTS #39, section 5).

Python knows no scripts, but every letter's name begins with its alphabet's: of all letters that have the
script Latin, Greek or Cyrillic, and of what becomes of them in the compared form, eight phonetic signs
that nobody is called by are named otherwise (Unicode 17). A library of scripts would be a dependency for those.
"""

import unicodedata

from scim_server.scim.fold import fold

_ALPHABETS = {"LATIN": "Latin", "GREEK": "Greek", "CYRILLIC": "Cyrillic"}


def mixture(text: str) -> str | None:
    """`Latin and Cyrillic`, or `Latin and Greek`, where a text mixes them; else None.

    Both the text and its compared form count: a mathematical letter or a sign of measure is a letter there.
    """
    if text.isascii():
        return None
    found = {_alphabet(character) for character in text + fold(text)}
    other = next((each for each in ("Cyrillic", "Greek") if each in found), None)
    return f"Latin and {other}" if other and "Latin" in found else None


def _alphabet(character: str) -> str | None:
    if character.isascii():
        return "Latin" if character.isalpha() else None
    return _ALPHABETS.get(unicodedata.name(character, "").partition(" ")[0]) if character.isalpha() else None
