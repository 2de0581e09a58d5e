"""A resource as it came: names of attributes in any letter case (RFC 7643, 2.1), values as the service spells them."""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import Unreadable
from connectors.scim.attributes import GROUP, MAILS, PERSON, Place
from mappings.model import AccountState, Kind, Memberships, Presence

Json = Mapping[str, Any]
TABLES: Mapping[Kind, Mapping[str, Place]] = {Kind.PERSON: PERSON, Kind.GROUP: GROUP}
ENDPOINTS: Mapping[Kind, str] = {Kind.PERSON: "/Users", Kind.GROUP: "/Groups"}


@dataclass(frozen=True, slots=True)
class Resource:
    """A User or a Group. `version`: its entity tag, where the service has those (RFC 7644, 3.14)."""

    kind: Kind
    id: str
    fields: Json
    version: str | None = None

    def text(self, name: str) -> str:
        """An attribute's value; empty where there is none."""
        if name == MAILS:
            mail = work_mail(self.fields)
            return text_of(mail, "value") if mail is not None else ""
        return _plain(at(self.fields, *TABLES[self.kind][name].keys))

    @property
    def active(self) -> bool:
        """Whether the account is usable; a service that does not say otherwise means yes."""
        told = at(self.fields, "active")
        return told.strip().casefold() != "false" if isinstance(told, str) else told is not False

    @property
    def title(self) -> str:
        """By what people recognise it."""
        return self.text("userName" if self.kind is Kind.PERSON else "displayName") or self.id

    def state(self, known: frozenset[str], memberships: frozenset[str] | None, key: str | None = None) -> AccountState:
        """The account, with the attributes that the service knows. `key`: where the service keeps none of ours."""
        return AccountState(
            key=self.text("externalId") if key is None else key,
            presence=Presence.ACTIVE if self.active else Presence.LOCKED,
            attributes={name: _values(self.text(name)) for name in TABLES[self.kind] if name in known},
            memberships=None if memberships is None else Memberships(concurrent=memberships),
            remote_id=self.id,
            name=self.title,
        )

    def members(self) -> frozenset[str] | None:
        """The ids of a Group's members, groups among them; None where it does not show any."""
        told = at(self.fields, "members")
        return None if told is None else frozenset(id for id in (text_of(each, "value") for each in rows(told)) if id)

    def people(self) -> list[str]:
        """The ids of members that are, or may be, people."""
        told = rows(at(self.fields, "members"))
        return [text_of(each, "value") for each in told if text_of(each, "type").casefold() in ("", "user")]

    def groups(self) -> frozenset[str]:
        """The ids of the Groups that a User says to be a direct member of; none where it does not say."""
        told = rows(at(self.fields, "groups"))
        return frozenset(text_of(each, "value") for each in told if text_of(each, "type").casefold() != "indirect")


def resource(kind: Kind, fields: Json, tag: str | None = None) -> Resource:
    """A resource from its JSON. Raises Unreadable where it has no id."""
    id = text_of(fields, "id")
    if not id:
        raise Unreadable("SCIM 系统的回答中有一个资源没有 id")
    version = tag or text_of(at(fields, "meta"), "version") or None
    return Resource(kind, id, fields, version)


def key_of(fields: Json, name: str) -> str | None:
    """How an attribute is spelled there; None where it is not there."""
    return next((each for each in fields if each.casefold() == name.casefold()), None)


def at(fields: Any, *names: str) -> Any:
    """The value at that place; None where there is none."""
    for name in names:
        key = key_of(fields, name) if isinstance(fields, Mapping) else None
        if key is None:
            return None
        fields = fields[key]
    return fields


def put(fields: MutableMapping[str, Any], value: Any, *names: str) -> None:
    """Sets or, with None, takes away the value at that place; an object that becomes empty goes with it."""
    key = key_of(fields, names[0]) or names[0]
    if len(names) > 1:
        inner = dict(fields.get(key) or {})
        put(inner, value, *names[1:])
        value = inner or None
    if value is None:
        fields.pop(key, None)
    else:
        fields[key] = value


def text_of(fields: Any, name: str) -> str:
    """A text, or a number as one; empty where there is neither."""
    return _plain(at(fields, name))


def rows(listed: Any) -> list[Json]:
    """The objects of a list; a single object stands for a list of one."""
    listed = [listed] if isinstance(listed, Mapping) else listed
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []


def work_mail(fields: Json) -> Json | None:
    """The e-mail address that is the work one; where a service keeps no types, the only one there is."""
    mails = rows(at(fields, MAILS))
    work = [each for each in mails if text_of(each, "type").casefold() == "work"]
    if work:
        return next((each for each in work if at(each, "primary") is True), work[0])
    return mails[0] if len(mails) == 1 and not text_of(mails[0], "type") else None


def with_mail(fields: Json, wanted: str) -> list[dict[str, Any]]:
    """All addresses, the work one being `wanted`, or gone where that is empty; the others as they are."""
    old = work_mail(fields)
    kept = [dict(each) for each in rows(at(fields, MAILS)) if each is not old]
    if not wanted:
        return kept
    first = not any(at(each, "primary") is True for each in kept)
    return [{"value": wanted, "type": "work", **({"primary": True} if first else {})}, *kept]


def each_resource(kind: Kind, listed: Any) -> Iterator[Resource]:
    """The resources of a list. Raises Unreadable."""
    if not isinstance(listed, list):
        raise Unreadable("SCIM 系统的名单没有 Resources")
    for each in listed:
        if not isinstance(each, Mapping):
            raise Unreadable("SCIM 系统的名单中有不成样子的资源")
        yield resource(kind, each)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _values(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
