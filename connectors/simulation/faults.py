"""The rules by which a simulator misbehaves: a list of flat objects, the first that matches a call holds."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any


class BadRule(ValueError):
    """A rule that makes no sense; the message says which and why."""


@dataclass(slots=True)
class Rule:
    """One rule. `match`: what the path contains; `times`: how often it still holds, None for ever."""

    match: str
    kind: str
    value: Any
    times: int | None = None
    retry_after: int | None = None


def _number(low: float, high: float, *, whole: bool) -> Callable[[Any], bool]:
    kinds = (int,) if whole else (int, float)
    return lambda value: isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high


def _true(value: Any) -> bool:
    return value is True


_whole = _number(0, 2**31, whole=True)
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "status": (_number(300, 599, whole=True), "a whole number from 300 to 599"),
    "code": (
        lambda value: isinstance(value, int | str) and not isinstance(value, bool),
        "one of the vendor's codes, a number or a text",
    ),
    "lost": (_true, "true"),
    "cut": (_true, "true"),
    "html": (_true, "true"),
    "delay_s": (_number(0, 3600, whole=False), "a number of seconds from 0 to 3600"),
    "revoke_tokens": (_true, "true"),
}
_FRAME = frozenset({"match", "times", "retry_after"})


class Faults:
    """The rules in force. Set by whoever plays fate, consumed by the thread that serves."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = Lock()

    def replace(self, rules: Any) -> None:
        """These hold instead of those before. Raises BadRule, and then those before still hold."""
        if not isinstance(rules, list):
            raise BadRule("the rules are a JSON list of objects")
        read = [_rule(number, rule) for number, rule in enumerate(rules, 1)]
        with self._lock:
            self._rules = read

    def take(self, path: str) -> Rule | None:
        """The first rule that holds for a call of that path; one time of it is used up."""
        if not self._rules:
            return None
        with self._lock:
            for rule in self._rules:
                if rule.match in path and rule.times != 0:
                    if rule.times is not None:
                        rule.times -= 1
                    return rule
        return None


def _rule(number: int, rule: Any) -> Rule:
    if not isinstance(rule, dict):
        raise BadRule(f"rule {number} is not an object")
    kinds = [key for key in rule if key in _KINDS]
    strange = sorted(key for key in rule if key not in _KINDS and key not in _FRAME)
    if strange:
        raise BadRule(f"rule {number} has keys that nobody knows: {', '.join(strange)}")
    if len(kinds) != 1:
        raise BadRule(f"rule {number} needs exactly one of {', '.join(_KINDS)}")
    kind = kinds[0]
    fits, form = _KINDS[kind]
    if not fits(rule[kind]):
        raise BadRule(f"rule {number}: {kind} is {form}")
    _check_frame(number, rule, kind)
    return Rule(rule.get("match", ""), kind, rule[kind], rule.get("times"), rule.get("retry_after"))


def _check_frame(number: int, rule: dict[str, Any], kind: str) -> None:
    if not isinstance(rule.get("match", ""), str):
        raise BadRule(f"rule {number}: match is a text that the path contains")
    for key in ("times", "retry_after"):
        if key in rule and not _whole(rule[key]):
            raise BadRule(f"rule {number}: {key} is a whole number, 0 or more")
    if "retry_after" in rule and kind != "status":
        raise BadRule(f"rule {number}: retry_after goes with status")
