"""`and` binds before `or` (RFC 7644 section 3.4.2.2, erratum 4670), which the grammar's one level does not know."""

from scim_server.scim.lexer import Token


def and_first(words: list[Token]) -> list[Token]:
    """The same tokens with parentheses round every run of `and` that stands beside an `or`."""
    out: list[Token] = []
    frames = [_Frame(0)]
    for word in words:
        if word.type in ("RPAREN", "RBRACKET") and len(frames) > 1:
            frames.pop().close(out)
        elif word.type == "OR":
            frames[-1].meet_or(out)
        elif word.type == "AND":
            frames[-1].has_and = True
        out.append(word)
        if word.type in ("LPAREN", "LBRACKET"):
            frames.append(_Frame(len(out)))
        elif word.type == "OR":
            frames[-1].start = len(out)
    while frames:
        frames.pop().close(out)
    return out


class _Frame:
    """What stands between one pair of brackets, as far as it has been read."""

    def __init__(self, start: int) -> None:
        self.start = start  # of the run under way, in the tokens put out
        self.has_and = self.has_or = False

    def meet_or(self, out: list[Token]) -> None:
        self.has_or = True
        self.close(out)

    def close(self, out: list[Token]) -> None:
        if self.has_and and self.has_or:
            out.insert(self.start, Token("LPAREN", "(", 0, 0))
            out.append(Token("RPAREN", ")", 0, 0))
        self.has_and = False
