"""A client of the JSON API that believes nothing: each answer must be one that the description knows."""

import asyncio
import re
from collections import Counter
from typing import Any

import httpx

from tests.console.schema import faults
from tests.console.town import ConsoleTown

Json = dict[str, Any]
SEEN: Counter[tuple[str, int]] = Counter()
"""By operationId and status, in this process."""


class Asker:
    """Asks one town; answers are checked against the description that the town itself gives."""

    def __init__(self, town: ConsoleTown) -> None:
        self.town = town
        self.described: Json = self._ask("hr", "GET", "/openapi.json").json()

    def get(self, path: str, role: str | None = "hr", status: int = 200, **query: Any) -> Any:
        """The body of an answer with that status."""
        return self.ask("GET", path, role, status, params=query).json()

    def post(self, path: str, body: Any, role: str | None = "hr", status: int = 200) -> Any:
        """The same of a POST."""
        return self.ask("POST", path, role, status, json=body).json()

    def ask(self, method: str, path: str, role: str | None = "hr", status: int = 200, **more: Any) -> httpx.Response:
        """The answer, which has that status."""
        answer = self._ask(role, method, path, **more)
        assert answer.status_code == status, (method, path, role, answer.status_code, answer.text[:500])
        self.check(method, path, answer)
        return answer

    def all(self, path: str, role: str = "hr", count: int = 1, **query: Any) -> list[Json]:
        """Every item of a list, page by page."""
        found: list[Json] = []
        page = self.get(path, role, count=count, **query)
        while True:
            assert len(page["items"]) <= count
            found += page["items"]
            if page["next"] is None:
                return found
            assert page["items"], "a page that leads on has something"
            page = self.get(path, role, count=count, cursor=page["next"], **query)

    def check(self, method: str, path: str, answer: httpx.Response) -> None:
        """It is described: its operation, its status, its media type, its shape."""
        status, media = answer.status_code, answer.headers.get("content-type", "").partition(";")[0]
        assert answer.headers["x-request-id"]
        if status >= 400:
            assert media == "application/problem+json", answer.text
            assert answer.json()["status"] == status
            assert re.search(r"[一-鿿]", answer.json()["detail"])
            assert status != 503 or int(answer.headers["retry-after"]) > 0
        operation = self.operation(method, path)
        if operation is None:
            assert status in (401, 403, 404, 405), (method, path, status)
            return
        SEEN[operation["operationId"], status] += 1
        response = operation["responses"].get(str(status))
        assert response is not None, (operation["operationId"], status, "is not described")
        assert media in response["content"], (operation["operationId"], status, media)
        if media.endswith("json"):
            schemas = self.described["components"]["schemas"]
            assert list(faults(answer.json(), response["content"][media]["schema"], schemas)) == []

    def operation(self, method: str, path: str) -> Json | None:
        """The one that is described for an address."""
        for template, operations in self.described["paths"].items():
            if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path.partition("?")[0]):
                found: Json | None = operations.get(method.lower())
                return found
        return None

    def _ask(self, role: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        async def go() -> httpx.Response:
            async with self.town.client(role) as client:
                return await client.request(method, path, **more)

        return asyncio.run(go())
