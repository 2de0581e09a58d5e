"""What people wrote, against the system and the roster: every line must hold, or none counts (S13)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mappings.correlate import Match, Standing
from mappings.model import AccountState, Kind
from scim_server.operate.adopt_filled import BadSheet, Line
from scim_server.operate.adopt_rows import KINDS, NOT_OURS, PUT_OFF, TAKE
from scim_server.reconcile.adopt import Decisions, Known, Survey

CLOSED = "未作任何改动"


class _Bad(Exception):
    """One line does not hold. The argument is a sentence."""


@dataclass
class _Read:
    """What the lines have said so far, with the line that said it."""

    owners: dict[str, str] = field(default_factory=dict)
    not_ours: set[str] = field(default_factory=set)
    put_off: set[str] = field(default_factory=set)
    accounts: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)


def decided(survey: Survey, lines: Sequence[Line], systems: Iterable[str]) -> Decisions:
    """The decisions of a filled-in sheet. `systems`: all that are configured. Raises BadSheet with every fault."""
    checker = _Checker(survey, frozenset(systems))
    faults = []
    for line in lines:
        try:
            checker.take(line)
        except _Bad as error:
            faults.append(f"第 {line.number} 行：{error.args[0]}")
    if faults:
        raise BadSheet(*faults, CLOSED)
    read = checker.read
    return Decisions(read.owners, frozenset(read.not_ours), frozenset(read.put_off))


class _Checker:
    def __init__(self, survey: Survey, systems: frozenset[str]) -> None:
        self.read = _Read()
        self._survey = survey
        self._systems = systems
        self._by_name: dict[str, list[str]] = {}
        for id, state in survey.states.items():
            self._by_name.setdefault(state.name or "", []).append(id)
        self._by_key = _by_key(survey.known.values())
        self._proposed: dict[str, Match] = {
            match.account.id: match for _, match in survey.matches() if match.account is not None
        }
        self._owner = {link.remote_id: subject for subject, link in survey.links.items() if link.remote_id}

    def take(self, line: Line) -> None:
        """Takes one line. Raises _Bad."""
        if line.system and line.system not in self._systems:
            raise _Bad(f"没有配置名为「{line.system}」的系统")
        if line.system not in ("", self._survey.target.name) or not self._decides(line):
            return
        state = self._account(line)
        id = state.remote_id or ""
        if id in self._survey.seen.protected:
            raise _Bad(f"账号「{state.name}」受保护，不能接管也不必声明")
        self._once(self.read.accounts, id, line, f"账号「{state.name}」")
        if line.decision == PUT_OFF:
            self.read.put_off.add(id)
        elif line.decision == NOT_OURS:
            if id in self._survey.linked:
                raise _Bad(f"账号「{state.name}」已经关联，不能声明为非我方")
            self.read.not_ours.add(id)
        else:
            self._own(line, state)

    def _decides(self, line: Line) -> bool:
        if line.decision is None:
            return bool(line.key or line.remote_id)
        return bool(line.decision)

    def _account(self, line: Line) -> AccountState:
        if line.remote_id:
            if line.remote_id not in self._survey.states:
                raise _Bad(f"系统里没有远端编号为「{line.remote_id}」的账号或部门")
            return self._survey.states[line.remote_id]
        found = self._by_name.get(line.account, []) if line.account else []
        if len(found) != 1:
            raise _Bad("这一行没有账号，写不了决定；要指定账号请填写远端编号")
        return self._survey.states[found[0]]

    def _own(self, line: Line, state: AccountState) -> None:
        known = self._meant(line, state, self._survey.kind_of(state.remote_id or ""))
        subject, id = known.subject.subject, state.remote_id or ""
        holder = self._owner.get(id)
        if holder not in (None, subject):
            other = self._survey.known.get(holder or "")
            raise _Bad(f"账号「{state.name}」已经关联到「{other.subject.key if other else holder}」")
        linked = known.subject.linked
        if linked is not None and linked != id:
            raise _Bad(f"「{known.subject.key}」已经关联到账号「{self._survey.states[linked].name}」")
        self._once(self.read.subjects, subject, line, f"「{known.subject.key}」")
        if linked is None:
            self.read.owners[id] = subject

    def _meant(self, line: Line, state: AccountState, kind: Kind) -> Known:
        """Whom a line means: the number in the decision, else the one of the line, else the only candidate."""
        plain = line.decision in (None, TAKE)
        key = line.key if plain else line.decision or ""
        if plain and not key:
            match = self._proposed.get(state.remote_id or "")
            candidates = match.candidates if match and match.standing is not Standing.LINKED else ()
            if len(candidates) != 1:
                raise _Bad("没有唯一的候选，请在决定一栏写名册编号")
            return self._survey.known[candidates[0].subject]
        found = self._by_key.get((kind, key))
        if found is None:
            raise _Bad(f"名册中没有编号为「{key}」的{KINDS[kind]}")
        return found

    def _once(self, said: dict[str, int], what: str, line: Line, name: str) -> None:
        if what in said:
            raise _Bad(f"{name}在第 {said[what]} 行已经出现过")
        said[what] = line.number


def _by_key(known: Iterable[Known]) -> dict[tuple[Kind, str], Known]:
    """Of several that bore a number who is there now, else the latest."""
    found: dict[tuple[Kind, str], Known] = {}
    for each in sorted(known, key=lambda each: (each.subject.wanted, each.subject.subject)):
        found[each.kind, each.subject.key] = each
    return found
