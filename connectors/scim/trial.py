"""An account and a Group made for a moment: what the service does with them, against what it says of itself."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from connectors.errors import ConnectorError, Denied
from connectors.scim import changes, find, remedies
from connectors.scim.codes import Declined
from connectors.scim.memberships import Memberships, members_of
from connectors.scim.resource import ENDPOINTS, Resource
from connectors.scim.room import Room
from connectors.scim.wire import segment
from mappings.model import Finding, Kind, Ref

NAME = "huaming-doctor"
TEXTS: Mapping[str, str] = {
    "userName": NAME,
    "externalId": NAME,
    "name.formatted": "试验账号",
    "name.familyName": "试验",
    "name.givenName": "账号",
    "displayName": "试验账号",
    "title": "试验",
    "emails": f"{NAME}@example.invalid",
    "department": "试验科",
}


class Trial:
    """One trial. Whatever happens, it clears away what it has made."""

    def __init__(self, room: Room, memberships: Memberships) -> None:
        self._room, self._memberships = room, memberships

    def findings(self) -> Iterator[Finding]:
        """Raises ConnectorError where the service is not to be reached."""
        holder = find.by_user_name(self._room, NAME)
        if holder is not None and holder.text("externalId") not in ("", NAME):
            yield Finding("error", f"登录名 {NAME} 已被占用，不能试写", remedies.STRANGER)
            return
        well = True
        try:
            for finding in self._steps():
                well = well and finding.level != "error"
                yield finding
        except Declined as no:
            well = False
            yield Finding("error", f"试写中止：{no.sentence}", remedies.NO_RIGHTS)
        except Denied as error:
            well = False
            yield Finding("error", f"试写中止：{error}", remedies.NO_RIGHTS)
        finally:
            left = self._clear()
        if left:
            yield Finding("error", f"试验用的{'、'.join(left)}没有删掉", remedies.LEFT)
        elif well:
            yield Finding("ok", "试验账号建立、锁定、解锁、删除均成功，没有留下痕迹")

    def _steps(self) -> Iterator[Finding]:
        self._clear()
        user = self._made(Kind.PERSON, {name: TEXTS[name] for name in self._room.known(Kind.PERSON)})
        if user is None:
            yield Finding("error", "试验账号建立后按 externalId 找不到", remedies.NO_KEY)
            return
        altered = [name for name in self._room.known(Kind.PERSON) if user.text(name) != TEXTS[name]]
        if "externalId" in altered:
            yield Finding("error", "试验账号的 externalId 没有保存", remedies.NO_KEY)
        elif altered:
            told = f"该系统没有照写这些属性：{'、'.join(sorted(altered))}"
            yield Finding("warning", told, f"{remedies.ALTERED}：unmanaged = {sorted(altered)}")
        if user.active:
            yield Finding("error", "以 active = false 建立的试验账号却是启用的", remedies.NO_ACTIVE)
        for active in (True, False):
            changes.write(self._room, user, {}, active)
            user = find.by_id(self._room, Kind.PERSON, user.id) or user
            if user.active is not active:
                yield Finding("error", f"active 改为 {str(active).lower()} 没有生效", remedies.NO_ACTIVE)
        yield from self._with_a_group(user)

    def _with_a_group(self, user: Resource) -> Iterator[Finding]:
        try:
            group = self._made(Kind.GROUP, {name: NAME for name in self._room.known(Kind.GROUP)})
        except Declined as no:
            remedy = remedies.SAME_NAME if no.taken else remedies.NO_RIGHTS
            yield Finding("error", f"不能建组：{no.sentence}", remedy)
            return
        if group is None:
            yield Finding("error", "试验用的组建立后找不到", remedies.NO_GROUP_KEY)
            return
        changes.add_member(self._room, group, user.id)
        whole = find.by_id(self._room, Kind.GROUP, group.id, members=True) or group
        shown = group.id in self._memberships.of(user_again(self._room, user))
        if user.id not in (whole.members() or ()) or not shown:
            yield Finding("error", "试验账号加入组之后，读不到它在组中", remedies.NO_MEMBERS)
            return
        changes.remove_member(self._room, whole, user.id)
        if user.id in members_of(self._room, group.id):
            yield Finding("error", "试验账号退出组没有生效", remedies.NO_MEMBERS)
        yield Finding("ok", f"组可以建立，成员可以加入和退出；所在组的读法：{self._memberships.way}")

    def _made(self, kind: Kind, texts: Mapping[str, str]) -> Resource | None:
        body = changes.body(kind, texts, active=False)
        self._room.wire.write("POST", ENDPOINTS[kind], body)
        return self._mine(kind)

    def _mine(self, kind: Kind) -> Resource | None:
        """What the trial has made, as it is found by its key; a leftover of an earlier one too."""
        if kind is Kind.GROUP and self._room.config.group_key == "displayName":
            return next(iter(find.by_value(self._room, kind, "displayName", NAME)), None)
        return find.by_key(self._room, Ref(NAME, kind, NAME))

    def _clear(self) -> list[str]:
        """Deletes what the trial has made; what is left is named."""
        left = []
        for kind, what in ((Kind.GROUP, "组"), (Kind.PERSON, "用户")):
            with suppress(ConnectorError, Declined):
                for each in self._made_things(kind):
                    self._room.wire.write("DELETE", f"{ENDPOINTS[kind]}/{segment(each.id)}")
                if not self._made_things(kind):
                    continue
            left.append(what)
        return left

    def _made_things(self, kind: Kind) -> list[Resource]:
        """All that bears the trial's name; of the Groups by their name, of the Users by userName and key."""
        name = "userName" if kind is Kind.PERSON else "displayName"
        found = find.by_value(self._room, kind, name, NAME)
        return [each for each in found if each.text("externalId") in ("", NAME)]


def user_again(room: Room, user: Resource) -> Resource:
    """The same as it is now."""
    return find.by_id(room, Kind.PERSON, user.id) or user
