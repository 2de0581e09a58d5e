"""People who come and go while somebody reads a list page by page."""

from random import Random
from typing import Any

import httpx

from scim_server.scim.urns import LIST_RESPONSE
from tests.scim.house import made, patch_op, user

SORTS: list[dict[str, str]] = [
    {},
    {"sortBy": "userName"},
    {"sortBy": "userName", "sortOrder": "descending"},
    {"sortBy": "title"},
    {"sortBy": "title", "sortOrder": "descending"},
    {"sortBy": "emails"},
    {"sortBy": "externalId", "sortOrder": "descending", "filter": "active eq true"},
    {"sortBy": "active"},
    {"sortBy": "emails.primary", "sortOrder": "descending"},
]


class Crowd:
    """People who come and go by chance, and some who stay."""

    def __init__(self, scim: httpx.AsyncClient, chance: Random) -> None:
        self._scim, self._chance = scim, chance
        self._passing: list[str] = []
        self._made = 0
        self.staying: set[str] = set()

    async def come(self, *, stays: bool) -> None:
        self._made += 1
        chosen = self._chance.choice
        body = user(f"{chosen('aZmÄ王')}{self._made}", active=chosen([True, True, False]) or stays)
        body |= {"title": chosen(["a", "b"])} if chosen([True, False]) else {}
        body |= {"externalId": f"{chosen('xY')}{self._made}"} if chosen([True, True, False]) else {}
        mail = {"value": f"{chosen('ab')}@x", "primary": chosen([True, False])}
        body |= {"emails": [{"value": "z@x", "type": "home"}, mail]} if chosen([True, False]) else {}
        id = (await made(self._scim, "/Users", body))["id"]
        if stays:
            self.staying.add(id)
        else:
            self._passing.append(id)

    async def stir(self) -> None:
        """What happens between two pages."""
        for _ in range(self._chance.randrange(4)):
            if self._passing and self._chance.random() < 0.5:
                gone = self._passing.pop(self._chance.randrange(len(self._passing)))
                assert (await self._scim.delete(f"/Users/{gone}")).status_code == 204
            else:
                await self.come(stays=False)
        if self._chance.random() < 0.5:  # a change that does not touch the order
            kept = self._chance.choice(sorted(self.staying))
            change = patch_op({"op": "replace", "path": "nickName", "value": str(self._chance.random())})
            assert (await self._scim.patch(f"/Users/{kept}", json=change)).status_code == 200


async def page(scim: httpx.AsyncClient, cursor: str, endpoint: str = "/Users", **params: Any) -> dict[str, Any]:
    answer = await scim.get(endpoint, params={"cursor": cursor, **params})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert body["schemas"] == [LIST_RESPONSE]
    assert "startIndex" not in body
    assert body["itemsPerPage"] == len(body["Resources"])
    return body
