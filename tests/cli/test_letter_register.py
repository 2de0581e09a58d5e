"""The register on the command line: into the folder, brought by hand, looked at, drawn again, void."""

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from scim_server.clock import Clock
from scim_server.operate.desk import Desk
from scim_server.settings import load
from tests.cli.line import done, inside, refused
from tests.cli.office import TREE
from tests.cli.past import Past
from tests.console.content import cancellation
from tests.flows import client as say
from tests.flows.letters.registry import content, letter
from tests.servers.stores import rows, store_url

BUREAU = "HEA"
NUMBER = "崖科工信函〔2026〕1号"
NAME = "崖科工信函〔2026〕1号 关于核查信息化系统异常账号的函.docx"


class Counter:
    """A bureau whose letters are saved to a folder, for people who bring them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config, self.out = folder, folder / "huaming.toml", folder / "out"
        self.out.mkdir()
        self.write(f'folder = "{self.out}"')
        past = Past(self.config)
        for name, code, parent, kind in TREE:
            past.push("POST", "/Groups", say.department(name, code, parent, kind))
        past.close()

    def write(self, way: str, more: str = "") -> None:
        store = f'[store]\nurl = "{store_url(self.folder / "huaming.db")}"\n[sweep]\nat = "off"\n'
        letters = f'[letters]\nbureau = "{BUREAU}"\n{way}\n[letters.codes]\n{BUREAU} = "崖科工信函"\n'
        self.config.write_text(store + letters + more, encoding="utf-8")

    def draw(self, key: str = "k1", **more: Any) -> dict[str, Any]:
        desk = Desk(load(self.config), Clock())
        found: dict[str, Any] = desk.run("letter-draw", **letter(key, sender=BUREAU, **more))
        return found

    def type(self, *words: str) -> str:
        return done(inside(*words, "--config", self.config))

    def refuse(self, *words: str, code: int = 1) -> str:
        return refused(inside(*words, "--config", self.config), code)

    def register(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.type("letter", "register", "--json", *words))
        return found

    def files(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir())


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


def test_a_letter_is_saved_brought_and_its_clock_runs(counter: Counter) -> None:
    counter.draw()
    assert NUMBER in counter.type("letter", "deliver", "--by", "王主任")
    assert counter.files() == [NAME]
    assert NUMBER in "\n".join(each.text for each in Document(str(counter.out / NAME)).paragraphs)
    (waiting,) = counter.register()
    assert (waiting["state"], waiting["channel"], waiting["waits_for"]) == ("ready", "hand", "person")
    assert "主送 区教育局 待人工送达" in counter.type("letter", "register")
    (counter.out / NAME).unlink()
    assert counter.type("letter", "deliver") == "没有待送达的函件\n"
    assert counter.files() == [], "it is not saved again"
    today = Clock().today()
    said = counter.type("letter", "delivered", NUMBER, "--at", today, "--by", "送函员")
    (there,) = counter.register("--state", "delivered")
    assert there["due"] in said
    assert (there["delivered_by"], there["due"] > today) == ("送函员", True)
    assert "已送达" in counter.refuse("letter", "void", NUMBER, "--reason", "不发", "--by", "王主任")


def test_a_folder_that_is_away_costs_no_letter(counter: Counter) -> None:
    drawn = counter.draw()
    shutil.rmtree(counter.out)
    told = inside("letter", "deliver", "--config", counter.config)
    assert told.returncode == 1
    assert "不能存入文件夹" in counter.type("letter", "register")
    counter.out.mkdir()
    counter.type("letter", "deliver", "--again", drawn["id"])
    assert counter.files() == [NAME]


def test_a_restricted_document_is_for_its_owner_alone(counter: Counter) -> None:
    counter.draw(kind="leaders-inquiry", restricted=True, content=content("leaders-inquiry"))
    counter.type("letter", "deliver")
    (file,) = counter.out.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert counter.register() == []
    assert len(counter.register("--restricted")) == 1


@pytest.mark.parametrize("title", ["../../etc/关于/函", "函" * 300, "关于\n“某”\t事:项*的?函", "."])
def test_a_title_makes_no_path(counter: Counter, title: str) -> None:
    counter.draw(title=title)
    counter.type("letter", "deliver")
    (file,) = counter.out.iterdir()
    assert file.name.startswith(NUMBER)
    assert len(file.name.encode()) < 256
    assert not set(file.name[len(NUMBER) + 1 :]) & set('/\\:*?"<>|\n\t')


def test_it_is_drawn_again_to_the_same_bytes_and_shown(counter: Counter) -> None:
    drawn = counter.draw()
    counter.type("letter", "deliver")
    again = counter.folder / "again.docx"
    inside("letter", "render", drawn["id"], "--out", again, "--config", counter.config)
    assert again.read_bytes() == (counter.out / NAME).read_bytes()
    assert NUMBER in counter.type("letter", "show", NUMBER)
    shown = json.loads(counter.type("letter", "show", NUMBER, "--json"))
    assert (shown["id"], shown["people"]) == (drawn["id"], 0)
    assert "content" not in shown
    restricted = json.loads(counter.type("letter", "show", NUMBER, "--json", "--restricted"))
    assert restricted["content"]["doc_number"] == NUMBER
    looks = rows(store_url(counter.folder / "huaming.db"), "SELECT what FROM looks")
    assert (f"letter show {drawn['id']}",) in looks


def test_why_somebody_left_is_drawn_for_limited_readers_only(counter: Counter) -> None:
    """The draft stands in everybody's register; its document tells more than 三 (S18)."""
    drawn = counter.draw(kind="cancel", content=cancellation("s", "E1"))
    out = counter.folder / "cancel.docx"
    assert "限制知悉" in counter.refuse("letter", "render", NUMBER, "--out", str(out))
    assert not out.exists()
    counter.type("letter", "show", NUMBER)
    inside("letter", "render", NUMBER, "--out", out, "--restricted", "--config", counter.config)
    assert out.read_bytes().startswith(b"PK")
    looks = rows(store_url(counter.folder / "huaming.db"), "SELECT what FROM looks")
    assert looks == [(f"letter render {drawn['id']}",)]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_it_is_drawn_as_pdf(counter: Counter) -> None:
    counter.draw()
    out = counter.folder / "letter.pdf"
    inside("letter", "render", NUMBER, "--out", out, "--pdf", "--config", counter.config)
    assert out.read_bytes().startswith(b"%PDF")


def test_a_void_letter_keeps_its_place_in_the_series(counter: Counter) -> None:
    counter.draw("k1")
    counter.draw("k2")
    assert "已作废" in counter.type("letter", "void", NUMBER, "--reason", "发错", "--by", "王主任")
    assert [(each["number"], each["state"]) for each in counter.register("--year", "2026", "--sender", BUREAU)] == [
        (NUMBER, "void"),
        ("崖科工信函〔2026〕2号", "ready"),
    ]
    assert counter.register("--year", "2025") == []
    assert counter.type("letter", "register", "--year", "2025").strip() == "登记簿中没有这样的函件"


def test_who_makes_a_letter_void_is_told_that_its_document_lies_in_the_folder(counter: Counter) -> None:
    counter.draw("k1")
    counter.type("letter", "deliver")
    counter.draw("k2")
    void = ("--reason", "发错", "--by", "王主任")
    assert counter.type("letter", "void", NUMBER, *void) == f"{NUMBER} 已作废；请将已存入文件夹的文件撤下\n"
    assert counter.type("letter", "void", "崖科工信函〔2026〕2号", *void) == "崖科工信函〔2026〕2号 已作废\n"


def test_what_is_not_there_or_not_now_is_told_in_a_sentence(counter: Counter) -> None:
    counter.draw()
    assert "没有 崖教函" in counter.refuse("letter", "show", "崖教函〔2026〕9号")
    assert "尚未到" in counter.refuse("letter", "delivered", NUMBER, "--at", "2099-01-01", "--by", "王")
    assert "昨天" in counter.refuse("letter", "delivered", NUMBER, "--at", "昨天", "--by", "王", code=2)
    assert "--year" in counter.refuse("letter", "register", "--year", "99999999999999999999", code=2)
    assert "reason is wanted" in counter.refuse("letter", "void", NUMBER, "--reason", " ", "--by", "王", code=2)
    assert "name is wanted" in counter.refuse("letter", "deliver", "--by", " ", code=2)
    nowhere = counter.folder / "absent" / "letter.docx"
    said = counter.refuse("letter", "render", NUMBER, "--restricted", "--out", str(nowhere))
    assert f"huaming: {nowhere}: No such file or directory" in said


def test_a_channel_that_is_none_is_told_at_once(counter: Counter) -> None:
    counter.write('channel = "oa"')
    assert "channel" in counter.refuse("letter", "deliver", code=2)
    counter.write("", "[systems.ldap]\nurl = 'ldap://127.0.0.1:9'\nbind_dn = 'c'\nbind_password = 'x'\nbase_dn = 'd'\n")
    assert "channel or folder" in counter.refuse("letter", "deliver", code=2)
