"""What a plan says of one row: its operations as they are shown, and as they are told apart (S24)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from mappings.model import Action, Kind, Operation
from scim_server.reconcile.task import Task
from scim_server.reports.words import action_word
from scim_server.store.attempts import state_json
from scim_server.store.plans import ShownRow

LENGTH = 32  # hexadecimal digits of a row's digest
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Step:
    """One operation. `permit`: the guard's digest of it, where it is dangerous (S23). `held`: it waits for an approval,
    and a pass would not send it now."""

    operation: Operation
    row: ShownRow
    permit: str = ""
    held: bool = False

    def shown(self) -> dict[str, Any]:
        """As JSON, with the public reason (S18)."""
        operation = self.operation
        assert operation.reason is not None
        shown: dict[str, Any] = {
            "system": operation.system,
            "action": operation.action.value,
            "externalId": operation.ref.key,
            "reason": {"article": operation.reason.article, "text": operation.reason.text},
        }
        return shown | ({"group": operation.group.key} if operation.group else {})


@dataclass(frozen=True, slots=True)
class Planned:
    """One row of the roster in one system, and what would be done for it. `department`: the key of the top one.

    `linked`: there is an account of its own now. `approval`: of those of its steps that are held.
    """

    task: Task
    steps: Sequence[Step]
    department: str | None = None
    linked: bool = False
    approval: str | None = None

    @property
    def is_person(self) -> bool:
        """A department is a row too."""
        return self.task.ref.kind is Kind.PERSON

    @property
    def permit(self) -> str:
        """By which all that is dangerous in it may pass; the empty text where nothing is."""
        return " ".join(sorted(step.permit for step in self.steps if step.permit))

    @property
    def urgent(self) -> bool:
        """Whether what is dangerous in it is a lock that must not wait (S23)."""
        taken = [each.operation.action for each in self.steps if each.row.dangerous]
        return self.task.desired.urgent and taken == [Action.LOCK]

    @property
    def error(self) -> str | None:
        """Why nothing can be done for it, where that is so."""
        return self.task.finish.error if self.task.finish is not None else None


def row_of(operation: Operation, dangerous: bool, names: Mapping[str, str]) -> ShownRow:
    """`names`: what ids are called that each planning makes anew, so that the same file gives the same digests."""
    group = operation.group.key if operation.group else None
    key = names.get(operation.ref.key, operation.ref.key)
    digest = hashlib.sha256(_canonical(operation, names)).hexdigest()[:LENGTH]
    return ShownRow(digest, operation.system, key, operation.action.value, group and names.get(group, group), dangerous)


def whole_digest(rows: Sequence[bytes]) -> str:
    """Of a plan, by the digests of its rows as bytes, in whatever order they came."""
    return hashlib.sha256(b"".join(sorted(rows))).hexdigest()


def line(shown: Mapping[str, Any]) -> str:
    """An operation that was shown, as people read it."""
    group = f"「{shown['group']}」" if "group" in shown else ""
    what = f"{shown['system']} {action_word(shown['action'])}{group} {shown['externalId']}"
    return f"{what}：{shown['reason']['text']}"


def _canonical(operation: Operation, names: Mapping[str, str]) -> bytes:
    """By the key and not by the subject: the same person has another one in a copy where he is made for a trial."""
    sides = [(state_json(state) or b"").decode() for state in (operation.before, operation.after)]
    group = operation.group.key if operation.group else None
    kind = operation.ref.kind.value
    said = orjson.dumps([operation.system, kind, operation.ref.key, operation.action.value, group, *sides])
    if not names:
        return said
    return _UUID.sub(lambda found: names.get(found[0].decode(), found[0].decode()).encode(), said)
