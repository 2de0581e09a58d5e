"""Which department counts: the top department, never an office of it (A25). Pure."""

from mappings.model import Org


def top(org: Org, key: str | None) -> str | None:
    """The first ancestor of a Group, itself included, whose kind is not office, below the root.

    The tree is the one of today, for every day. A Group that is not in it, or an office with no
    department above it, stands for itself.
    """
    at, seen = key, set[str]()
    while at is not None and at not in seen:
        seen.add(at)
        department = org.departments.get(at)
        if department is None or department.kind == "root":
            return key
        if department.kind != "office":
            return at
        at = department.parent
    return key


def same_top(org: Org, one: str | None, other: str | None) -> bool:
    """Whether two Groups belong to one department."""
    return one == other or top(org, one) == top(org, other)
