"""Which operations may go out together, and which must wait for an earlier one."""

from collections.abc import Sequence

from mappings.model import Action, Operation

MEMBERSHIP = frozenset({Action.JOIN, Action.LEAVE})


def waves(operations: Sequence[Operation]) -> list[list[int]]:
    """The places of the operations, wave by wave: those of one subject keep their order.

    Joins and leaves of different groups of one subject are strangers to each other and share a wave; so does
    everything of different subjects, except that a group made in a call is there before anybody joins it.
    """
    result: list[list[int]] = []
    last: dict[str, tuple[int, bool]] = {}
    seen: set[tuple[str, str, int]] = set()
    for place, operation in enumerate(operations):
        subject = operation.ref.subject
        membership = operation.action in MEMBERSHIP
        group = operation.group.subject if operation.group else ""
        wave, shared = last.get(subject, (-1, False))
        if not (membership and shared) or (subject, group, wave) in seen:
            wave += 1
        if membership and group in last:
            wave = max(wave, last[group][0] + 1)
        last[subject] = (wave, membership)
        seen.add((subject, group, wave))
        result += [[] for _ in range(wave + 1 - len(result))]
        result[wave].append(place)
    return result
