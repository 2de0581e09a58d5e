"""One operation on one entry: create, update, lock, unlock, remove."""

from connectors.ldap import names
from connectors.ldap.codes import outcome
from connectors.ldap.credentials import NO_TLS
from connectors.ldap.entry import Tree
from connectors.ldap.locate import Ended, existing, locate, refuse_protected_name
from connectors.ldap.members import remaining
from connectors.ldap.messages import REPLACE, Add, Delete, Found, Modify, Rename, Reply
from connectors.ldap.pipeline import Talk
from connectors.ldap.references import forget, naming, repoint
from connectors.ldap.searches import read_entry
from connectors.ldap.shape import NAMES, Shape, Values
from mappings.model import AlreadySo, Conflict, Done, Kind, Operation, Outcome, Pending, Presence, Ref, Refused, Retry

TOO_LONG = Refused("name-too-long", "名称过长，目录的数据库容不下（OpenLDAP 约 240 字节，汉字每字 3 字节）")
NAME_TAKEN = frozenset({19, 68})  # constraintViolation by a uniqueness overlay or plug-in, entryAlreadyExists


def create(tree: Tree, operation: Operation) -> Talk[Outcome]:
    """A new entry, locked from birth where it is to be locked. 68 on our own entry is AlreadySo, else Conflict."""
    if tree.dialect.needs_tls and not tree.config.encrypted:
        return NO_TLS
    kind = operation.ref.kind
    shape, values = tree.shape(kind), tree.spell(kind, _managed(operation))
    named = values.get(shape.login) or ((operation.ref.key,) if shape.login == shape.key else ())
    if len(named) != 1 or not named[0].strip():
        return Refused(shape.login, f"缺少 {shape.login}，无法命名条目")
    dn = names.child(shape.rdn, named[0], tree.container(kind))
    refuse_protected_name(tree, dn)
    values = {**values, shape.rdn: named}
    (reply,) = yield [Add(dn, _attributes(tree, operation, shape, values))]
    if reply.code == 0:
        return (yield from tree.dialect.finish(tree, dn, operation))
    if reply.code == 68 or (reply.code == 19 and (yield from _holder(tree, shape, dn, values))):
        return (yield from _taken(tree, operation, shape, dn, values))
    if reply.code == 80 and _too_long(tree, dn):
        return TOO_LONG
    if reply.code == 32 or (reply.code == 50 and not (yield from _is_there(tree.container(kind)))):
        return Retry(f"{tree.container(kind)} 不存在或服务账号看不到", outage=True)
    return outcome(reply)


def _is_there(dn: str) -> Talk[bool]:
    """389 says "no right" (50) of a place that is not there."""
    (reply,) = yield [read_entry(dn, ("1.1",))]
    return reply.code != 32


def _attributes(tree: Tree, operation: Operation, shape: Shape, values: Values) -> Values:
    after = operation.after
    to_lock = shape.kind is Kind.PERSON and after is not None and after.presence is Presence.LOCKED
    placeholder = shape.kind is Kind.GROUP and not tree.dialect.empty_groups
    attributes = {
        "objectClass": shape.classes,
        **{name: each for name, each in values.items() if each},
        shape.key: values.get(shape.key) or (operation.ref.key,),
        **({"member": (tree.config.placeholder_dn,)} if placeholder else {}),
    }
    return tree.dialect.newborn(shape.kind, attributes, to_lock)


def _taken(tree: Tree, operation: Operation, shape: Shape, dn: str, values: Values) -> Talk[Outcome]:
    """AlreadySo where it is our own entry that has the name, else Conflict with the holder."""
    holder = yield from _holder(tree, shape, dn, values)
    if holder is None:
        return Conflict(dn, f"{dn} 已被占用，且服务账号看不到该条目")
    ours = operation.ref.key in holder.texts(shape.key) and _in_place(tree, shape, holder.dn, dn)
    if ours and shape.classes[-1].lower() in map(str.lower, holder.texts("objectClass")):
        if tree.dialect.unfinished(holder):
            return (yield from tree.dialect.finish(tree, holder.dn, operation))
        return AlreadySo()
    return Conflict(holder.dn, f"{dn} 的名称已被另一个条目占用")


def _in_place(tree: Tree, shape: Shape, found: str, dn: str) -> bool:
    """Where the name is an attribute, the entry may go by another RDN."""
    if shape.login == shape.rdn:
        return names.same(found, dn)
    return names.directly_below(found, tree.container(shape.kind))


def _holder(tree: Tree, shape: Shape, dn: str, values: Values, but: str = "") -> Talk[Found | None]:
    """Who else than `but` has a name: the entry of that DN, else one with it in an attribute that must be unique."""
    there, *others = yield [
        read_entry(dn, ("objectClass", shape.key, *tree.own)),
        *tree.dialect.holders(tree, shape, values),
    ]
    found = (entry for reply in (there, *others) for entry in reply.entries)
    return next((entry for entry in found if not names.same(entry.dn, but)), None)


def update(tree: Tree, operation: Operation) -> Talk[Outcome]:
    """Brings attributes to what they should be, the entry's name among them."""
    kind, wanted = operation.ref.kind, _managed(operation)
    shape = tree.shape(kind)
    entry = yield from existing(tree, operation.ref, tuple(shape.spell(wanted)))
    if tree.dialect.unfinished(entry):
        return (yield from tree.dialect.finish(tree, entry.dn, operation))
    values = tree.spell(kind, wanted, entry)
    renamed, changes = _new_name(shape, entry, values), _changes(shape, entry, values)
    followed = yield from _follow(tree, operation.ref, entry)
    if renamed is None and not changes:
        return Done() if followed else AlreadySo()
    if shape.login == shape.rdn:  # the name is the RDN: first the modrdn, then the rest
        dn = (yield from _rename(tree, shape, entry, renamed, values)) if renamed is not None else entry.dn
        return (yield from _modify(tree, shape, dn, changes, values)) if changes else Done()
    if renamed is not None:
        yield from _refuse_taken(tree, shape, entry.dn, _renamed(shape, entry, renamed), {})
    done = (yield from _modify(tree, shape, entry.dn, changes, values)) if changes else Done()
    if renamed is not None and isinstance(done, Done):
        yield from _rename(tree, shape, entry, renamed, values)
    return done


def _modify(
    tree: Tree, shape: Shape, dn: str, changes: tuple[tuple[int, str, tuple[str, ...]], ...], values: Values
) -> Talk[Outcome]:
    (reply,) = yield [Modify(dn, changes)]
    if reply.code in NAME_TAKEN and shape.login in values:
        yield from _refuse_taken(tree, shape, dn, dn, values)
    return _done(reply)


def _refuse_taken(tree: Tree, shape: Shape, own: str, dn: str, values: Values) -> Talk[None]:
    """Ends with Conflict where another entry than `own` is at `dn`, or has one of the names."""
    holder = yield from _holder(tree, shape, dn, values, but=own)
    if holder is not None:
        raise Ended(Conflict(holder.dn, f"{own} 要用的名称已被另一个条目占用"))


def _follow(tree: Tree, ref: Ref, entry: Found) -> Talk[bool]:
    """Who still names the former DN names this one: a rename whose answer was lost may have been left half done."""
    if ref.former is None or tree.dialect.links or names.same(ref.former, entry.dn):
        return False
    namings = yield from naming(tree, ref.kind, ref.former)
    yield from repoint(tree, namings, ref.former, entry.dn)
    return bool(namings)


def _new_name(shape: Shape, entry: Found, values: Values) -> str | None:
    """The RDN's new value, None where it stays; a change of letter case is one too.

    Where the name is an attribute of its own, an RDN that never was the name (people rename entries in their
    consoles) stays as it is.
    """
    wanted = values.get(shape.login)
    if wanted is None:
        return None
    if len(wanted) != 1 or not wanted[0].strip():
        raise Ended(Refused(shape.login, f"{shape.login} 须有且只有一个值"))
    present = names.rdn_value(entry.dn)
    if shape.login != shape.rdn and (entry.text(shape.login) or "").casefold() != present.casefold():
        return None
    return wanted[0] if present != wanted[0] else None


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


def _rename(tree: Tree, shape: Shape, entry: Found, value: str, values: Values) -> Talk[str]:
    """The DN after the rename; who named the old one names the new one. Ends early when refused."""
    dn = _renamed(shape, entry, value)
    refuse_protected_name(tree, dn)
    namings = yield from naming(tree, shape.kind, entry.dn)
    (reply,) = yield [Rename(entry.dn, dn.removesuffix("," + names.parent(entry.dn)))]
    if reply.code in NAME_TAKEN:
        yield from _refuse_taken(tree, shape, entry.dn, dn, values)
    if reply.code != 0:
        raise Ended(TOO_LONG if reply.code == 80 and _too_long(tree, dn) else outcome(reply))
    yield from repoint(tree, namings, entry.dn, dn)
    return dn


def _renamed(shape: Shape, entry: Found, value: str) -> str:
    """The entry's DN with another RDN."""
    return names.child(shape.rdn, value, names.parent(entry.dn))


def _too_long(tree: Tree, dn: str) -> bool:
    longest = tree.dialect.longest_rdn
    return bool(longest) and len(names.rdn_value(dn).encode()) > longest - len("uid=")


def lock(tree: Tree, operation: Operation) -> Talk[Outcome]:
    """Locks a person's account; nothing but the lock is written."""
    entry = yield from existing(tree, operation.ref, ())
    if tree.dialect.locked(entry):
        return AlreadySo()
    (reply,) = yield [Modify(entry.dn, tree.dialect.lock(entry))]
    return _locking(reply)


def unlock(tree: Tree, operation: Operation) -> Talk[Outcome]:
    """Ends our lock, and ours only; says so where another one keeps the account locked."""
    entry = yield from existing(tree, operation.ref, ())
    if not tree.dialect.locked(entry):
        return AlreadySo()
    if tree.dialect.unfinished(entry):
        return (yield from tree.dialect.finish(tree, entry.dn, operation))
    changes = yield from tree.dialect.unlock(entry, tree.config.base_dn)
    (reply,) = yield [Modify(entry.dn, changes)]
    if reply.code == 0 and tree.dialect.computed_lock is not None:
        (after,) = yield [read_entry(entry.dn, tree.dialect.lock_attributes)]
        if any(map(tree.dialect.locked, after.entries)):
            return tree.dialect.computed_lock
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
        left, first = yield from remaining(tree, entry.dn)
        if left:
            return Pending(after=1.0, state=f"组内仍有 {left} 名成员（{'、'.join(first)}）")
    for dn in dict.fromkeys((entry.dn, operation.ref.former or entry.dn)):
        namings = yield from naming(tree, operation.ref.kind, dn)
        yield from forget(tree, namings, dn)
    (reply,) = yield [Delete(entry.dn)]
    return AlreadySo() if reply.code == 32 else _done(reply)


def _managed(operation: Operation) -> dict[str, tuple[str, ...]]:
    """The attributes to write. Ends with Refused where one is not the hub's: it is neither written nor forgotten."""
    values = dict(operation.after.attributes) if operation.after else {}
    foreign = sorted(set(values) - set(NAMES[operation.ref.kind]))
    if foreign:
        raise Ended(Refused("unmanaged", f"不受管理的属性：{'、'.join(foreign)}"))
    return values


def _done(reply: Reply) -> Outcome:
    return Done() if reply.code == 0 else outcome(reply)
