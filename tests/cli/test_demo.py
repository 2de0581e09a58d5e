"""`huaming demo`: the whole of it in a folder, and nothing left running."""

import csv
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cli.line import huaming, refused

LEFT = ("huaming.db", "huaming.toml", "report.html", "report.csv", "report.xlsx", "directory.ldif", "server.log")


def living(folder: Path) -> list[str]:
    """Processes that were started with the folder in their arguments."""
    lines = [path for path in Path("/proc").glob("[0-9]*/cmdline")]
    said = []
    for path in lines:
        try:
            said.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # it ended meanwhile
            continue
    return [line for line in said if str(folder) in line]


def test_the_demonstration_runs_in_a_folder_with_a_blank_and_leaves_its_papers_and_no_process(tmp_path: Path) -> None:
    folder = tmp_path / "演示 文件夹"
    with TemporaryDirectory() as elsewhere:
        answer = huaming("demo", "--dir", folder, timeout=120, TMPDIR=elsewhere)
        assert list(Path(elsewhere).iterdir()) == []
    assert answer.returncode == 0, answer.stderr
    assert "Traceback" not in answer.stderr
    assert {name: (folder / name).stat().st_size > 0 for name in LEFT} == dict.fromkeys(LEFT, True)
    rows = list(csv.DictReader((folder / "report.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {row["outcome"] for row in rows} == {"done"}
    assert {"create", "update", "lock", "unlock", "remove", "join", "leave"} == {row["action"] for row in rows}
    assert str(folder / "report.html") in answer.stdout
    assert living(folder) == []
    assert "holds a demonstration already" in refused(huaming("demo", "--dir", folder), 1)
    ports = re.findall(r"(?:127\.0\.0\.1:|localhost:|port = )(\d+)", (folder / "huaming.toml").read_text())
    assert len(ports) == 5
    assert max(map(int, ports)) < 32_768, "any outgoing connection may take it before slapd does, and keep it a minute"
    secret = (folder / "bind.secret").read_text()
    assert secret not in answer.stdout + answer.stderr
