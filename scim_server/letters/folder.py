"""A letter that people bring: its document in a folder, whole or not at all, under a name that follows from it."""

import os
import re
import tempfile
from pathlib import Path

from scim_server.letters.clean import clean

_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')  # of a file's name, on one of the machines that the clerks use
LONGEST = 200  # bytes in UTF-8; file systems take 255
FOR_FEW, FOR_THE_OFFICE = 0o600, 0o640


def file_name(doc_number: str, title: str) -> str:
    """崖科工信函〔2026〕12号 关于核查信息化系统异常账号的函.docx"""
    text = f"{_fit(doc_number)} {_fit(title)}"
    while len(text.encode()) > LONGEST:
        text = text[:-1]
    return f"{text.strip(' .')}.docx"


def _fit(text: str) -> str:
    return _UNFIT.sub("_", clean(text)).strip("._")


def save(folder: Path, name: str, document: bytes, restricted: bool) -> Path:
    """Writes it beside its place and moves it there; what lies there under that name is replaced. Raises OSError."""
    handle, beside = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), FOR_FEW if restricted else FOR_THE_OFFICE)
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, folder / name)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    _settle(folder)
    return folder / name


def _settle(folder: Path) -> None:
    """The new name outlives a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
