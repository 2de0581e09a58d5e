"""Which observed account belongs to whom (S13). Pure, and linear in the number of accounts and people.

A rule compares one value. It matches where one account and one subject carry that value, and nobody else does. An
account that every rule with anything to say gives to one subject, and that subject no other account, is proposed;
one that is given to two, or carries a value that belongs to somebody else, is ambiguous: a person decides. Weak rules
(names) are asked last, about those whom no strong rule knows, and what they propose is never accepted by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mappings.model import AccountState


@dataclass(frozen=True, slots=True)
class Identity:
    """The attributes of observed accounts by which people and departments are recognised; None: the system has none.

    Of a person: `staff` is the staff number as people typed it, `login` the userName. Of a department: `code`,
    `title` its name, `parent` the remote id (or the address) of the department above it.
    """

    staff: str | None = None
    login: str | None = None
    mail: str | None = None
    mobile: str | None = None
    name: str | None = None
    code: str | None = None
    title: str | None = None
    parent: str | None = None


class Rule(StrEnum):
    """Why an account is thought to be somebody's, the strongest first."""

    DECIDED = "decided"  # a person has said so
    KEY = "key"
    STAFF = "staff"
    CODE = "code"
    LOGIN = "login"
    MOBILE = "mobile"
    MAIL = "mail"
    PATH = "path"
    PLACE = "name+department"
    NAME = "name"


SCORES: Mapping[Rule, int] = {
    Rule.DECIDED: 100,
    Rule.KEY: 100,
    Rule.STAFF: 95,
    Rule.CODE: 95,
    Rule.LOGIN: 90,
    Rule.MOBILE: 85,
    Rule.MAIL: 80,
    Rule.PATH: 80,
    Rule.PLACE: 50,
    Rule.NAME: 30,
}
WEAK = (Rule.PLACE, Rule.NAME)
STRONG = (Rule.KEY, Rule.STAFF, Rule.CODE, Rule.LOGIN, Rule.MOBILE, Rule.MAIL, Rule.PATH)


class Standing(StrEnum):
    """How an account, or somebody without one, stands; in the order in which a person should look."""

    AMBIGUOUS = "ambiguous"
    PROPOSED = "proposed"
    ORPHAN = "orphan"
    MISSING = "missing"
    LINKED = "linked"


Said = Mapping[Rule, frozenset[str]]
Index = Mapping[str, frozenset[str]]  # by value, whose it is


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody of the roster, or a department: what each rule may know it by.

    `wanted`: an account must be there today. `linked`: the remote id that its link names.
    """

    subject: str
    key: str
    name: str
    wanted: bool
    said: Said
    linked: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An observed account, and what each rule may know it by."""

    id: str
    state: AccountState
    said: Said


@dataclass(frozen=True, slots=True)
class Match:
    """One line of the list.

    `candidates`: of an ambiguous one who may be meant, of an orphan who was thought of; beside what a weak rule
    proposes, who bears the same name and has no account yet.
    """

    standing: Standing
    account: Account | None = None
    subject: Subject | None = None
    rule: Rule | None = None
    candidates: tuple[Subject, ...] = ()

    @property
    def score(self) -> int | None:
        """How good the rule is, of 100."""
        return None if self.rule is None else SCORES[self.rule]

    @property
    def certain(self) -> bool:
        """Whether it is accepted with the list: what a weak rule proposes needs a decision of its own."""
        return self.standing is Standing.PROPOSED and self.rule not in WEAK


def correlate(
    subjects: Iterable[Subject], accounts: Iterable[Account], decided: Mapping[str, str] | None = None
) -> list[Match]:
    """Sorts all of one kind. `decided`: remote id -> subject, which wins over every rule.

    Nobody is linked or proposed twice. Protected accounts, and those that are not ours, must be left out.
    """
    pool = _Pool({each.subject: each for each in subjects}, {each.id: each for each in accounts})
    pool.take_linked()
    pool.take_decided(decided or {})
    pool.ask(STRONG)
    for rule in WEAK:
        pool.ask_names(rule)
    return pool.finished()


@dataclass(frozen=True, slots=True)
class _Edge:
    """What rules say of one account: whom each names, and whom each names uniquely on both sides."""

    account: Account
    named: Mapping[Rule, frozenset[str]]
    matched: Mapping[Rule, frozenset[str]]

    @property
    def everybody(self) -> frozenset[str]:
        return frozenset().union(*self.named.values())

    @property
    def suitors(self) -> frozenset[str]:
        return frozenset().union(*self.matched.values())

    @property
    def unanimous(self) -> str | None:
        """The one whom every rule with anything to say names, and one of them uniquely."""
        one = next(iter(self.suitors)) if len(self.suitors) == 1 else None
        return one if one is not None and all(one in each for each in self.named.values()) else None

    @property
    def rule(self) -> Rule:
        """The strongest that matches, else the strongest that names anybody."""
        return next(iter(self.matched or self.named))


@dataclass
class _Pool:
    """Everybody by id; `free` and `left` are those who are still to be sorted."""

    subjects: Mapping[str, Subject]
    accounts: Mapping[str, Account]
    matches: list[Match] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free = dict(self.subjects)
        self.left = dict(self.accounts)
        self.disputed: set[str] = set()  # subjects whose account an ambiguous one may be
        self.thought: dict[str, tuple[Rule, tuple[Subject, ...]]] = {}  # by account: who was thought of, and why

    def take_linked(self) -> None:
        for subject in self.subjects.values():
            if subject.linked in self.left:
                self._take(Match(Standing.LINKED, self.left[subject.linked], subject))

    def take_decided(self, decided: Mapping[str, str]) -> None:
        for id, subject in decided.items():
            if id in self.left and subject in self.free:
                self._take(Match(Standing.PROPOSED, self.left[id], self.free[subject], Rule.DECIDED))

    def ask(self, rules: Sequence[Rule]) -> None:
        """Strong rules, all at once: they are asked about everybody, for what contradicts counts as well."""
        wanted = [each for each in self.subjects.values() if each.wanted]
        gone = [each for each in self.subjects.values() if not each.wanted]
        # a value that somebody in service carries is no longer that of one who has left
        holders = {rule: _holders(gone, rule) | _holders(wanted, rule) for rule in rules}
        carriers = {rule: _carriers(self.accounts.values(), rule) for rule in rules}
        self._judge([_edge(account, rules, holders, carriers) for account in self.left.values()])

    def ask_names(self, rule: Rule) -> None:
        """A weak rule: about accounts that nobody was thought of for, and subjects that are still without one.

        Somebody whom an ambiguous account may belong to is proposed for no other one, nor passed over. An account may
        sit in the wrong department: whoever else bears its name is named beside whom the rule names.
        """
        open_to = [each for each in self.free.values() if each.wanted]
        asking = [each for each in self.left.values() if each.id not in self.thought]
        holders, carriers = {rule: _holders(open_to, rule)}, {rule: _carriers(asking, rule)}
        before = len(self.matches)
        self._judge([_edge(account, (rule,), holders, carriers) for account in asking], frozenset(self.disputed))
        known = _holders((each for each in open_to if each.subject in self.free), Rule.NAME)
        self.matches[before:] = [self._with_namesakes(match, known) for match in self.matches[before:]]

    def _with_namesakes(self, match: Match, known: Index) -> Match:
        assert match.account is not None
        _, found = self._namesakes(match.account, known)
        named = {each.subject for each in match.candidates}
        others = tuple(each for each in found if each.subject not in named)
        if match.standing is Standing.AMBIGUOUS:
            self.disputed |= {each.subject for each in others}
        return replace(match, candidates=(*match.candidates, *others))

    def _judge(self, edges: Sequence[_Edge], closed: frozenset[str] = frozenset()) -> None:
        wooed: dict[str, int] = defaultdict(int)
        for edge in edges:
            for subject in edge.suitors:
                wooed[subject] += 1
        for edge in (each for each in edges if each.named):
            one = edge.unanimous
            candidates = tuple(self.subjects[each] for each in sorted(edge.everybody))
            if not any(each.wanted for each in candidates):
                self.thought[edge.account.id] = edge.rule, candidates
            elif one is not None and one not in closed and self._may_take(one) and wooed[one] == 1:
                self._take(Match(Standing.PROPOSED, edge.account, self.free[one], edge.rule))
            else:
                del self.left[edge.account.id]
                self.disputed |= edge.everybody
                self.matches.append(Match(Standing.AMBIGUOUS, edge.account, None, edge.rule, candidates))

    def _may_take(self, subject: str) -> bool:
        return subject in self.free and self.free[subject].wanted

    def _take(self, match: Match) -> None:
        assert match.account is not None
        assert match.subject is not None
        del self.left[match.account.id]
        del self.free[match.subject.subject]
        self.matches.append(match)

    def finished(self) -> list[Match]:
        """All lines, with orphans and who is missing; an orphan of whom no rule knows is thought of by its name."""
        namesakes = _holders(self.subjects.values(), Rule.NAME)
        for account in self.left.values():
            rule, candidates = self.thought.get(account.id) or self._namesakes(account, namesakes)
            self.matches.append(Match(Standing.ORPHAN, account, None, rule, candidates))
        missing = (each for each in self.free.values() if each.wanted and each.subject not in self.disputed)
        self.matches += [Match(Standing.MISSING, subject=each) for each in missing]
        return self.matches

    def _namesakes(self, account: Account, known: Index) -> tuple[Rule | None, tuple[Subject, ...]]:
        found = sorted({subject for name in account.said.get(Rule.NAME, ()) for subject in known.get(name, ())})
        return (Rule.NAME if found else None), tuple(self.subjects[each] for each in found)


def _holders(subjects: Iterable[Subject], rule: Rule) -> dict[str, frozenset[str]]:
    return _index((each.subject, each.said.get(rule, frozenset())) for each in subjects)


def _carriers(accounts: Iterable[Account], rule: Rule) -> dict[str, frozenset[str]]:
    return _index((each.id, each.said.get(rule, frozenset())) for each in accounts)


def _index(said: Iterable[tuple[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for who, values in said:
        for value in values:
            found[value].add(who)
    return {value: frozenset(those) for value, those in found.items()}


def _edge(
    account: Account, rules: Sequence[Rule], holders: Mapping[Rule, Index], carriers: Mapping[Rule, Index]
) -> _Edge:
    named: dict[Rule, frozenset[str]] = {}
    matched: dict[Rule, frozenset[str]] = {}
    for rule in rules:
        values = [value for value in account.said.get(rule, ()) if value in holders[rule]]
        unique = [each for each in values if len(holders[rule][each]) == 1 == len(carriers[rule][each])]
        if values:
            named[rule] = frozenset().union(*(holders[rule][value] for value in values))
        if unique:
            matched[rule] = frozenset().union(*(holders[rule][value] for value in unique))
    return _Edge(account, named, matched)
