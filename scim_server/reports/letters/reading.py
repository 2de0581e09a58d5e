"""The rows of the letters report, read in lots: memory does not grow with the roster."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from scim_server.reports.letters.on_record import numbers
from scim_server.reports.letters.rows import LetterRow, Terms, letter_rows, letters_of, shown
from scim_server.store.people import all_subjects, read_roll


def read_rows(
    connection: Connection, terms: Terms, passed_over: Callable[[int], None] = lambda number: None
) -> Iterator[LetterRow]:
    """Everybody's, in the order of the roster; `passed_over` is told how many letters of locks are left out."""
    for lot in all_subjects(connection, "person"):
        people = read_roll(connection, lot, "").people
        on_record = numbers(connection, lot)
        for subject in lot:
            found = letters_of(people[subject], terms)
            told = shown(found, terms)
            passed_over(len(found) - len(told))
            yield from letter_rows(people[subject], told, terms, on_record)
