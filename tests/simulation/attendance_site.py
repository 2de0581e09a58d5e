"""A site with doors on the simulated attendance platform, and the orders that are given there."""

from typing import Any

from tests.simulation.attendance import (
    ENCODED,
    ORG_ADD,
    PERSON_ADD,
    Platform,
    person,
)
from tests.simulation.clock import Clock

ADD = "/api/acps/v1/auth_config/add"
DELETE = "/api/acps/v1/auth_config/delete"
RATE = "/api/acps/v1/auth_config/rate/search"
CONFIGURED = "/api/acps/v1/auth_config/search"
ITEMS = "/api/acps/v1/auth_item/list/search"
SHORTCUT = "/api/acps/v1/authDownload/configuration/shortcut"
CREATE = "/api/acps/v1/download/configuration/task/add"
EXTEND = "/api/acps/v1/download/configuration/data/add"
START = "/api/acps/v1/authDownload/task/start"
PROGRESS = "/api/acps/v1/authDownload/task/progress"
SIMPLE = "/api/acps/v1/authDownload/task/simpleDownload"
DETAILS = "/api/acps/v2/download_record/person/detail/search"
PAGE = {"pageNo": 1, "pageSize": 1000}
DOOR = {"resourceIndexCode": "door-1", "resourceType": "door", "channelNos": [1]}
OTHER = {"resourceIndexCode": "door-2", "resourceType": "acsDevice"}


def persons(*ids: str, kind: str = "person") -> list[dict[str, Any]]:
    return [{"indexCodes": list(ids), "personDataType": kind}]


class Site:
    """教育局 with p1, who has a face, and p2, who has none; 停用 with nobody. Tasks take a second, then two."""

    def __init__(self, run: Any, clock: Clock, **switches: Any) -> None:
        self.clock = clock
        self.platform = Platform(run, clock, **{"config_seconds": 1.0, "download_seconds": 2.0, **switches})
        names = {"G1": "教育局", "OFF": "停用"}
        root = "root000000"
        rows = [{"orgIndexCode": code, "orgName": name, "parentIndexCode": root} for code, name in names.items()]
        self.platform.ask(ORG_ADD, rows)
        self.platform.ask(PERSON_ADD, person(org="G1", personId="p1", faces=[{"faceData": ENCODED}]))
        self.platform.ask(PERSON_ADD, person(org="G1", personId="p2"))

    def configure(self, path: str, wait: bool = True, **body: Any) -> str:
        """A change of rights; with `wait` it is finished."""
        task: str = self.platform.ask(path, body)["taskId"]
        self.clock.move(1 if wait else 0)
        return task

    def grant(self, *ids: str, kind: str = "person", **more: Any) -> str:
        return self.configure(ADD, personDatas=persons(*ids, kind=kind), resourceInfos=[DOOR], **more)

    def revoke(self, *ids: str) -> str:
        return self.configure(DELETE, personDatas=persons(*ids))

    def download(self, kind: int = 4, *doors: dict[str, Any], wait: bool = True) -> dict[str, Any]:
        """A download by the short way; its progress."""
        task = self.platform.ask(SHORTCUT, {"taskType": kind, "resourceInfos": list(doors or (DOOR,))})["taskId"]
        self.clock.move(2 if wait else 0)
        return self.progress(task)

    def progress(self, task: str) -> dict[str, Any]:
        found: dict[str, Any] = self.platform.ask(PROGRESS, {"taskId": task})
        return found

    def details(self, task: str, **more: Any) -> dict[str, str]:
        """Per person the result of a task at the first door."""
        body = {"taskId": task, "resourceInfo": DOOR, **PAGE, **more}
        return {row["personId"]: row["persondownloadResult"] for row in self.platform.ask(DETAILS, body)["list"]}

    def held(self) -> dict[str, bool]:
        return self.platform.vendor.on_device("door-1")

    def rights(self) -> dict[str, bool]:
        return {name: row["rights"] for name, row in self.platform.accounts().items()}
