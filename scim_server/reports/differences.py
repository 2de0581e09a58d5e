"""What an operation changed, in Chinese: one sentence an attribute, from before to after."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from mappings.model import Presence
from scim_server.reports.fields import state
from scim_server.reports.rows import SyncRow
from scim_server.reports.words import ATTRIBUTES, GROUP_ATTRIBUTES, PRESENCES, action_word

_LONGEST = 120  # characters of one value: the page is for reading, the table formats have the whole
_NAMES_OF_ENTRIES = frozenset({"manager", "seeAlso"})
_FIRST_PART = re.compile(r"[a-z]+=((?:[^,\\]|\\.)+),", re.IGNORECASE)

State = Mapping[str, Any]


def differences(row: SyncRow, group_titles: Mapping[str, str]) -> list[str]:
    """The sentences for one operation, never none; `group_titles` names groups by key."""
    try:
        before, after = state(row.before) or {}, state(row.after) or {}
    except orjson.JSONDecodeError:
        return ["（变更内容无法读取）"]
    if row.group_key is not None:
        return [f"{action_word(row.action)}{_group(row.group_key, group_titles)}"]
    if row.action == "create":
        told = ["；".join([*_new(row, after, group_titles)])]
    elif row.action == "remove":
        told = [*_presence(before, after)]
    else:
        told = [*_presence(before, after), *_changed(row, before, after, group_titles)]
        told += _groups(before, after, group_titles)
    return [each for each in told if each] or ["—"]


def _presence(before: State, after: State) -> Iterator[str]:
    old, new = before.get("presence"), after.get("presence")
    if old and not after:
        new = "removed"
    if new and old != new:
        yield f"状态：{PRESENCES.get(old, old) if old else '（无）'} → {PRESENCES.get(new, new)}"


def _new(row: SyncRow, after: State, titles: Mapping[str, str]) -> Iterator[str]:
    """A new account, less what its own columns or another attribute say already."""
    if after.get("presence") == "locked":
        yield f"状态：{PRESENCES[Presence.LOCKED]}"
    attributes = after.get("attributes") or {}
    for attribute in sorted({*attributes} - _repeated(row, attributes), key=_place):
        if value := _values(attribute, attributes, titles):
            yield f"{_label(row, attribute)}：{value}"
    if groups := after.get("groups"):
        yield "所属：" + "、".join(_group(key, titles) for key in groups)


def _repeated(row: SyncRow, attributes: Mapping[str, list[str]]) -> set[str]:
    name = attributes.get("cn")
    parts = [*(attributes.get("sn") or ()), *(attributes.get("givenName") or ())]
    repeated = {each for each in ("displayName", "sn") if name and attributes.get(each) == name}
    if name and "".join(name).replace(" ", "") == "".join(parts):
        repeated |= {"sn", "givenName"}
    return repeated | {each for each in ("employeeNumber",) if attributes.get(each) == [row.external_id]}


def _changed(row: SyncRow, before: State, after: State, titles: Mapping[str, str]) -> Iterator[str]:
    old, new = before.get("attributes") or {}, after.get("attributes") or {}
    for attribute in sorted({*old, *new}, key=_place):
        was, now = _values(attribute, old, titles), _values(attribute, new, titles)
        if was != now:
            yield f"{_label(row, attribute)}：{was or '（无）'} → {now or '（无）'}"


def _label(row: SyncRow, attribute: str) -> str:
    labels = GROUP_ATTRIBUTES if row.kind == "group" else ATTRIBUTES
    return labels.get(attribute, attribute)


def _place(attribute: str) -> tuple[int, str]:
    known = [*ATTRIBUTES, *GROUP_ATTRIBUTES]
    return (known.index(attribute) if attribute in known else len(known), attribute)


def _values(attribute: str, attributes: Mapping[str, list[str]], titles: Mapping[str, str]) -> str:
    values = attributes.get(attribute) or ()
    if attribute in _NAMES_OF_ENTRIES:
        return "、".join(_short(_entry(value, titles)) for value in values)
    return "、".join(map(_short, values))


def _entry(name: str, titles: Mapping[str, str]) -> str:
    """Another entry, by what its name begins with (RFC 4514): its place in the tree tells a reader nothing."""
    match = _FIRST_PART.match(name)
    key = match.group(1) if match else name
    return _group(key, titles) if key in titles else key


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"


def _groups(before: State, after: State, titles: Mapping[str, str]) -> Iterator[str]:
    old, new = set(before.get("groups") or ()), set(after.get("groups") or ())
    if joined := sorted(new - old):
        yield "加入" + "、".join(_group(key, titles) for key in joined)
    if left := sorted(old - new):
        yield "退出" + "、".join(_group(key, titles) for key in left)


def _group(key: str, titles: Mapping[str, str]) -> str:
    title = titles.get(key)
    return f"“{title}”（{key}）" if title and title != key else f"“{key}”"
