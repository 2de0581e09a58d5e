"""Ids as the vendor's are: signed, 64 bits, beyond 2^53, about half of them negative; the same ones at each start."""

from hashlib import sha256

LEAST = 1 << 53  # what a double can still tell apart
DIGITS = 19  # of the largest id


class Ids:
    """Gives a new id at each call."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.given = 0

    def next(self) -> int:
        """The next id; its distance from 0 is more than 2^53."""
        self.given += 1
        found = sha256(f"{self.seed}:{self.given}".encode()).digest()
        number = int.from_bytes(found[:8], "big", signed=True)
        return number if abs(number) > LEAST else self.next()


def is_id(value: object) -> bool:
    """Whether it is a 64-bit integer, written as a number or as decimal digits; the vendor's pages show both."""
    if isinstance(value, str):
        digits = value.removeprefix("-")
        return digits.isascii() and digits.isdigit() and len(digits) <= DIGITS and -(1 << 63) <= int(value) < 1 << 63
    return isinstance(value, int) and not isinstance(value, bool) and -(1 << 63) <= value < 1 << 63
