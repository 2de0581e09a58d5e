"""Rights at the doors: three steps, two of them tasks of the platform that run while we look elsewhere.

Configured (auth_config), brought down to the doors (authDownload), and then listed as brought down (auth_item): the
list is the truth, and tells what others have granted or taken as well. Adding a person opens no door, and removing
one closes none. An apply begins a step or looks at the one under way, and says Pending; where it stands is kept in
`Ref.private`, and where that was lost, the list tells how far it had come. Who comes in company shares the tasks.
Where rights hang on organisations (`rights = "organisation"`) the console has configured them, and we bring them down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.attendance import api
from connectors.attendance.codes import NO_CREDENTIAL, Refusal
from connectors.attendance.doors import Brought, Doors, Item, of_doors
from connectors.attendance.downloads import finished, shared_downloads
from connectors.attendance.entry import GRANTED, Row, text
from connectors.attendance.place import Place
from connectors.attendance.task import Aim, Task
from connectors.attendance.together import Errand, alone, ask
from mappings.model import Outcome, Pending, Retry

ON_THE_WAY = "权限下发中"
TAKEN_BACK = "权限收回中"
UNENROLLED = "权限已配置，等待录入人脸或开卡后下发"
UNCONFIGURED = "权限配置失败，平台未说明原因"
NOT_BROUGHT = "下发已结束，权限仍未到达门禁设备"
AGAIN = 60.0  # seconds after a failure until the same order is given again
ENROL = 3600.0  # seconds between two looks whether a face or card is there
THERE = "3"  # of an item: brought down
LEAVING = "2"  # to be taken away
WAITING = frozenset({"0", "1", LEAVING})  # to be brought, to be changed, to be taken away
CONFIGURED = frozenset({"0", "1", THERE})


class Rights:
    """The rights of persons at the configured doors."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._config = place.config
        self._doors = Doors(place)
        self._downloads = shared_downloads(place.config)

    @property
    def managed(self) -> bool:
        """Whether there are doors at all."""
        return bool(self._config.doors)

    def observed(self, row: Row) -> Errand[tuple[str, ...] | None]:
        """Granted, or nothing; None: there are no doors, and nothing was read."""
        if not self.managed:
            return None
        items = yield from self._items(row.person_id, "grant")
        return GRANTED if self._reached(items, "grant") else ()

    def pursue(self, row: Row, aim: Aim, private: str | None) -> Errand[Outcome | None]:
        """Drives an order on: None once it is done, else what there is to say meanwhile. Raises Refusal."""
        task, order = Task.read(private), self._order(row, aim)
        if task is None or not task.same(order):
            return (yield from self._begin(order))
        if task.config:
            return (yield from self._configured(task))
        if not task.download:
            return (yield from self._bring(task))
        return (yield from self._brought(task))

    def withdraw(self, row: Row) -> Errand[Outcome | None]:
        """Takes one person off every door at once, whatever rights an organisation has; None when that is done."""
        for door in self._config.doors:
            code = yield from alone(partial(self._doors.withdraw, row.person_id, door))
            if code:
                return Retry(str(Refusal(code, str(door), api.WITHDRAW)), after=AGAIN)
        return None

    def _order(self, row: Row, aim: Aim) -> Task:
        doors = ",".join(str(each) for each in self._config.doors)
        return Task(row.person_id, aim, doors, row.org if self._config.rights == "organisation" else "")

    # -- what is there

    def _items(self, person: str, aim: Aim) -> Errand[list[Item]]:
        """What the list says. That nothing is left, so that a person may go, is asked about that person alone."""
        return ask(self._doors.items, person, self._doors.lot if aim == "grant" else 1)

    def _reached(self, items: Sequence[Item], aim: Aim) -> bool:
        """Whether the doors know what they should. Rights that others gave are not ours to wait for."""
        if aim == "grant" and self._config.rights == "person":
            return self._at_all(items, frozenset({THERE}))
        return not any(each.status in WAITING for each in items)

    def _is_configured(self, items: Sequence[Item], aim: Aim) -> bool:
        """Whether the platform knows what to bring down, so that nothing has to be ordered."""
        if aim == "grant":
            return self._at_all(items, CONFIGURED)
        return all(each.status == LEAVING for each in items)

    def _at_all(self, items: Sequence[Item], statuses: frozenset[str]) -> bool:
        return {each.door for each in items if each.status in statuses} >= {*self._config.doors}

    # -- the steps

    def _begin(self, order: Task) -> Errand[Outcome | None]:
        """Gives the order, unless the list shows that it was given: an answer may have been lost."""
        if self._config.rights == "organisation":
            return (yield from self._bring(order))
        items = yield from self._items(order.person, order.aim)
        if self._reached(items, "grant") if order.aim == "grant" else not items:
            return None
        if self._is_configured(items, order.aim):
            return (yield from self._bring(order))
        give = self._doors.grant if order.aim == "grant" else self._doors.revoke
        given = yield from ask(give, order.person, order.lot)
        return self._pending(replace(order, config=given.task, lot=given.people))

    def _configured(self, task: Task) -> Errand[Outcome | None]:
        told = yield from ask(self._doors.rates, task.config, 1)
        if told is None:  # the platform has forgotten the task
            return (yield from self._begin(task.anew(task.lot)))
        if not finished(told, "isFinished", "isConfigFinished"):
            return self._pending(task)
        if text(told, "failedNum") not in ("", "0"):
            items = yield from self._items(task.person, task.aim)
            if not self._is_configured(items, task.aim):
                return (yield from self._failed(task, UNCONFIGURED, task.lot // 2))
        return (yield from self._bring(task))

    def _bring(self, task: Task) -> Errand[Outcome]:
        """By a download that began after the rights were ready: then, or just now."""
        ready = task.ready or (yield from ask(self._instants, ""))
        download = yield from ask(self._bringing, ready)
        waits = 0 if download or task.config else task.looks
        return self._pending(replace(task, config="", download=download, ready=ready, looks=waits))

    def _bringing(self, ready: Sequence[float]) -> dict[float, str]:
        return self._downloads.bringing(ready, self._seconds(), self._doors.download, self._over)

    def _instants(self, about: Sequence[str]) -> dict[str, float]:
        """Now: one and the same for all who come in company."""
        return dict.fromkeys(about, self._seconds())

    def _over(self, download: str) -> bool:
        told = self._doors.progress([download])[download]
        return told is None or finished(told, "isDownloadFinished")

    def _brought(self, task: Task) -> Errand[Outcome | None]:
        told = yield from ask(self._doors.progress, task.download, 1)
        if told is None:
            self._downloads.forget(task.download)
            return (yield from self._bring(task))
        if not finished(told, "isDownloadFinished"):
            self._downloads.under_way(task.download)
            return self._pending(task)
        items = yield from self._items(task.person, task.aim)
        if self._reached(items, task.aim):
            return None
        failure = yield from self._failure(task, told)
        if failure.code in NO_CREDENTIAL and task.aim == "grant":
            return Pending(ENROL, UNENROLLED, task.anew(task.lot).text())
        return (yield from self._failed(task, str(failure), task.lot))

    def _failed(self, task: Task, sentence: str, lot: int) -> Errand[Outcome | None]:
        """A failure is told once, and the order given again when some time has passed, in company of `lot`."""
        since = self._seconds() - task.at
        if since < AGAIN:
            return Retry(sentence, after=AGAIN - since)
        return (yield from self._begin(task.anew(lot)))

    def _failure(self, task: Task, told: Mapping[str, Any]) -> Errand[Refusal]:
        """Why a download did not reach the doors: what its record tells of the person, else what is told of a door."""
        code = yield from ask(self._doors.failures, Brought(task.download, task.person))
        return Refusal(code or of_doors(told) or "?", NOT_BROUGHT, api.RECORD)

    def _pending(self, task: Task) -> Pending:
        """Looks again soon, and then less and less often."""
        state = ON_THE_WAY if task.aim == "grant" else TAKEN_BACK
        now = self._seconds()
        after = self._downloads.patience(task.looks, self._config.poll_seconds, now)
        return Pending(after, state, replace(task, at=now + after, looks=task.looks + 1).text())

    def _seconds(self) -> float:
        return self._place.now().timestamp()
