"""Rows of the store become what is answered, in one of both faces (S18)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from mappings.policy.punctuality import reply
from mappings.review import public
from scim_server.api.console import models

Row = Mapping[str, Any]
Names = Mapping[str, str]


def department(key: str | None, names: Names) -> models.Department | None:
    """One that is gone by its key."""
    return models.Department(key=key, name=names.get(key, key)) if key else None


def departments(keys: bytes, names: Names) -> list[models.Department]:
    """Of a JSON list of keys."""
    return [models.Department(key=key, name=names.get(key, key)) for key in orjson.loads(keys)]


def keys_of(rows: list[Row], *columns: str) -> Iterator[str]:
    """The departments that rows name, lists of them too."""
    for row in rows:
        yield from (row[name] for name in columns if row[name])
        if row.get("addressees"):
            yield from orjson.loads(row["addressees"])


def system_figures(name: str, counts: Row, watched: Mapping[str, bool], restricted: bool) -> models.SystemFigures:
    """As they are kept with the check; of reasons those that would tell of a lock as one."""
    reasons: Counter[str] = Counter()
    for reason, number in counts["reasons"].items():
        reasons[reason if restricted else public(reason)] += number
    return models.SystemFigures(
        system=name,
        checked=counts["operated"] + counts["silent"],
        operated=counts["operated"],
        silent=counts["silent"],
        no_data=counts["no-data"],
        excluded=counts["excluded"],
        reasons=dict(sorted(reasons.items())),
        watched=dict(watched),
    )


def account(row: Row, names: Names, restricted: bool) -> models.Account:
    """What was found of one account."""
    reason = row["reason"]
    return models.Account(
        external_id=row["key"],
        name=row["title"],
        system=row["system"],
        verdict=row["verdict"],
        reason=reason if restricted or reason is None else public(reason),
        last_at=row["last_at"],
        terminal=row["terminal"],
        department=department(row["department"], names),
    )


_ANSWER = ("reply", "answer", "reason", "left_on", "departure", "ruling")


def case(row: Row, names: Names, today: str, restricted: bool) -> models.Case:
    """One case; what the department answered in the restricted face only."""
    same = ("id", "month", "system", "last_at", "terminal", "state", "replied_on", "answered", "by")
    came = row["replied_on"] if row["state"] != "open" else None
    return models.Case(
        external_id=row["key"],
        name=row["title"],
        department=department(row["department"], names),
        office=department(row["office"], names),
        leader=bool(row["leader"]),
        addressees=departments(row["addressees"], names),
        letter=_letter_of(row),
        time=reply(row["due"], bool(row["provisional"]), came, today),
        **{name: row[name] for name in same},
        **{name: row[name] if restricted else None for name in _ANSWER},
    )


def _letter_of(row: Row) -> models.CaseLetter | None:
    if row["doc_number"] is None:
        return None
    return models.CaseLetter(
        id=row["letter"],
        number=row["doc_number"],
        state=row["letter_state"],
        delivered=row["delivered"],
        due=row["due"],
        provisional=bool(row["provisional"]),
    )


_LETTER = (
    *("id", "kind", "title", "day", "month", "answers", "state", "channel", "created", "by"),
    *("attempts", "delivered", "delivered_by", "due", "people"),
)


def letter(row: Row, names: Names, restricted: bool) -> models.Letter:
    """A letter of the register. Why it could not be sent may name somebody."""
    return models.Letter(**_letter(row, names, restricted))


def whole_letter(row: Row, named: list[Row], names: Names, restricted: bool) -> models.WholeLetter:
    """With those whom it names."""
    people = [models.Named(external_id=each["key"], name=each["title"]) for each in named]
    return models.WholeLetter(**_letter(row, names, restricted), named=people)


def _letter(row: Row, names: Names, restricted: bool) -> dict[str, Any]:
    said = orjson.loads(row["instruction"]) if row["instruction"] else None
    return {name: row[name] for name in _LETTER} | {
        "number": row["doc_number"],
        "sender": models.Department(key=row["sender"], name=names.get(row["sender"], row["sender"])),
        "addressees": departments(row["addressees"], names),
        "restricted": bool(row["restricted"]),
        "instruction": models.Instruction.model_validate(said) if said else None,
        "provisional": bool(row["provisional"]),
        "error": row["error"] if restricted else None,
    }


def planned_end(row: Row, names: Names, today: str, restricted: bool) -> models.Return:
    """A case before a planned end."""
    same = ("id", "kind", "planned_end", "opened", "state", "choice", "until", "decided", "by")
    return models.Return(
        external_id=row["key"],
        name=row["title"],
        department=department(row["department"], names),
        overdue=row["state"] != "moot" and row["planned_end"] < today,
        **{name: row[name] for name in same},
        **{name: row[name] if restricted else None for name in ("fact", "departure", "note")},
    )
