"""Operations about monthly checks (四)."""

from functools import partial

from sqlalchemy import Connection

from scim_server.api.console import models, shapes
from scim_server.api.console.asked import AccountsAsked, CloseBody, Face, InstructionBody, PageAsked
from scim_server.api.console.faults import Problem
from scim_server.api.console.letters import Letters
from scim_server.api.console.operation import Operation, Question
from scim_server.api.console.room import Room
from scim_server.store import console_reviews as store
from scim_server.store import review_cases, reviews
from scim_server.store.console_letters import notice_of
from scim_server.store.departments import names as names_of
from scim_server.store.reviews import Review
from scim_server.store.sorting import Place

STRANGERS = 100
TAG = "核查"


class Reviews:
    """GET reviews, reviews/{month}, reviews/{month}/accounts; POST close, instruction."""

    def __init__(self, room: Room, letters: Letters) -> None:
        self._room, self._letters = room, letters

    def operations(self) -> list[Operation]:
        """All of them."""
        one = "/reviews/{month}"
        page = models.Page[models.Account]
        heads = models.Page[models.ReviewHead]
        return [
            Operation("GET", "/reviews", "listReviews", TAG, "各月核查，新的在前", self.all, heads, PageAsked),
            Operation(
                "GET", one, "getReview", TAG, "一次核查及其合计", self.one, models.Review, Face, statuses=(404,)
            ),
            Operation(
                "GET", f"{one}/accounts", "listAccounts", TAG, "逐户结论", self.accounts, page, AccountsAsked,
                statuses=(404,),
            ),
            Operation(
                "POST", f"{one}/close", "closeReview", TAG, "了结核查", self.close, models.Review, body=CloseBody,
                statuses=(404, 409),
            ),
            Operation(
                "POST", f"{one}/instruction", "instructNotice", TAG, "登记区政府对通报的批示", self.instruct,
                models.WholeLetter, body=InstructionBody, statuses=(404, 409),
            ),
        ]  # fmt: skip

    async def all(self, asked: Question) -> models.Page[models.ReviewHead]:
        """GET: the latest first."""
        place = await self._room.after(asked, "reviews")

        def read(connection: Connection) -> list[tuple[Review, dict[str, int]]]:
            found = [each for each in reviews.every(connection) if place is None or each.month < place.id]
            return [(each, review_cases.numbers(connection, each.id)) for each in found[: asked.query.count + 1]]

        rows = await self._room.read(read)
        items = [models.ReviewHead(**_head(*row)) for row in rows[: asked.query.count]]
        following = await self._room.turned(asked, "reviews", rows, lambda row: Place(None, row[0].month))
        return models.Page[models.ReviewHead](items=items, next=following)

    async def one(self, asked: Question) -> models.Review:
        """GET: with its totals."""
        month = asked.places["month"]
        if asked.restricted:
            await self._room.look(asked.caller, f"review {month}")
        return await self._room.read(partial(_review, month=month, restricted=asked.restricted))

    async def accounts(self, asked: Question) -> models.Page[models.Account]:
        """GET: what was found of each account."""
        month, query, face = asked.places["month"], asked.query, asked.restricted
        place = await self._room.after(asked, "accounts")
        if face:
            await self._room.look(asked.caller, f"accounts {month}")
        after = None if place is None else (place.id, str(place.value))

        def read(connection: Connection) -> tuple[list[store.Row], dict[str, str]]:
            review = _found(connection, month)
            rows = store.accounts(connection, review.id, query.wanted, face, after, query.count)
            return rows, names_of(connection, shapes.keys_of(rows, "department"))

        rows, names = await self._room.read(read)
        items = [shapes.account(row, names, face) for row in rows[: query.count]]
        turned = await self._room.turned(asked, "accounts", rows, lambda row: Place(row["system"], row["subject"]))
        return models.Page[models.Account](items=items, next=turned)

    async def close(self, asked: Question) -> models.Review:
        """POST: nothing is asked any more."""
        month, body = asked.places["month"], asked.body
        await self._room.write("review-close", asked.caller, month=month, force=body.force, reason=body.reason)
        return await self._room.read(partial(_review, month=month, restricted=False))

    async def instruct(self, asked: Question) -> models.WholeLetter:
        """POST: from now on the notice may go out (A17)."""
        month, body = asked.places["month"], asked.body
        id = await self._room.read(lambda connection: _found(connection, month) and notice_of(connection, month))
        if id is None:
            raise Problem(409, "还没有拟出通报：复函称使用人已离职的，才有通报。")
        said = {"number": body.number, "on": body.on, "instructed_by": body.instructed_by}
        await self._room.write("notice-instruct", asked.caller, id=id, **said)
        return await self._letters.shown(asked.caller, id)


def _found(connection: Connection, month: str) -> Review:
    found = reviews.of_month(connection, month)
    if found is None:
        raise Problem(404, f"没有 {month} 的核查。")
    return found


def _review(connection: Connection, month: str, restricted: bool) -> models.Review:
    review = _found(connection, month)
    numbers = review_cases.numbers(connection, review.id)
    watched = review.watched
    systems = [
        shapes.system_figures(name, counts, watched.get(name, {}), restricted)
        for name, counts in sorted(review.counts.items())
    ]
    strange = [models.Stranger(**row) for row in store.strangers(connection, review.id, STRANGERS)]
    return models.Review(**_head(review, numbers), systems=systems, strangers=strange)


def _head(review: Review, numbers: dict[str, int]) -> dict[str, object]:
    states = {state: numbers.get(state, 0) for state in ("open", "answered", "closed")}
    said = review._asdict()
    same = ("month", "at", "window_start", "state", "by", "closed", "closed_by")
    cases = models.CaseFigures(**states)
    return {name: said[name] for name in same} | {"cases": cases, "letters": numbers.get("letters", 0)}
