"""The one format of cases, for every mapping: what the roster says, what the system shows, what must be done and why.

A file is YAML, `tests/cases/KIND/*.yaml`, KIND being a row of the table of systems:

    given: {…}                    # what all cases of the file share: any of the keys below
    cases:
      - name: 一句人事人员读得懂的话
        day: 2026-03-02           # the civil day on which one looks
        person: {…}               # a SCIM User; merged over that of `given`; null takes a value away
        group: {…}                # instead of a person: a SCIM Group, whose own entry is the account
        created, removed: day     # when the roster got to know it, and when it was deleted
        groups: [{…}]             # the roster's Groups, as SCIM documents
        joined: [D01]             # the Groups that the person has joined, in the order of joining
        accounts: {id: name}      # accounts of others (a manager's, a parent's), by SCIM id or externalId
        before: {…}               # the account is as it was made when the roster said this, over `given`
        observed: {presence, attributes, groups}    # what the system shows instead; presence removed: deleted by hand
        link: {ours, locked, spell}                 # what is on record; ours unless nothing is there
        keep_days: 30             # remove = "disable:30" (S14)
        default_department: D01   # for who has none (S1)
        plain: false              # whether users without facts have an account there; default: as the kind is
        facts: {…}                # the roster's extension of the person, merged as the person is
        marks: {…}                # what is kept beside the document (tests/policy/table.py)
        expect: [{do, article, text, …}]            # the operations in their order, complete
        finding, unfit, review_on: …
        then: [{…}]               # later looks at the same account: what has changed since, and what is expected

`create` lists every attribute that is not empty, `update` each change as [before, after], `join` and `leave` the group.
Where a system knows primary departments, a `create` has `primary`, a move is an `update` with
`primary: [old, new]`, and `observed` may name the `primary` of now (`groups` are the others).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent


class Observed(BaseModel):
    """What the system shows of the account."""

    model_config = ConfigDict(extra="forbid")

    presence: str = "active"
    attributes: dict[str, str | list[str] | None] = Field(default_factory=dict)
    groups: list[str] | None = None
    primary: str | None = None


class Link(BaseModel):
    """What is on record of the link."""

    model_config = ConfigDict(extra="forbid")

    ours: bool = True
    locked: bool = False
    spell: str | None = None


class Look(BaseModel):
    """One look at one account on one day. Keys that are unknown are errors: a misspelt one would expect nothing."""

    model_config = ConfigDict(extra="forbid")

    day: str
    person: dict[str, Any] | None = None
    group: dict[str, Any] | None = None
    created: str = "2026-01-05"
    removed: str | None = None
    groups: list[dict[str, Any]] = Field(default_factory=list)
    joined: list[str] = Field(default_factory=list)
    accounts: dict[str, str] = Field(default_factory=dict)
    before: "Look | None" = None
    observed: Observed | None = None
    link: Link | None = None
    keep_days: int = 0
    default_department: str | None = None
    plain: bool | None = None
    facts: dict[str, Any] | None = None
    marks: dict[str, Any] = Field(default_factory=dict)
    expect: list[dict[str, Any]] = Field(default_factory=list)
    finding: str | None = None
    unfit: str | None = None
    review_on: str | None = None


class Case(BaseModel):
    """A situation: the first look, and the later ones."""

    kind: str
    file: str
    name: str
    looks: list[Look]

    def __str__(self) -> str:
        return f"{self.kind}/{self.file}: {self.name}"


def cases() -> Iterator[Case]:
    """Every case of every folder."""
    for path in sorted(HERE.glob("*/*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), _AsText)
        assert set(content) <= {"given", "cases"}, path
        for each in content["cases"]:
            looks = [Look(**one) for one in _looks(content.get("given", {}), each)]
            yield Case(kind=path.parent.name, file=path.stem, name=each["name"], looks=looks)


def _looks(given: Mapping[str, Any], case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    look = merged(given, {key: value for key, value in case.items() if key not in ("name", "then")})
    if "before" in look:
        look["before"] = merged(given, look["before"])
    for later in ({}, *case.get("then", [])):
        look = merged({key: look[key] for key in look if not later or key in LASTING}, later)
        assert "expect" in look, f"{case['name']}: nothing is expected"
        yield look


LASTING = (
    "day",
    "person",
    "group",
    "created",
    "removed",
    "groups",
    "joined",
    "accounts",
    "keep_days",
    "default_department",
    "plain",
    "facts",
    "marks",
)


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """One state of the roster over another; the documents of the subject are merged, everything else replaced."""
    both = {**under, **over}
    for document in ("person", "group", "facts"):
        if under.get(document) is not None and over.get(document) is not None:
            both[document] = {**under[document], **over[document]}
    return both


class _AsText(yaml.SafeLoader):
    """Days stay the text that they are."""


_AsText.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
