"""The file: the same document is the same bytes, whenever and wherever it is drawn."""

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.document import Document as Paper

_STAMP = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold
_UNIX = 3
_LONGEST = 255  # characters of a property; python-docx takes no more


def package(document: Paper, author: str, title: str, day: datetime) -> bytes:
    """`day`: of issue; the time of drawing is written nowhere."""
    core = document.core_properties
    core.author = core.last_modified_by = author[:_LONGEST]
    core.title = title[:_LONGEST]
    core.created = core.modified = day
    core.revision = 1
    core.comments = core.keywords = core.subject = core.category = ""
    core.language = "zh-CN"
    drawn = BytesIO()
    document.save(drawn)
    return _stamped(drawn)


def _stamped(drawn: BytesIO) -> bytes:
    written = BytesIO()
    with ZipFile(drawn) as source, ZipFile(written, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = ZipInfo(name, _STAMP)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return written.getvalue()
