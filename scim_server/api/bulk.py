"""/Bulk (RFC 7644 section 3.7): each operation is a transaction of its own, answered in the request's order.

Operations that cannot see each other go to the writer together, in the order of the request, so that their commits
gather; see `_Job`. What names each other in a circle is one transaction.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.responses import Response

from scim_server.api.aside import LIGHT, aside
from scim_server.api.auth import Caller
from scim_server.api.call import Call, InnerCall
from scim_server.api.errors import MEDIA_TYPE, busy, translated
from scim_server.api.limits import BODY, BULK_BODY, BULK_OUT, BULK_SECONDS
from scim_server.api.resources import Resources
from scim_server.scim import answer
from scim_server.scim.bulk import BULK_ID, BulkOperation, BulkRequest, posts, read_bulk
from scim_server.scim.bulk_order import Places, arrange
from scim_server.scim.bulk_references import resolve
from scim_server.scim.errors import Conflict, TooLarge
from scim_server.scim.etag import etag
from scim_server.scim.urns import BULK_RESPONSE
from scim_server.store.resources import Draft, Members, Stored
from scim_server.store.roster import Roster
from scim_server.store.together import OneFailed

WAVE = 64  # operations that are under way at once: some 10 ms before the loop serves others
_STATUS = {"POST": 201, "PUT": 200, "PATCH": 200, "DELETE": 204}


class Bulk:
    """The POST handler of /Bulk."""

    def __init__(
        self, roster: Roster, resources: Sequence[Resources], base_url: str, seconds: float = BULK_SECONDS
    ) -> None:
        """After so many seconds no operation is begun."""
        self._roster = roster
        self._seconds = seconds
        self._resources = {each.type.endpoint: each for each in resources}
        self._base_url = base_url

    async def __call__(self, call: Call) -> Response:
        """A BulkResponse: 200 whatever becomes of the operations."""
        until = asyncio.get_running_loop().time() + self._seconds
        request, steps = await self._planned(call)
        call.leave()
        job = _Job(self._roster, self._resources, call.caller, request, until)
        work = job.run(steps)
        answers = await (self._roster.batch(work, BULK_OUT) if _may_take(request) else work)
        return Response(orjson.dumps({"schemas": [BULK_RESPONSE], "Operations": answers}), media_type=MEDIA_TYPE)

    async def _planned(self, call: Call) -> tuple[BulkRequest, list[Places]]:
        try:
            body = await call.json(BULK_BODY)
        except TooLarge as error:
            raise TooLarge(f"The Bulk exceeds maxPayloadSize ({BULK_BODY}).", error.headers) from None
        return await aside(call.size, self._plan, body)

    def _plan(self, body: Any) -> tuple[BulkRequest, list[Places]]:
        request = read_bulk(body, list(self._resources), self._base_url)
        ids = {each.bulk_id: self._roster.new_id() for each in posts(request.operations) if each.bulk_id}
        resolve(request.operations, ids, self._base_url)
        steps = arrange(request.operations)
        for operation in request.operations:
            operation.pack()
            if len(operation.packed) > BODY:
                operation.fault = TooLarge("The data of one operation have 2 MB at most.")
        return request, steps


class _Job:
    """The work of one Bulk.

    A wave holds operations of one kind (Users that are made, changed, or deleted) on different resources, none of
    which names another of them. The writer takes them in the order of the request, so each finds the store as the
    one before has left it. A Group stands alone: whether it may go, and where it stands, depends on others. With
    failOnErrors a wave is never larger than the number of errors that are still accepted, so that the job ends at
    exactly that one.
    """

    def __init__(
        self,
        roster: Roster,
        resources: Mapping[str, Resources],
        caller: Caller,
        request: BulkRequest,
        until: float,
    ) -> None:
        self._roster = roster
        self._resources = resources
        self._caller = caller
        self._operations = request.operations
        self._before = request.fail_on_errors
        self._until = until
        self._answers: dict[int, dict[str, Any]] = {}
        self._failed: set[str] = set()
        self._errors = 0

    async def run(self, steps: Sequence[Places]) -> list[dict[str, Any]]:
        """The answers, in the order of the request; what was not done for failOnErrors is left out."""
        waiting = deque([self._operations[place] for place in step] for step in steps)
        while waiting and not self._ended():
            await asyncio.gather(*map(self._do, self._wave(waiting)))
            await asyncio.sleep(0)  # a wave that failed at once has waited for nothing
        return [self._answers[place] for place in sorted(self._answers)]

    def _ended(self) -> bool:
        return self._before is not None and self._errors >= self._before

    def _wave(self, waiting: "deque[list[BulkOperation]]") -> list[list[BulkOperation]]:
        wave = [waiting.popleft()]
        most = WAVE if self._before is None else min(WAVE, self._before - self._errors)
        kind, names, seen = _kind(wave[0]), {wave[0][0].bulk_id}, {wave[0][0].id}
        while waiting and len(wave) < most and kind is not None:
            following = waiting[0][0]
            if _kind(waiting[0]) != kind or following.needs & names or following.id in seen:
                break
            wave.append(waiting.popleft())
            names.add(following.bulk_id)
            seen.add(following.id)
        return wave

    async def _do(self, step: Sequence[BulkOperation]) -> None:
        if len(step) > 1:
            await self._do_together(step)
            return
        operation = step[0]
        try:
            self._demand(operation)
            self._done(operation, await self._ask(operation))
        except Exception as error:
            self._fail(operation, error)

    def _demand(self, operation: BulkOperation) -> None:
        """Raises what is wrong with it before it is tried."""
        if asyncio.get_running_loop().time() > self._until:
            raise busy("The Bulk has run out of time before this operation.")
        if operation.fault is not None:
            raise operation.fault
        for name in sorted(operation.needs & self._failed):
            if name != operation.bulk_id:
                raise Conflict(f"{BULK_ID}{name} is named here, and has failed.")

    async def _ask(self, operation: BulkOperation) -> Stored:
        resources = self._resources[operation.endpoint]
        if operation.method == "POST":
            new, members = await self._drafted(operation)
            return await self._roster.create(new, members, self._caller.name, operation.id)
        handlers = {"PUT": resources.replaced, "PATCH": resources.patched, "DELETE": resources.deleted}
        return await handlers[operation.method](
            InnerCall(
                self._caller,
                operation.id,
                if_match=operation.version,
                body=operation.unpacked(),
                size=len(operation.packed),
            )
        )

    async def _drafted(self, operation: BulkOperation) -> tuple[Draft, Members]:
        drafted = self._resources[operation.endpoint].drafted
        return await aside(len(operation.packed), lambda: drafted(operation.unpacked()))

    async def _do_together(self, step: Sequence[BulkOperation]) -> None:
        """They name each other, so either all of them are made or none is."""
        faults: dict[int, Exception] = {}
        drafts = []
        for operation in step:
            try:
                self._demand(operation)
                drafts.append((operation.id, *await self._drafted(operation)))
            except Exception as error:
                faults[operation.place] = error
        if not faults:
            try:
                for operation, stored in zip(
                    step, await self._roster.create_all(drafts, self._caller.name), strict=True
                ):
                    self._done(operation, stored)
                return
            except OneFailed as failed:
                faults[step[failed.place].place] = failed.error
            except Exception as error:
                faults = {operation.place: error for operation in step}
        first = next(operation for operation in step if operation.place in faults)
        tied = Conflict(f"{first.spelled} has failed, and they name each other: none of them is made.")
        for operation in step:
            self._fail(operation, faults.get(operation.place, tied))

    # -- answers

    def _done(self, operation: BulkOperation, stored: Stored) -> None:
        said = self._said(operation) | {"location": self._location(operation)}
        if operation.method != "DELETE":
            said["version"] = etag(stored.version)
        self._answers[operation.place] = said | {"status": str(_STATUS[operation.method])}

    def _fail(self, operation: BulkOperation, error: Exception) -> None:
        told = translated(error)
        self._errors += 1
        if operation.method == "POST" and operation.bulk_id:
            self._failed.add(operation.bulk_id)
        said = self._said(operation)
        if operation.method != "POST" and operation.id and not operation.id.startswith(BULK_ID):
            said["location"] = self._location(operation)
        self._answers[operation.place] = said | {"status": str(told.status), "response": orjson.Fragment(told.body())}

    def _said(self, operation: BulkOperation) -> dict[str, Any]:
        named = {} if operation.bulk_id is None else {"bulkId": operation.bulk_id}
        return {"method": operation.method, **named}

    def _location(self, operation: BulkOperation) -> str:
        return answer.location(self._resources[operation.endpoint].base_url, operation.endpoint, operation.id)


def _may_take(request: BulkRequest) -> bool:
    """Whether several of its operations may take something from somebody: then they count as a whole (S23)."""
    return sum(each.method != "POST" for each in request.operations) > 1


def _kind(step: Sequence[BulkOperation]) -> str | None:
    """What may share a wave; None: nothing may."""
    if len(step) > 1 or step[0].endpoint != "/Users" or len(step[0].packed) > LIGHT:
        return None
    return "PUT or PATCH" if step[0].method in ("PUT", "PATCH") else step[0].method
