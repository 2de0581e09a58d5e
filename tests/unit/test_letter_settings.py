"""`[letters]`: what cannot be meant is refused before anything starts."""

from pathlib import Path

import pytest

from scim_server.settings import BadSettings, load

OA = '[systems.oa]\nurl = "http://127.0.0.1:9/seeyon/rest"\n'


def loaded(folder: Path, text: str) -> object:
    (folder / "huaming.toml").write_text(text, encoding="utf-8")
    return load(folder / "huaming.toml").letters


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('bureau = "KGX"', "channel or folder"),
        ('channel = "oa"', "no system named oa"),
        ('codes = { A = "崖教函", B = "崖教函" }', "the same 机关代字"),
        ('codes = { A = "崖教函1" }', "no 机关代字"),
        ('codes = { A = "函" }', "no 机关代字"),
        ('repeat_after = "soon"', "repeat_after"),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        loaded(tmp_path, f"[letters]\n{text}\n")


def test_what_can(tmp_path: Path) -> None:
    text = '[letters]\nbureau = "KGX"\nchannel = "oa"\nrepeat_after = "5m"\ncodes = { KGX = "崖科工信函" }\n'
    assert loaded(tmp_path, text + OA).patience == 300  # type: ignore[attr-defined]
