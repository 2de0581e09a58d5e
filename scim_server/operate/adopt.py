"""`huaming adopt`: whose the accounts are that were there before us, and what a named person decides (S13)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from mappings.correlate import Match, Standing
from mappings.model import Kind
from scim_server.operate.adopt_rows import RULES, Row, counts, rows
from scim_server.operate.desk import Desk
from scim_server.reconcile.adopt import NO_DECISIONS, Decisions, Survey, survey
from scim_server.reconcile.adopt_reading import Progress, read
from scim_server.reconcile.mode import ENFORCE
from scim_server.reconcile.target import Target
from scim_server.store import rolls, targets
from scim_server.systems import targets as configured

LOT_BYTES = 32_000  # of one command: the server's door for operators takes no more than twice that
LOT = 100
SHOWN_DIGEST = 16  # characters of it that a person types


class NotNow(Exception):
    """It cannot be done as things stand. The argument is a sentence."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The list as it is shown, and all that an acceptance needs."""

    survey: Survey
    decisions: Decisions
    matches: Sequence[tuple[Kind, Match]]
    rows: Sequence[Row]
    digest: str

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "system": self.survey.target.name,
            "digest": self.digest,
            "counts": counts(self.rows),
            "protected": len(self.survey.seen.protected),
            "disowned": len(self.survey.disowned),
            "rows": [row.shown() for row in self.rows],
        }

    @property
    def undecided(self) -> list[Row]:
        """What keeps the system from being enforced."""
        open_ones = (Standing.AMBIGUOUS, Standing.PROPOSED)
        return [row for row in self.rows if row.standing in open_ones]


def target_of(desk: Desk, system: str) -> Target:
    """The configured system of that name."""
    return next(each for each in configured(desk.settings, desk.clock, desk.readings()) if each.name == system)


def look(desk: Desk, system: str, progress: Progress = lambda _: None) -> Survey:
    """Reads the whole system, then the roster. Raises ConnectorError."""
    target = target_of(desk, system)
    connector = target.connect()
    try:
        seen = read(target, connector, progress)
    finally:
        connector.close()
    with desk.snapshot() as connection:
        day = max(desk.clock.today(), rolls.rolled(connection) or "")
        return survey(connection, target, day, seen)


def listing(found: Survey, decisions: Decisions = NO_DECISIONS) -> Listing:
    """The list, with its digest over all that an acceptance would rest on."""
    matches = found.matches(decisions)
    lines = rows(found, matches, decisions)
    digest = hashlib.sha256(found.target.name.encode())
    for said in sorted(_canonical(match, decisions) for _, match in matches):
        digest.update(said)
    digest.update(orjson.dumps(sorted(decisions.not_ours)))
    return Listing(found, decisions, matches, lines, digest.hexdigest())


def _canonical(match: Match, decisions: Decisions) -> bytes:
    id = match.account.id if match.account else None
    subject = match.subject.subject if match.subject else None
    candidates = [each.subject for each in match.candidates]
    return orjson.dumps([match.standing, id, subject, match.rule, candidates, id in decisions.put_off])


def accept(desk: Desk, shown: Listing, digest: str, by: str) -> dict[str, int]:
    """Writes the links and what is not ours, departments first. Raises NotNow, Refused.

    `digest`: what the person saw, the whole of it or the part that the terminal shows.
    """
    if len(digest) < SHOWN_DIGEST or not shown.digest.startswith(digest.lower()):
        raise NotNow(
            f"清单与摘要 {digest[:SHOWN_DIGEST]} 所指的已不一致（系统、名册或决定表有变动），未写入任何关联；"
            "请重新查看清单；摘要若是带着决定表得出的，请一并给出同一份表"
        )
    system = shown.survey.target.name
    taken = list(_taken(shown))
    lots, batch = list(_lots(taken)), f"adopt {shown.digest}"
    for lot in lots:
        desk.run("adopt", system=system, by=by, rows=lot, batch=batch, last=lot is lots[-1])
    closed = [
        {"remote_id": row.remote_id, "title": row.account or row.name}
        for row in shown.rows
        if row.remote_id in shown.decisions.not_ours
    ]
    for lot in _lots(closed):
        desk.run("disown", system=system, by=by, rows=lot)
    return {"linked": len(taken), "disowned": len(closed)}


def _taken(shown: Listing) -> Iterator[dict[str, Any]]:
    for kind, match in shown.matches:
        account, subject = match.account, match.subject
        if not match.certain or account is None or subject is None or account.id in shown.decisions.put_off:
            continue
        link = shown.survey.links.get(subject.subject)
        assert match.rule is not None
        yield {
            "subject": subject.subject,
            "kind": kind.value,
            "key": subject.key,
            "remote_id": account.id,
            "name": account.state.name,
            "was": link.remote_id if link else None,
            "spell": shown.survey.known[subject.subject].spell,
            "login": shown.survey.login_of(subject.subject, account.state),
            "why": RULES[match.rule],
        }


def _lots(found: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """As many as one command carries, in their order."""
    lot: list[Mapping[str, Any]] = []
    size = 0
    for row in found:
        bytes = 6 * len(orjson.dumps(row).decode())  # a Chinese character takes six where JSON is kept in ASCII
        if lot and (len(lot) == LOT or size + bytes > LOT_BYTES):
            yield lot
            lot, size = [], 0
        lot.append(row)
        size += bytes
    if lot:
        yield lot


def switch(desk: Desk, found: Survey | None, system: str, mode: str, by: str) -> None:
    """Observe or enforce from now on. `found`: for enforce, what is there now. Raises NotNow."""
    fixed = desk.settings.systems[system].mode
    if fixed is not None and fixed != mode:
        raise NotNow(f"配置文件写明 {system} mode = {fixed}，请先在配置文件中更改")
    if mode == ENFORCE and found is not None:
        undecided = listing(found).undecided
        if undecided:
            named = "、".join(row.account or row.name for row in undecided[:5])
            more = "等" if len(undecided) > 5 else ""
            raise NotNow(
                f"{system} 还有 {len(undecided)} 个账号或部门没有决定归属（{named}{more}），"
                "请先在清单中写明采用、归谁或非我方"
            )
    desk.run("mode", system=system, mode=mode, by=by)


def mode_of(desk: Desk, system: str) -> str | None:
    """What holds now; None: it has not been decided yet."""
    with desk.reader() as connection:
        return desk.settings.systems[system].mode or targets.standing(connection, system).mode


def differences(found: Survey) -> list[dict[str, Any]]:
    """Of each adopted account the attributes that are not as the roster has them, and are left as they are (S13)."""
    told = []
    for subject, known in found.known.items():
        link = found.links.get(subject)
        state = found.states.get(link.remote_id or "") if link else None
        if link is None or state is None or not link.adopted:
            continue
        target = found.target
        wanted, healed = known.attributes, target.healed
        for name in sorted((target.managed & wanted.keys() & state.attributes.keys()) - healed):
            if sorted(wanted[name]) != sorted(state.attributes[name]):
                told.append(_difference(found, known.subject.key, known.subject.name, state.name, name, subject))
    return told


def _difference(
    found: Survey, key: str, name: str, account: str | None, attribute: str, subject: str
) -> dict[str, Any]:
    link = found.links[subject]
    wanted = found.known[subject].attributes[attribute]
    there = found.states[link.remote_id or ""].attributes[attribute]
    told: dict[str, Any] = {"externalId": key, "name": name, "account": account, "attribute": attribute}
    if attribute == found.target.identity.mobile:  # a number is nobody's to read here
        return told | {"roster": None, "system": None}
    return told | {"roster": list(wanted), "system": list(there)}
