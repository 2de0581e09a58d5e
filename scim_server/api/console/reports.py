"""Reports as JSON, and deadlines kept and missed: each made by a process of its own."""

from typing import Any

import orjson
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from scim_server.api.console import models
from scim_server.api.console.asked import DeadlinesAsked, ReportAsked
from scim_server.api.console.children import SECONDS, Children
from scim_server.api.console.faults import Problem
from scim_server.api.console.operation import Operation, Question
from scim_server.api.console.room import Room
from scim_server.store.reviews import every

TAG = "报告"
OPTIONS = {
    "zero-activity": ("month", "restricted"),
    "letters": ("part", "as_of", "since", "restricted"),
    "sync": ("since", "until", "period", "system", "person"),
    "lifecycle": ("since", "until", "period"),
    "access": ("department", "system"),
    "drift": ("since", "until", "period", "system"),
    "orphans": ("system",),
}
"""By report, what it takes."""
LONG = SECONDS + 10.0  # of a request: the child has its own end


class Reports:
    """GET reports/{name}, deadlines."""

    def __init__(self, room: Room, children: Children) -> None:
        self._room, self._children = room, children

    def operations(self) -> list[Operation]:
        """Both."""
        names = "、".join(OPTIONS)
        return [
            Operation(
                "GET", "/deadlines", "listDeadlines", TAG, "各单位时限（一至四）", self.deadlines, models.Deadlines,
                DeadlinesAsked, statuses=(503,), seconds=LONG,
            ),
            Operation(
                "GET", "/reports/{name}", "getReport", TAG, f"报告：{names}", self.one, query=ReportAsked,
                statuses=(404, 503), seconds=LONG,
            ),
        ]  # fmt: skip

    async def one(self, asked: Question) -> Response:
        """GET: the same JSON as `huaming report NAME --format json`."""
        name = asked.places["name"]
        if name not in OPTIONS:
            raise Problem(404, f"没有这种报告；有：{'、'.join(OPTIONS)}。")
        given = _given(asked.query)
        if unfit := sorted(set(given) - set(OPTIONS[name])):
            faults = [{"pointer": f"/{to_camel(each)}", "detail": "该报告没有这一项"} for each in unfit]
            raise Problem(400, "请求的内容不合规定。", faults)
        if name == "zero-activity":
            await self._demand_check(asked.query.month)
        if asked.restricted:
            await self._room.look(asked.caller, f"report {name}")
        return await self._children.report(name, _options(given))

    async def deadlines(self, asked: Question) -> models.Deadlines:
        """GET: by department and article."""
        if asked.restricted:
            await self._room.look(asked.caller, "deadlines")
        said = await self._children.read("letters", {"part": "deadlines", **_options(_given(asked.query))})
        return models.Deadlines(items=[models.DeadlineFigures(**each) for each in orjson.loads(said)])

    async def _demand_check(self, month: str | None) -> None:
        months = await self._room.read(lambda connection: [each.month for each in every(connection)])
        if not months or (month is not None and month not in months):
            raise Problem(404, f"没有 {month} 的核查。" if month else "还没有核查。")


def _given(query: Any) -> dict[str, str | bool]:
    given: dict[str, str | bool] = query.model_dump(exclude_none=True, exclude_defaults=True)
    return given


def _options(given: dict[str, str | bool]) -> dict[str, str | bool]:
    return {name.replace("_", "-"): value for name, value in given.items()}
