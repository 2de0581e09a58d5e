"""The fingerprint of a policy (S21): its settings, and the code that reads them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

import mappings
from mappings.policy.readings import Readings

_SIZE = 16  # bytes


@dataclass(frozen=True, slots=True)
class Policy:
    """What attempts are made by. `readings`: JSON of the settings, as a person may look them up later."""

    fingerprint: str
    readings: str


def policy(readings: Readings, systems: Mapping[str, Mapping[str, Any]]) -> Policy:
    """`systems`: what the settings say of each that bears on what must be there; JSON values."""
    said = orjson.dumps(
        {"readings": asdict(readings), "systems": systems}, default=sorted, option=orjson.OPT_SORT_KEYS
    ).decode()
    return Policy(blake2b(f"{code_version()} {said}".encode(), digest_size=_SIZE).hexdigest(), said)


@cache
def code_version() -> str:
    """A hash over the sources of `mappings`, as they lie there at the first call."""
    folder = Path(str(mappings.__file__)).parent
    whole = blake2b(digest_size=_SIZE)
    for path in sorted(folder.rglob("*.py")):
        source = path.read_bytes()
        whole.update(f"{path.relative_to(folder).as_posix()} {len(source)} ".encode() + source)
    return whole.hexdigest()
