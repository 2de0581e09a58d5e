"""Which characters a value may not hold (S10).

Refused are NUL and all other control characters, lone surrogates, line and paragraph
separators, noncharacters, and everything invisible: format characters, variation
selectors, fillers and the blank Braille pattern. Letters that this Python does not
know yet are no fault of theirs: rare names live in the newest CJK blocks.
"""

import re

_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00016fe4"
    "\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_NONCHARACTERS = "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
_REFUSED = re.compile(f"[{_INVISIBLE}{_NONCHARACTERS}]")
_REFUSED_IN_LINES = re.compile(f"(?![\n\r\t])[{_INVISIBLE}{_NONCHARACTERS}]")


def refused(text: str, lines: bool = False) -> str | None:
    """The first character that is refused, as U+XXXX; None where all is well.

    `lines`: line breaks and tabs are allowed, as in an address (RFC 7643 section 4.1.2).
    """
    if text.isascii() and text.isprintable():
        return None
    found = (_REFUSED_IN_LINES if lines else _REFUSED).search(text)
    return f"U+{ord(found[0]):04X}" if found else None
