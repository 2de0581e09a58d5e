"""A letter as PDF, to look at before it goes out: through LibreOffice, where it is installed.

The fonts of an office are licensed and seldom on a server: free ones stand in for them, and the lines break in the same
places, since Chinese letters are all as wide. What goes out is the document, not the preview.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

PACKAGES = "libreoffice-writer fonts-noto-cjk fonts-noto-cjk-extra fonts-liberation"  # in Debian
PATIENCE = 120.0  # seconds for one start of LibreOffice

# The name in the document -> what stands in for it where it is not installed, the best first.
STAND_INS = {
    "仿宋_GB2312": ("仿宋", "FangSong", "FandolFang", "Noto Serif CJK SC"),
    "楷体_GB2312": ("楷体", "KaiTi", "FandolKai", "AR PL KaitiM GB", "AR PL UKai CN", "Noto Serif CJK SC"),
    "黑体": ("SimHei", "FandolHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei"),
    "宋体": ("SimSun", "Noto Serif CJK SC", "FandolSong", "AR PL SungtiL GB"),
    "方正小标宋简体": ("FZXiaoBiaoSong-B05S", "Noto Serif CJK SC SemiBold", "Noto Serif CJK SC", "FandolSong"),
    "Times New Roman": ("Liberation Serif",),
}


class PreviewError(RuntimeError):
    """There is no preview: LibreOffice is missing, took too long, or could not read the document."""


def to_pdf(document: bytes, timeout: float = PATIENCE) -> bytes:
    """One .docx as PDF; `timeout` in seconds. Raises PreviewError."""
    return to_pdfs([document], timeout)[0]


def to_pdfs(documents: Sequence[bytes], timeout: float = PATIENCE) -> list[bytes]:
    """Several at one start of the program, in their order. Several calls may run at the same time."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise PreviewError(f"LibreOffice 未安装，不能预览。Debian: apt-get install --no-install-recommends {PACKAGES}")
    with TemporaryDirectory(prefix="huaming-preview-") as place:
        folder = Path(place)
        names = [folder / f"{number}.docx" for number in range(len(documents))]
        for name, document in zip(names, documents, strict=True):
            name.write_bytes(document)
        said = _convert(program, folder, names, timeout)
        return [_result(name.with_suffix(".pdf"), said) for name in names]


def _convert(program: str, folder: Path, names: Sequence[Path], timeout: float) -> str:
    """Runs the program with a profile, a home and fonts of its own; what it has started ends with it."""
    fonts = folder / "fonts.conf"
    fonts.write_text(fonts_conf(), encoding="utf-8")
    environment = os.environ | {"FONTCONFIG_FILE": str(fonts), "LC_ALL": "C.UTF-8"}
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = ["--headless", "--norestore", "--nolockcheck", "--convert-to", "pdf", "--outdir", str(folder)]
    child = subprocess.Popen(  # noqa: S603 - found on the PATH, our own options and files
        [program, profile, *options, *map(str, names)],
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = child.communicate(timeout=timeout)
    except BaseException as error:
        _end(child)
        if isinstance(error, subprocess.TimeoutExpired):
            raise PreviewError(f"LibreOffice 在 {timeout:g} 秒内没有完成转换") from None
        raise
    return said.decode(errors="replace").strip()


def _end(child: "subprocess.Popen[bytes]") -> None:
    """The program is a script that starts others: all of its session."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def _result(file: Path, said: str) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise PreviewError(f"LibreOffice 没有生成 PDF：{said or '无说明'}") from None


def fonts_conf() -> str:
    """The system's own fonts, and for a name that is not among them its stand-ins, as if they were it."""
    aliases = "".join(_alias(name, others) for name, others in STAND_INS.items())
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n{aliases}</fontconfig>\n'
    )


def _alias(name: str, others: Sequence[str]) -> str:
    families = "".join(f"<family>{escape(each)}</family>" for each in others)
    return f'<alias binding="same"><family>{escape(name)}</family><accept>{families}</accept></alias>\n'
