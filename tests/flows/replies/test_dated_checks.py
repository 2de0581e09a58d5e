"""The dated checks of R403, R404 and R404s, answered on the wire: the reply goes through the case, as typed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.replies.asked import Asked
from tests.policy.table import GROUPS, ROWS
from tests.policy.wire.bureau import Bureau

ANSWERS = {"R403": "leave", "R404": "left", "R404s": "left"}
NAMES = ("systems", "primary", "concurrent", "anomalies", "public_anomalies", "articles", "public_articles")


@pytest.fixture
def bureau(tmp_path: Path, template: Bureau) -> Iterator[Bureau]:
    one = Bureau(tmp_path, template)
    yield one
    one.close()


def seen(bureau: Bureau, key: str, day: str) -> dict[str, Any]:
    exact, public = (bureau.states(day, restricted)[key] for restricted in (True, False))
    told = {name: exact[name] for name in ("systems", "primary", "concurrent", "anomalies", "articles")}
    return told | {"public_anomalies": public["anomalies"], "public_articles": public["articles"]}


@pytest.mark.parametrize("row", [row for row in ROWS if row["id"] in ANSWERS], ids=lambda row: row["id"])
def test_each_day_is_what_the_table_says(bureau: Bureau, row: dict[str, Any]) -> None:
    given = row["acceptance"]
    for key in sorted(given["groups"], key=lambda key: key != "DT-D0"):
        bureau.on("2026-06-01") if bureau.day < "2026-06-01" else None
        bureau.ok("POST", "/Groups", GROUPS[key])
    key = given["user"]["externalId"]
    user = given["user"]
    if row["id"] == "R404":  # the departure is entered on the day of the reply
        facts = next(name for name in user if name.endswith("cnroster:2.0:User"))
        early = user[facts] | {"statusEvents": user[facts]["statusEvents"][:1]}
        id = bureau.ok("POST", "/Users", user | {facts: early})["id"]
    else:
        bureau.ok("POST", "/Users", user)
    bureau.on("2026-07-01")
    asked = Asked(bureau).about({key: ("oa",)}, "DT-EDU").ready()
    bureau.on("2026-07-03")
    departure = {"departure": "resignation", "left_on": "2026-05-20"} if row["id"] == "R404" else {}
    asked.reply(key, "oa", ANSWERS[row["id"]], by="符主任", **departure)
    if row["id"] == "R404":
        bureau.ok("PUT", f"/Users/{id}", user)
    for check in given["checks"]:
        found, wanted = seen(bureau, key, check["date"]), {name: check[name] for name in NAMES}
        assert found == wanted, check["id"]
        assert bureau.states(check["date"])[key]["articles"] == check["articles"]
    bureau.on("2026-10-09")
    assert seen(bureau, key, "2026-10-09")["systems"] == bureau.states()[key]["systems"]
