"""The machine part of a reply form (letters L6): a CSV as spreadsheets save it, each fault with its line."""

from pathlib import Path

import pytest

from scim_server.operate.reply_file import BadFile, read

ENGLISH = "case,answer,reason,date,departure\nc1,left,已辞职,2026-05-20,resignation\nc2,in-service,在岗,,\n"
CHINESE = "事项编号,答复,原因,日期,离职类型\nc1,已离职,已辞职,2026/05/20,辞职\n\nc2,在岗未使用,在岗,,\n"


def written(folder: Path, said: str | bytes) -> Path:
    file = folder / "answers.csv"
    file.write_bytes(said.encode() if isinstance(said, str) else said)
    return file


@pytest.mark.parametrize(
    "said", [ENGLISH, CHINESE, f"\ufeff{CHINESE}".replace("\n", "\r\n"), CHINESE.encode("gb18030")]
)
def test_both_languages_and_the_encodings_of_spreadsheets(tmp_path: Path, said: str | bytes) -> None:
    left, here = read(written(tmp_path, said))
    assert {name: left[name] for name in ("case", "answer", "left_on", "departure", "reason")} == {
        "case": "c1",
        "answer": "left",
        "left_on": "2026-05-20",
        "departure": "resignation",
        "reason": "已辞职",
    }
    assert (here["case"], here["answer"], here["left_on"], here["departure"]) == ("c2", "in-service", None, None)


@pytest.mark.parametrize("day", ["2026-05-06", "2026/5/6", "2026/05/06", "2026-5-6", "2026年5月6日"])
def test_a_day_as_spreadsheets_save_it(tmp_path: Path, day: str) -> None:
    """2026/5/6 was no day, and a whole file was refused for it."""
    (one,) = read(written(tmp_path, f"case,answer,reason,date\nc1,left,已辞职,{day}\n"))
    assert one["left_on"] == "2026-05-06"


@pytest.mark.parametrize("word", ["休假/学习", "休假、学习", "休假学习", "leave"])
def test_the_words_of_the_form(tmp_path: Path, word: str) -> None:
    (one,) = read(written(tmp_path, f"case,answer,reason,date\nc1,{word},学习,\n"))
    assert one["answer"] == "leave"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("case,answer,reason,date\nc1,leave,学习,\nc2,gone,不详,\n", "第 3 行：没有「gone」"),
        ("case,answer,reason,date\n,leave,学习,\n", "第 2 行：缺少事项编号"),
        ("case,answer,reason,date\nc1,leave,,\n", "第 2 行：须写明原因"),
        ("case,answer,reason,date\nc1,left,已辞职,\n", "第 2 行：已离职的须写明离职日期"),
        ("case,answer,reason,date\nc1,left,已辞职,5月20日\n", "第 2 行：5月20日 不是"),
        ("case,answer,reason,date\nc1,left,已辞职,2026/2/30\n", "第 2 行：2026/2/30 不是"),
        ("case,answer,reason,date\nc1,left,已辞职,2026-5/20\n", "第 2 行：2026-5/20 不是"),
        ("case,answer,reason,date,departure\nc1,left,x,2026-05-20,flown\n", "第 2 行：没有「flown」"),
        ("case,answer,reason,date\nc1,leave,学习,,多,多\n", "第 2 行：比表头多 2 格"),
        ('case,answer,reason,date\n"c1,leave,x,\n', "不是 CSV"),
        ("case,answer,date\nc1,leave,\n", "缺少 reason"),
        ("case,answer,reason,date,姓名\nc1,leave,学习,,王\n", "不认识 姓名"),
        ("case,answer,reason,date,日期\nc1,leave,学习,,\n", "有重复"),
        ("case,answer,reason,date\n\n", "没有一条答复"),
        ("", "没有一条答复"),
        (b"case,answer,reason,date\nc1,leave,\xff\xff\xff,\n", "既非 UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, said: str | bytes, line: str) -> None:
    with pytest.raises(BadFile, match=line.replace("(", r"\(")):
        read(written(tmp_path, said))


def test_every_fault_is_told_at_once_up_to_some(tmp_path: Path) -> None:
    rows = "".join(f"c{number},gone,不详,\n" for number in range(30))
    with pytest.raises(BadFile) as refused:
        read(written(tmp_path, f"case,answer,reason,date\n{rows}"))
    lines = str(refused.value).splitlines()
    assert (lines[0].partition("：")[0], len(lines), lines[-1]) == ("第 2 行", 11, "……共 30 处")
