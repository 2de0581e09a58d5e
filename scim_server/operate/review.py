"""`huaming review open`: the monthly check of 四, from the evidence to the letters. A process of its own.

Once a month. What was broken off goes on where it stood: what was found of an account stays as it was found, and a
letter is drawn up once.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from mappings.policy.readings import TITLES
from mappings.review import Routing, Window, month_back
from scim_server.clock import civil_day, day_start, stamp
from scim_server.operate.activity import ask_systems, line
from scim_server.operate.desk import Desk
from scim_server.operate.review_letters import Bureau, Drawing
from scim_server.operate.review_lots import Written
from scim_server.reconcile.target import Target
from scim_server.reports.period import local
from scim_server.review.check import Check, Checked, Given, spelled
from scim_server.sections import Review as ReviewSettings
from scim_server.settings import BadSettings
from scim_server.store import review_reads, reviews
from scim_server.store.people import read_org
from scim_server.store.reviews import CLOSED, GATHERING, Review

Progress = Callable[[int], None]
Watched = dict[str, dict[str, bool]]


class NotNow(Exception):
    """The check of that month cannot be begun, or goes on no more. The argument is a sentence."""


@dataclass(frozen=True, slots=True)
class Opened:
    """How it ended. `begun`: by this command; `went_on`: it was not whole before. `letters`: drawn up now.

    `unsaid`: why there are none, a sentence; `told`: which systems could not be read, a sentence each.
    """

    review: Review
    begun: bool
    went_on: bool
    letters: int = 0
    unsaid: str | None = None
    told: Sequence[str] = ()


class Opening:
    """One run of the command. Raises BadSettings where nothing could come of it."""

    def __init__(self, desk: Desk, by: str, progress: Progress = lambda _: None) -> None:
        self._desk, self._by, self._progress = desk, by, progress
        self._targets = checked(desk)

    def open(self, month: str | None, at: float | None, *, lettering: bool = True) -> Opened:
        """`month`: YYYY-MM, by default the present one. Raises NotNow.

        `at`: the instant of a check that is begun, in seconds since the epoch; by default 00:00 of today, since of
        what was done later a system may not have told yet.
        """
        desk = self._desk
        with desk.reader() as reader:
            bureau = Bureau.read(desk.settings, read_org(reader)) if lettering else None
            wanted = month or desk.clock.today()[:7]
            begun = self._begin(reader, wanted, at)
            review = _of(reader, wanted)
            went_on = review.state == GATHERING
            told, watched = self._check(reader, review) if went_on else ([], {})
            counts = review_reads.tally(reader, review.id) if went_on else review.counts
            letters = self._drawing(bureau, review, counts).draw(reader) if bureau else 0
            if went_on:
                self._ready(review, counts, watched)
            return Opened(_of(reader, wanted), begun, went_on, letters, _unsaid(desk, lettering), told)

    def _begin(self, reader: Connection, month: str, at: float | None) -> bool:
        known, today = reviews.of_month(reader, month), self._desk.clock.today()
        if known is not None:
            if known.state == CLOSED:
                raise NotNow(f"{month} 的核查已了结")
            if at is not None and stamp(at) != known.at:
                raise NotNow(f"{month} 的核查时刻已定为 {local(known.at)}，不能另定")
            return False
        if month != today[:7]:
            raise NotNow(f"只能开始当月的核查：窗口自核查时刻回溯一个月，现在是 {today[:7]}")
        at = day_start(today) if at is None else at
        if not civil_day(at)[:7] == month or at > self._desk.clock.now():
            raise NotNow(f"核查时刻须在 {month} 之内，且不晚于现在")
        back = month_back(datetime.fromtimestamp(at, UTC))
        told = {"month": month, "at": stamp(at), "window_start": stamp(back.timestamp()), "by": self._by}
        return bool(self._desk.run("review-begin", **told))

    def _check(self, reader: Connection, review: Review) -> tuple[list[str], Watched]:
        """What the systems tell, then everybody. A sentence for each that could not be read; what was watched."""
        desk, window = self._desk, window_of(review)
        names = [each.name for each in self._targets]
        asked = ask_systems(desk, names, window.start, window.end, self._progress)
        settings = desk.settings.review
        given = Given(
            reader,
            [_checked(each) for each in self._targets],
            window,
            read_org(reader),
            desk.readings(),
            _routing(settings),
        )
        sink = Written(desk, review.id)
        check = Check(given, sink)
        for number in check.run(review_reads.reached(reader, review.id)):
            self._progress(number)
        sink.flush()
        return [line(each) for each in asked if each.error is not None], check.watched

    def _ready(self, review: Review, counts: Any, watched: Watched) -> None:
        names = [each.name for each in self._targets]
        told = {"watched": watched, "counts": counts, "systems": names, "month": review.month}
        self._desk.run("review-ready", review=review.id, by=self._by, **told)

    def _drawing(self, bureau: Bureau, review: Review, counts: Any) -> Drawing:
        """Only systems of which something was known are named as checked."""
        titles = {each.name: title_of(each, self._targets) for each in self._targets}
        known = [title for name, title in titles.items() if _known(counts.get(name, {}))]
        return Drawing(self._desk, bureau, review, titles, known, self._by)


def checked(desk: Desk) -> list[Target]:
    """The configured systems whose accounts are checked. Raises BadSettings."""
    wanted = desk.settings.review.systems
    found = [each for each in desk.targets() if each.follows in wanted]
    if not found:
        raise BadSettings(f"[review] systems: no configured system follows any of {', '.join(wanted)}")
    return found


def title_of(target: Target, others: Sequence[Target]) -> str:
    """What people call a system; of several that follow one of the named, with its own name."""
    title = TITLES[target.follows]
    many = Counter(each.follows for each in others)[target.follows] > 1
    return f"{title}（{target.name}）" if many else title


def window_of(review: Review) -> Window:
    """The month back from the instant of the check."""
    return Window(datetime.fromisoformat(review.window_start), datetime.fromisoformat(review.at))


def _checked(target: Target) -> Checked:
    return Checked(target.name, target.follows, target.plain, spelled(target.protected))


def _routing(settings: ReviewSettings) -> Routing:
    offices = settings.leader_offices
    return Routing(settings.leader_routing, offices.get("party"), offices.get("government"))


def _known(counts: Any) -> bool:
    return bool(counts.get(reviews.OPERATED) or counts.get(reviews.SILENT))


def _unsaid(desk: Desk, lettering: bool) -> str | None:
    if not lettering:
        return "按要求未拟函"
    return None if desk.settings.letters.bureau else "未设置 [letters] bureau，只列清单，不拟函"


def _of(reader: Connection, month: str) -> Review:
    found = reviews.of_month(reader, month)
    assert found is not None
    return found
