"""Checks and spells names; invents none (S11). Pure functions on strings."""

import unicodedata


def fold(name: str) -> str:
    """A name as it is compared: NFKC and case folded (S10)."""
    return unicodedata.normalize("NFKC", name).casefold()


def values(text: str) -> tuple[str, ...]:
    """A single-valued attribute: empty text is an absent attribute, never an empty value (RFC 4519 syntaxes)."""
    return (text,) if text.strip() else ()


def ascii_only(text: str) -> bool:
    """Whether an IA5 syntax (RFC 4517, 3.3.15: mail) can hold it."""
    return text.isascii()
