"""What the operations of one account are to a pass: which make it, close it, rename it, and may go out together."""

from collections.abc import Sequence

from mappings.model import Action, Operation, Presence

LOGIN_CHANGES = frozenset({Action.CREATE, Action.UPDATE})
TAKES_AWAY = frozenset({Action.LOCK, Action.LEAVE, Action.REMOVE})  # no fault of another value may hold these up
ENTRY_FIRST = frozenset({Action.CREATE, Action.REMOVE})


def mends(operation: Operation) -> bool:
    """Whether it changes nothing of the account, but who names it by its former address."""
    after = operation.after
    return (
        operation.action is Action.UPDATE and after is not None and not after.attributes and after.memberships is None
    )


def taking_away(operations: Sequence[Operation]) -> list[Operation]:
    """Of these, what only takes away."""
    return [operation for operation in operations if operation.action in TAKES_AWAY]


def renames(operation: Operation) -> bool:
    """Whether it changes the address of the account or Group."""
    after = operation.after
    return operation.action is Action.UPDATE and after is not None and bool({"uid", "cn"} & after.attributes.keys())


def names(operations: Sequence[Operation]) -> bool:
    """Whether any of these may give the account a login."""
    return any(operation.action in LOGIN_CHANGES for operation in operations)


def creates(operations: Sequence[Operation]) -> bool:
    """Whether any of these makes an account."""
    return any(operation.action is Action.CREATE for operation in operations)


def removes(operations: Sequence[Operation]) -> bool:
    """Whether any of these removes it."""
    return any(operation.action is Action.REMOVE for operation in operations)


def locks(operations: Sequence[Operation]) -> bool:
    """Whether any of these locks it, or makes it locked."""
    return any(operation.action is Action.LOCK or _creates_locked(operation) for operation in operations)


def _creates_locked(operation: Operation) -> bool:
    after = operation.after
    return operation.action is Action.CREATE and after is not None and after.presence is Presence.LOCKED


def take(queue: list[Operation]) -> list[Operation]:
    """The operations of one account that may go out together: one, or moves between different groups."""
    taken = [queue.pop(0)] if queue else []
    while taken and queue and taken[0].group is not None and queue[0].group is not None:
        taken.append(queue.pop(0))
    return taken
