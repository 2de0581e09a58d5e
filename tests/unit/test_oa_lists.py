"""Lists of an OA, page by page: builds begin at 0 or 1, and some know no pages at all."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors.errors import Unreadable
from connectors.oa.lists import Listing

Build = Callable[[int, int], list[dict[str, Any]]]  # (page, size) -> entities


class Office:
    """A list behind a wire. `count`: what the OA says there are."""

    def __init__(self, build: Build, count: Any = None) -> None:
        self.build, self.count = build, count
        self.pages: list[int] = []

    def read(self, path: str, **query: Any) -> Any:
        if path == "count":
            return self.count() if callable(self.count) else self.count
        self.pages.append(query["pageNo"])
        return self.build(query["pageNo"], query["pageSize"])


def people(number: int) -> list[dict[str, Any]]:
    return [{"id": each} for each in range(1, number + 1)]


def from_zero(number: int) -> Build:
    return lambda page, size: people(number)[page * size : (page + 1) * size]


def from_one(number: int) -> Build:
    return lambda page, size: people(number)[(page - 1) * size : page * size] if page else []


def from_one_and_zero_is_one(number: int) -> Build:
    return lambda page, size: from_one(number)(max(page, 1), size)


def from_one_and_zero_is_an_error(number: int) -> Build:
    def build(page: int, size: int) -> list[dict[str, Any]]:
        if page == 0:
            raise Unreadable("pageNo")
        return from_one(number)(page, size)

    return build


def shows_the_last_page_again(number: int) -> Build:
    def build(page: int, size: int) -> list[dict[str, Any]]:
        return from_zero(number)(min(page, max(number - 1, 0) // size), size)

    return build


def all_at_once(number: int) -> Build:
    return lambda page, size: people(number)


def listing(office: Office, first: int | str = "probe", counted: str = "") -> Listing:
    return Listing(office, "list", 3, first, counted)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 6, 7, 9, 10])
@pytest.mark.parametrize(
    "build",
    [
        from_zero,
        from_one,
        from_one_and_zero_is_one,
        from_one_and_zero_is_an_error,
        shows_the_last_page_again,
        all_at_once,
    ],
)
def test_every_build_is_read_whole_and_each_once(build: Callable[[int], Build], number: int) -> None:
    reading = listing(Office(build(number), number), counted="count")
    assert [each["id"] for each in reading.everything()] == [each["id"] for each in people(number)]
    assert reading.sound


@pytest.mark.parametrize(("first", "build"), [(0, from_zero), (1, from_one)])
def test_a_build_that_is_known_is_not_probed(first: int, build: Callable[[int], Build]) -> None:
    office = Office(build(5))
    assert len(list(listing(office, first).everything())) == 5
    assert office.pages == [first, first + 1]


def test_deleted_ones_on_a_page_are_no_end_of_the_list() -> None:
    def build(page: int, size: int) -> list[dict[str, Any]]:
        return [each | {"isDeleted": each["id"] in (1, 2, 5)} for each in from_zero(7)(page, size)]

    assert [each["id"] for each in listing(Office(build)).everything()] == [3, 4, 6, 7]


def test_somebody_who_comes_twice_or_goes_missing_is_noticed() -> None:
    moved = Office(lambda page, size: [{"id": 1}, {"id": 2}, {"id": 3}] if page == 0 else [{"id": 3}])
    for office in (moved, Office(from_zero(5), 6), Office(from_zero(5), iter((5, 4)).__next__)):
        reading = listing(office, 0, counted="count")
        list(reading.everything())
        assert not reading.sound


@pytest.mark.parametrize("count", [5, "5", {"count": 5}, None, "many"])
def test_a_count_in_any_form_or_none(count: Any) -> None:
    reading = listing(Office(from_zero(5), count), counted="count")
    assert len(list(reading.everything())) == 5
    assert reading.sound


def test_a_build_that_does_not_count_is_read_all_the_same() -> None:
    def no_such_path() -> int:
        raise Unreadable("a page")

    reading = listing(Office(from_zero(5), no_such_path), counted="count")
    assert len(list(reading.everything())) == 5
    assert reading.sound
