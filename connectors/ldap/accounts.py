"""One operation on one entry: create, update, lock, unlock, remove."""

from collections.abc import Mapping

from connectors.ldap import names
from connectors.ldap.codes import outcome
from connectors.ldap.entry import GROUP, PERSON, SHAPES, Shape, Tree
from connectors.ldap.locate import Ended, existing, locate, refuse_protected_name
from connectors.ldap.messages import ONE, REPLACE, Add, Delete, Equal, Found, Modify, Rename, Reply, Search
from connectors.ldap.pipeline import Talk
from connectors.ldap.references import forget, naming, repoint
from connectors.ldap.searches import read_entry
from mappings.model import AlreadySo, Conflict, Done, Kind, Operation, Outcome, Pending, Presence, Refused, Retry

TOO_LONG = Refused("name-too-long", "名称过长，目录的数据库容不下（OpenLDAP 约 240 字节，汉字每字 3 字节）")
Values = Mapping[str, tuple[str, ...]]


def create(tree: Tree, operation: Operation) -> Talk[Outcome]:
    """A new entry, locked from birth where it is to be locked. 68 on our own entry is AlreadySo, else Conflict."""
    shape, values = SHAPES[operation.ref.kind], _managed(operation)
    rdn = values.get(shape.rdn) or ((operation.ref.key,) if shape.rdn == shape.key else ())
    if len(rdn) != 1 or not rdn[0].strip():
        return Refused(shape.rdn, f"缺少 {shape.rdn}，无法命名条目")
    dn = names.child(shape.rdn, rdn[0], tree.container(shape.kind))
    refuse_protected_name(tree, dn)
    (reply,) = yield [Add(dn, _attributes(tree, operation, shape, values | {shape.rdn: rdn}))]
    if reply.code == 68 or (reply.code == 19 and (yield from _holder(tree, shape, dn))):
        return (yield from _taken(tree, operation, shape, dn))
    if reply.code == 80 and _too_long(tree, dn):
        return TOO_LONG
    if reply.code == 32:
        return Retry(f"{tree.container(shape.kind)} 不存在或服务账号看不到", outage=True)
    return _done(reply)


def _attributes(tree: Tree, operation: Operation, shape: Shape, values: Values) -> Values:
    after = operation.after
    locked = shape is PERSON and after is not None and after.presence is Presence.LOCKED
    return {
        "objectClass": shape.classes,
        **{name: each for name, each in values.items() if each},
        shape.key: values.get(shape.key) or (operation.ref.key,),
        **({"member": (tree.config.placeholder_dn,)} if shape is GROUP else {}),
        **(tree.dialect.born_locked if locked else {}),
    }


def _taken(tree: Tree, operation: Operation, shape: Shape, dn: str) -> Talk[Outcome]:
    """AlreadySo where it is our own entry that has the name, else Conflict with the holder."""
    holder = yield from _holder(tree, shape, dn)
    if holder is None:
        return Conflict(dn, f"{dn} 已被占用，且服务账号看不到该条目")
    ours = operation.ref.key in holder.texts(shape.key) and names.same(holder.dn, dn)
    if ours and shape.classes[-1].lower() in map(str.lower, holder.texts("objectClass")):
        return AlreadySo()
    return Conflict(holder.dn, f"{dn} 已被另一个条目占用")


def _holder(tree: Tree, shape: Shape, dn: str) -> Talk[Found | None]:
    """Who has a name: the entry of that DN, else one that carries it in its attribute (a uniqueness overlay minds)."""
    container = tree.container(shape.kind)
    attributes = ("objectClass", shape.key)
    there, others = yield [
        read_entry(dn, attributes),
        Search(container, ONE, Equal(shape.rdn, names.rdn_value(dn)), attributes),
    ]
    return next(iter((*there.entries, *others.entries)), None)


def update(tree: Tree, operation: Operation) -> Talk[Outcome]:
    """Brings attributes to what they should be: a modrdn where the name changes, then one modify with the rest."""
    shape, values = SHAPES[operation.ref.kind], _managed(operation)
    entry = yield from existing(tree, operation.ref, tuple(values))
    renamed = _new_name(shape, entry, values)
    changes = _changes(shape, entry, values)
    if renamed is None and not changes:
        return AlreadySo()
    dn = entry.dn
    if renamed is not None:
        dn = yield from _rename(tree, shape, entry, renamed)
    if changes:
        (reply,) = yield [Modify(dn, changes)]
        return _done(reply)
    return Done()


def _new_name(shape: Shape, entry: Found, values: Values) -> str | None:
    """The RDN's new value, None where it stays; a change of letter case is one too."""
    wanted = values.get(shape.rdn)
    if wanted is None:
        return None
    if len(wanted) != 1 or not wanted[0].strip():
        raise Ended(Refused(shape.rdn, f"{shape.rdn} 须有且只有一个值"))
    return wanted[0] if names.rdn_value(entry.dn) != wanted[0] else None


def _changes(shape: Shape, entry: Found, values: Values) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    changes = []
    for name, wanted in values.items():
        present = set(entry.texts(name))
        if name == shape.rdn:
            present.discard(names.rdn_value(entry.dn))  # the modrdn sees to that one
            differs = bool(present - set(wanted))
        else:
            differs = present != set(wanted)
        if differs:
            changes.append((REPLACE, name, tuple(wanted)))
    return tuple(changes)


def _rename(tree: Tree, shape: Shape, entry: Found, value: str) -> Talk[str]:
    """The DN after the rename; who named the old one names the new one. Ends early when refused."""
    dn = names.child(shape.rdn, value, tree.container(shape.kind))
    refuse_protected_name(tree, dn)
    namings = yield from naming(tree, shape.kind, entry.dn)
    (reply,) = yield [Rename(entry.dn, dn.removesuffix("," + tree.container(shape.kind)))]
    holder = (yield from _holder(tree, shape, dn)) if reply.code in (19, 68) else None
    if holder and not names.same(holder.dn, entry.dn):
        raise Ended(Conflict(holder.dn, f"{dn} 已被另一个条目占用"))
    if reply.code != 0:
        raise Ended(TOO_LONG if reply.code == 80 and _too_long(tree, dn) else outcome(reply))
    yield from repoint(namings, entry.dn, dn)
    return dn


def _too_long(tree: Tree, dn: str) -> bool:
    return len(names.rdn_value(dn).encode()) > tree.dialect.longest_rdn - len("uid=")


def lock(tree: Tree, operation: Operation) -> Talk[Outcome]:
    """Locks a person's account; nothing but the lock is written."""
    entry = yield from existing(tree, operation.ref, tree.dialect.lock_attributes)
    if tree.dialect.locked(entry):
        return AlreadySo()
    (reply,) = yield [Modify(entry.dn, tree.dialect.lock(entry))]
    return _locking(reply)


def unlock(tree: Tree, operation: Operation) -> Talk[Outcome]:
    """Ends our lock, and ours only."""
    entry = yield from existing(tree, operation.ref, tree.dialect.lock_attributes)
    if not tree.dialect.locked(entry):
        return AlreadySo()
    changes = yield from tree.dialect.unlock(entry, tree.config.base_dn)
    (reply,) = yield [Modify(entry.dn, changes)]
    return AlreadySo() if reply.code == 16 else _locking(reply)


def _locking(reply: Reply) -> Outcome:
    if reply.code == 17:
        return Refused("lock-unsupported", "目录没有加载 ppolicy，不支持锁定；见 huaming doctor")
    return _done(reply)


def remove(tree: Tree, operation: Operation) -> Talk[Outcome]:
    """Takes the entry out of every group and every `manager`, then deletes it. A group must have emptied before."""
    entry = yield from locate(tree, operation.ref, ())
    if entry is None:
        return AlreadySo()
    if operation.ref.kind is Kind.GROUP:
        left = yield from _members_left(tree, entry)
        if left:
            return Pending(after=1.0, state=f"组内仍有 {left} 名成员")
    namings = yield from naming(tree, operation.ref.kind, entry.dn)
    yield from forget(tree, namings, entry.dn)
    (reply,) = yield [Delete(entry.dn)]
    return AlreadySo() if reply.code == 32 else _done(reply)


def _members_left(tree: Tree, entry: Found) -> Talk[int]:
    (reply,) = yield [read_entry(entry.dn, ("member",))]
    members = [dn for found in reply.entries for dn in found.texts("member")]
    return sum(not tree.hidden(dn) for dn in members)


def _managed(operation: Operation) -> dict[str, tuple[str, ...]]:
    """The attributes to write. Ends with Refused where one is not the hub's: it is neither written nor forgotten."""
    values = dict(operation.after.attributes) if operation.after else {}
    foreign = sorted(set(values) - set(SHAPES[operation.ref.kind].managed))
    if foreign:
        raise Ended(Refused("unmanaged", f"不受管理的属性：{'、'.join(foreign)}"))
    return values


def _done(reply: Reply) -> Outcome:
    return Done() if reply.code == 0 else outcome(reply)
