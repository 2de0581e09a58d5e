"""`huaming policy compare`: whom another reading of the regulation would change. Writes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mappings.model import Presence
from mappings.policy.readings import TITLES
from scim_server import systems
from scim_server.operate.desk import Desk
from scim_server.operate.fact_words import ANOMALIES
from scim_server.operate.plain_past import everybody
from scim_server.operate.reading import Frame, frame
from scim_server.operate.states import state_of
from scim_server.reports.words import ARTICLES, PRESENCES
from scim_server.settings import Settings

Line = dict[str, Any]


def compare(desk: Desk, other: Settings, day: str) -> Iterator[Line]:
    """Everyone whose public answer differs: `{"externalId", "name", "changes": {what: [before, after]}}`.

    What: a system, `primary`, `concurrent`, `articles`, `anomalies`. Of the other settings `[policy]` alone counts.
    """
    with desk.reader() as connection:
        now = frame(desk, connection)
        then = _otherwise(desk, now, other)
        for person in everybody(connection, day, desk.clock.today()):
            changes = _differences(state_of(person, day, now), state_of(person, day, then))
            if changes:
                yield {"externalId": person.key, "name": person.formatted or person.user_name, "changes": changes}


def _otherwise(desk: Desk, now: Frame, other: Settings) -> Frame:
    settings = desk.settings.model_copy(update={"policy": other.policy})
    return replace(now, settings=settings, readings=systems.readings(settings, desk.clock.today()))


def _differences(before: Line, after: Line) -> dict[str, list[Any]]:
    sides = [
        line["systems"] | {key: line[key] for key in line if key not in ("externalId", "systems")}
        for line in (before, after)
    ]
    return {key: [was, sides[1][key]] for key, was in sides[0].items() if was != sides[1][key]}


WORDS = {"primary": "主岗部门", "concurrent": "兼任部门", "articles": "条款", "anomalies": "待核事项"}
SPOKEN: Mapping[str, Mapping[str, str]] = {"articles": ARTICLES, "anomalies": ANOMALIES}


def line(found: Line) -> str:
    """The same as a person reads it."""
    changes = "；".join(
        f"{_title(key)} {_word(key, was)}→{_word(key, now)}" for key, (was, now) in found["changes"].items()
    )
    return f"{found['name']}（{found['externalId']}）：{changes}"


def _title(key: str) -> str:
    return WORDS.get(key) or TITLES.get(key, key)


def _word(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(SPOKEN.get(key, {}).get(each, each) for each in value) or "无"
    return PRESENCES[Presence(value)] if value in set(Presence) else value or "无"
