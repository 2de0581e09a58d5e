"""What is asked and told of the doors, for many people with one call: auth_config, auth_item, authDownload, its record.

Nothing here decides: `rights` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from connectors.attendance import api
from connectors.attendance.codes import NOTHING_TO_BRING
from connectors.attendance.config import Door
from connectors.attendance.entry import text
from connectors.attendance.place import Place
from connectors.attendance.together import LOT
from connectors.attendance.wire import task_id
from connectors.errors import Unreadable

PAGES = 100  # of one list: more than that are no answer
KINDS = {"card": 1, "face": 4, "both": 5}
PARTLY = "2"  # `downloadResult` of a door


class Item(NamedTuple):
    """One right of one person at one door, and how far it is on its way (0 to 4)."""

    door: Door
    status: str


class Ordered(NamedTuple):
    """The task of an order, and how many people are in it."""

    task: str
    people: int


class Brought(NamedTuple):
    """One person in one download."""

    download: str
    person: str


class Doors:
    """The configured doors, as the platform knows them. Raises ConnectorError; what writes, Refusal too."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._config = place.config
        self._wire = place.wire
        # as many people as come back on one page; the page is not full, so that no second one is asked for
        self.lot = min(LOT, max(1, (self._config.page_size - 1) // max(1, len(self._config.doors))))

    def items(self, persons: Sequence[str]) -> dict[str, list[Item]]:
        """The rights of each of these persons at our doors."""
        body = {"personIds": list(persons), "resourceInfos": self._all(), "queryType": self._config.door_type}
        found: dict[str, list[Item]] = {person: [] for person in persons}
        for row in self._paged(api.RIGHTS_ITEMS, body, persons):
            items = [Item(door, text(row, "personStatus")) for door in self._config.doors if _is_about(row, door)]
            found.get(text(row, "personId"), []).extend(items)
        return found

    def grant(self, persons: Sequence[str]) -> dict[str, Ordered]:
        """The order that gives them all their rights, for each."""
        return self._configure(api.RIGHTS_ADD, persons)

    def revoke(self, persons: Sequence[str]) -> dict[str, Ordered]:
        """The order that takes their rights away, for each."""
        return self._configure(api.RIGHTS_DELETE, persons)

    def rates(self, tasks: Sequence[str]) -> dict[str, Mapping[str, Any] | None]:
        """How far each change of rights is; None: the platform has forgotten it. A call each."""
        return {task: self._wire.ask(api.RIGHTS_RATE, {"taskId": task}) for task in tasks}

    def progress(self, downloads: Sequence[str]) -> dict[str, Mapping[str, Any] | None]:
        """How far each download is; None: the platform has forgotten it. A call each."""
        return {each: self._wire.ask(api.PROGRESS, {"taskId": each}) for each in downloads}

    def download(self) -> str:
        """Begins to bring down to the doors whatever waits there; the task's number."""
        body = {"taskType": KINDS[self._config.credentials], "resourceInfos": self._all()}
        return task_id(self._wire.tell(api.DOWNLOAD, body), "权限下载已提交")

    def withdraw(self, person: str, door: Door) -> str:
        """Takes one person off one door at once; a code, empty where it is done."""
        body = {
            "resourceInfo": self._resource(door),
            "personInfo": {"personId": person, "operatorType": 2},
            "taskType": KINDS[self._config.credentials],
        }
        told = self._wire.tell(api.WITHDRAW, body)
        code = text(told, "errorCode") if isinstance(told, Mapping) else ""
        return code if code not in ("", "0", NOTHING_TO_BRING) else ""

    def failures(self, sought: Sequence[Brought]) -> dict[Brought, str]:
        """Why each was not brought to a door, by the download's own record; empty where that says nothing of him."""
        found: dict[Brought, str] = dict.fromkeys(sought, "")
        for download in dict.fromkeys(each.download for each in sought):
            for door in self._config.doors:
                self._read_record(download, door, found)
        return found

    def _read_record(self, download: str, door: Door, found: dict[Brought, str]) -> None:
        """Reads on until everybody who is sought there has been seen."""
        left = {each for each in found if each.download == download and not found[each]}
        if not left:
            return
        rows = self._paged(api.RECORD, {"taskId": download, "resourceInfo": self._resource(door)}, [download])
        for row in islice(rows, PAGES * self._config.page_size):  # who comes later goes without a reason
            one, code = Brought(download, text(row, "personId")), text(row, "errorCode")
            if one in left and code not in ("", "0", NOTHING_TO_BRING):
                found[one] = code
            left.discard(one)
            if not left:
                return

    def _configure(self, path: str, persons: Sequence[str]) -> dict[str, Ordered]:
        body = {
            "personDatas": [{"indexCodes": list(persons), "personDataType": "person"}],
            "resourceInfos": self._all(),
        }
        task = task_id(self._wire.tell(path, body), "权限配置已提交")
        return dict.fromkeys(persons, Ordered(task, len(persons)))

    def _paged(self, path: str, body: Mapping[str, Any], about: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        size = self._config.page_size
        for page in range(1, PAGES + 1):
            rows = self._place.listed(path, {**body, "pageNo": page, "pageSize": size}, about)
            yield from rows
            if len(rows) < size:
                return
        raise Unreadable(f"列表超过 {PAGES} 页，未读完")

    def _all(self) -> list[dict[str, Any]]:
        return [self._resource(each) for each in self._config.doors]

    def _resource(self, door: Door) -> dict[str, Any]:
        return {"resourceIndexCode": door.code, "resourceType": self._config.door_type, "channelNos": [door.channel]}


def of_doors(told: Mapping[str, Any]) -> str:
    """The code of a door that a whole download has not reached, as its progress tells; empty where it tells none.

    Where a part of the people got there, the code is one of the others': it says nothing of whoever asks.
    """
    doors = told.get("resourceDownloadProgress")
    whole = [each for each in doors or [] if isinstance(each, Mapping) and text(each, "downloadResult") != PARTLY]
    codes = (text(each, "errorCode") for each in whole)
    return next((each for each in codes if each not in ("", "0", NOTHING_TO_BRING)), "")


def _is_about(item: Mapping[str, Any], door: Door) -> bool:
    told = item.get("resourceInfo")
    about = told if isinstance(told, Mapping) else item
    channels = about.get("channelNos") or [about.get("channelNo", door.channel)]
    return text(about, "resourceIndexCode") == door.code and str(door.channel) in {str(each) for each in channels}
