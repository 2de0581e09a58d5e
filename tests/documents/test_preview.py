"""The PDF: what happens without LibreOffice, with a LibreOffice that fails, and what it draws where it is installed."""

import shutil
import stat
import time
from pathlib import Path

import pytest

from scim_server.letters.drawing import draw
from scim_server.letters.preview import PACKAGES, STAND_INS, PreviewError, fonts_conf, to_pdf
from tests.documents import samples


def program(folder: Path, script: str) -> None:
    file = folder / "soffice"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one folder before the basic tools, and a folder of its own for temporary files."""
    programs, scratch = tmp_path / "bin", tmp_path / "scratch"
    programs.mkdir()
    scratch.mkdir()
    for tool in ("sleep", "cat", "cp"):
        (programs / tool).symlink_to(shutil.which(tool) or "")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    return programs


def running(process: int) -> bool:
    """A dead process that nobody has reaped is not running."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def left_over(programs: Path) -> list[Path]:
    return list((programs.parent / "scratch").iterdir())


def test_without_libreoffice_the_packages_are_named(alone: Path) -> None:
    with pytest.raises(PreviewError, match=PACKAGES):
        to_pdf(b"docx")


def test_a_program_that_hangs_is_ended_with_all_that_it_started(alone: Path) -> None:
    program(alone, f"sleep 300 & echo $! > {alone}/pid; wait")
    with pytest.raises(PreviewError, match="3 秒"):
        to_pdf(b"docx", timeout=3.0)
    child = int((alone / "pid").read_text())
    deadline = time.monotonic() + 60
    while running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not running(child)
    assert left_over(alone) == []


def test_a_program_that_writes_nothing_is_quoted(alone: Path) -> None:
    program(alone, "echo 'Error: source file could not be loaded'")
    with pytest.raises(PreviewError, match="could not be loaded"):
        to_pdf(b"docx")
    assert left_over(alone) == []


def test_the_document_is_given_with_a_profile_and_fonts_of_its_own(alone: Path) -> None:
    program(alone, 'cat "$FONTCONFIG_FILE" > 0.pdf; echo "$1" >> 0.pdf; cat 0.docx >> 0.pdf')
    one, other = to_pdf(b"first").decode(), to_pdf(b"second").decode()
    assert one.startswith(fonts_conf())
    assert one.endswith("first")
    profiles = {each.partition("-env:UserInstallation=")[2].splitlines()[0] for each in (one, other)}
    assert len(profiles) == 2
    assert all(each.startswith("file:///") for each in profiles)
    assert left_over(alone) == []


def test_every_font_of_a_document_has_a_stand_in() -> None:
    from tests.documents.reading import font, read, runs

    named = {each for content in samples.EVERY.values() for run in runs(read(draw(content)))
             for key, each in font(run).items() if key in ("eastAsia", "ascii")}  # fmt: skip
    assert named <= set(STAND_INS)
