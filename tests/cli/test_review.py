"""`huaming review` as it is typed: opened, shown in two faces, closed; today, whatever day that is."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from scim_server.clock import Clock, stamp
from scim_server.store.activity_tables import activity, activity_watched
from tests.cli.line import done, inside, refused
from tests.review.lives import LEADERS, ORDINARY
from tests.review.month import DEPARTMENTS, Month, Soul
from tests.servers.stores import rows

DAY = 86_400.0
CONFIG = """
[store]
url = "{url}"
[review]
systems = ["oa"]
leader_offices = {{ party = "PTY", government = "GOV" }}
[letters]
bureau = "KGX"
folder = "letters"
[systems.oa]
url = "http://127.0.0.1:9"
user = "huaming"
password = "x"
unit = "u"
default_post = "p"
default_level = "l"
"""


@pytest.fixture
def month(tmp_path: Path) -> Month:
    """Two who have used nothing, one of them a leader, and one who has; the OA was watched."""
    town = Month(tmp_path, [Soul(each, life) for each, life in enumerate((ORDINARY[0], LEADERS[0], ORDINARY[0]))])
    now = Clock().now()
    span = {"since": stamp(now - 40 * DAY), "until": stamp(now), "lag": 0.0, "recorded": stamp(now), "by": "王主任"}
    used = {"terminal": "pc", "source": "export", "strength": "proof", "slack": 0.0, "recorded": stamp(now)}

    def furnish(connection: Any) -> None:
        connection.execute(activity.delete())
        connection.execute(activity_watched.delete())
        same = {"system": "oa", "source": "export", **span}
        connection.execute(
            insert(activity_watched), [{"id": each, "terminal": each, **same} for each in ("pc", "mobile")]
        )
        told = {"system": "oa", "subject": town.people[2].subject, "at": stamp(now - 5 * DAY), **used}
        connection.execute(insert(activity), told)

    town.write(furnish)
    (tmp_path / "huaming.toml").write_text(CONFIG.format(url=town.url), encoding="utf-8")
    return town


def typed(tmp_path: Path, *words: str) -> Any:
    return inside("review", *words, "--config", tmp_path / "huaming.toml")


def test_opened_shown_and_closed(month: Month, tmp_path: Path) -> None:
    this = Clock().today()[:7]
    assert "只能开始当月的核查" in refused(typed(tmp_path, "open", "--month", "2020-01"), 1)
    said = json.loads(done(typed(tmp_path, "open", "--by", "王主任", "--json")))
    assert (said["begun"], said["drawn"], said["cases"]) == (True, 2, {"open": 2, "answered": 0, "closed": 0})
    assert "此前已完成" in done(typed(tmp_path, "open"))
    assert f"{this} 待复函" in done(typed(tmp_path, "list"))

    public = done(typed(tmp_path, "show", this))
    assert "职工0（E00000）政务OA 无操作记录；区B00局；区科工信局函〔" in public
    assert "E00001" not in public
    assert "另有涉及区领导的账号 1 个" in public
    assert "职工1（E00001）政务OA 无操作记录；区委办公室、区政府办公室" in done(
        typed(tmp_path, "show", this, "--restricted")
    )
    assert rows(month.url, "SELECT what FROM looks") == [(f"review {this}",)]
    assert {each["department"] for each in json.loads(done(typed(tmp_path, "show", this, "--json")))["list"]} == {
        DEPARTMENTS[0]
    }

    assert "尚有 2 件未复函" in refused(typed(tmp_path, "close", this, "--by", "王主任"), 1)
    assert "--reason" in refused(typed(tmp_path, "close", this, "--by", "王主任", "--force"), 2)
    assert "未复函 2 件" in done(typed(tmp_path, "close", this, "--by", "王主任", "--force", "--reason", "系统停用"))
    again = refused(typed(tmp_path, "close", this, "--by", "王主任"), 1)
    assert again.strip().endswith("该月核查尚未完成，或已了结")
    assert "已了结" in refused(typed(tmp_path, "open"), 1)
    assert "没有 2020-01 的核查" in refused(typed(tmp_path, "show", "2020-01"), 1)


def test_what_is_no_month_or_instant_is_bad_usage(tmp_path: Path, month: Month) -> None:
    for words in (
        ("open", "--month", "2026-13"),
        ("open", "--at", "2026-07-01T09:00"),
        ("open", "--at", "nine"),
        ("show", "July"),
    ):
        refused(typed(tmp_path, *words), 2)
    assert rows(month.url, "SELECT count(*) FROM reviews") == [(0,)]
