"""The open points of the regulation with the readings that are set here (A01-A29), as `doctor` shows them."""

from collections.abc import Iterator
from typing import Any

from mappings.policy.readings import DEFAULT, POINTS, Point, Readings


def points(readings: Readings) -> Iterator[str]:
    """A sentence for each point: the question, how it is read, and the settings that say so with their values."""
    for point in POINTS:
        yield point_line(point, readings)


def point_line(point: Point, readings: Readings) -> str:
    """One point in Chinese; a setting that differs from its default is said to."""
    asked = f"{point.id} {point.question}：{point.reading}"
    if not point.settings:
        return asked
    values = "，".join(f"{name} = {spoken(getattr(readings, name))}" for name in point.settings)
    changed = any(getattr(readings, name) != getattr(DEFAULT, name) for name in point.settings)
    return f"{asked}（{'本处改设' if changed else '现设'} {values}）"


def settings_of(ids: tuple[str, ...], readings: Readings) -> list[str]:
    """The points that took part in a decision, as they are cited: number, question, settings."""
    return [point_line(point, readings) for point in POINTS if point.id in ids]


def spoken(value: Any) -> str:
    """A value as the configuration spells it."""
    if value is None:
        return "未设"
    if isinstance(value, bool):
        return str(value).lower()
    return "、".join(sorted(value)) if isinstance(value, frozenset) else str(value)
