"""Cards of persons: read, and returned one by one."""

from typing import Any

from connectors.attendance.simulator.call import Call, Route, Routes
from connectors.attendance.simulator.codes import ABSENT, Refusal
from connectors.attendance.simulator.fields import PAGED, Text, page
from connectors.attendance.simulator.orgs import CODES, split


def sought(call: Call) -> dict[str, Any]:
    """irds/v1/card/advance/cardList: of some persons, or by number; without a condition all."""
    persons = set(split("personIds", call.body.get("personIds", "")))
    number = call.body.get("cardNo")
    rows = [
        {
            "cardId": f"card-{each}",
            "cardNo": each,
            "personId": holder,
            "personName": call.world.persons[holder].values["personName"],
            "orgIndexCode": call.world.persons[holder].org,
            "cardType": 1,
            "useStatus": 1,
        }
        for each, holder in call.world.cards.items()
        if (not persons or holder in persons) and number in (None, each)
    ]
    return page(rows, call.body)


def give_back(call: Call) -> None:
    """cis/v1/card/deletion: the card is nobody's any more."""
    number = call.body["cardNumber"]
    if call.world.cards.get(number) != call.body["personId"]:
        raise Refusal(ABSENT, f"cardNumber {number}")
    call.world.drop_card(number)


ROUTES: Routes = {
    "/api/irds/v1/card/advance/cardList": Route(sought, {"personIds": CODES, "cardNo": Text(), **PAGED}),
    "/api/cis/v1/card/deletion": Route(give_back, {"cardNumber": Text(required=True), "personId": Text(required=True)}),
}
