"""Values as they are printed: data from the roster and civil days. Never templates."""

import re
import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scim_server.letters.errors import LetterError

SHANGHAI = ZoneInfo("Asia/Shanghai")
GETA = "〓"  # what printers set for a character that they do not have: here for half a surrogate pair
DOC_NUMBER = re.compile(r"[\u3400-\u9fff]{2,20}〔(20\d\d)〕[1-9]\d{0,5}号")

_NONCHARACTERS = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_SURROGATES = re.compile("[\ud800-\udfff]")
_DROPPED = ("Cc", "Cf", "Zl", "Zp")  # control and format characters, line and paragraph separators


def clean(text: str) -> str:
    """The text without what a document cannot hold or show; every letter stays, in whatever plane it lives."""
    if text.isascii() and text.isprintable():
        return text.strip()
    joined = _SURROGATES.sub(GETA, text)
    return "".join(each for each in joined if _shown(each)).strip()


def _shown(character: str) -> bool:
    return unicodedata.category(character) not in _DROPPED and character not in _NONCHARACTERS


def civil(day: str) -> str:
    """2026-07-01 as 2026年7月1日 (GB/T 9704-2012, 7.3.5.4: full year, no leading zero)."""
    read = _day(day)
    return f"{read.year}年{read.month}月{read.day}日"


def iso(day: str) -> str:
    """A civil day for a narrow cell: 2026-07-01."""
    return _day(day).isoformat()


def _day(day: str) -> date:
    try:
        read = date.fromisoformat(day)
    except ValueError:
        read = None
    if read is None or read.isoformat() != day:
        raise LetterError(f"{day!r} 不是 YYYY-MM-DD 形式的日期")
    return read


def minute(stamp: str) -> str:
    """A stamp in UTC as the minute on the clocks of the district: 2026-05-28 17:03."""
    try:
        read = datetime.fromisoformat(stamp)
    except ValueError:
        raise LetterError(f"{stamp!r} 不是时间") from None
    if read.tzinfo is None:
        raise LetterError(f"时间 {stamp!r} 没有时区")
    return f"{read.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def days(found: set[str]) -> str:
    """Some civil days: up to three by name, more of them from the first to the last."""
    ordered = sorted(found)
    if len(ordered) > 3:
        return f"{civil(ordered[0])}至{civil(ordered[-1])}"
    return "、".join(civil(each) for each in ordered)


def doc_number(number: str) -> str:
    """A 发文字号: 机关代字, the year in 六角括号, the number without a leading zero (崖科工信函〔2026〕12号)."""
    if not DOC_NUMBER.fullmatch(number):
        raise LetterError(f"发文字号 {number!r} 不是「崖科工信函〔2026〕12号」的形式")
    return number


def article(items: set[str]) -> str:
    """Items of the regulation as a letter cites them: 一(一) and 一(三) are 第一条第（一）项、第（三）项.

    Somebody may come under two of them at once: 一(二)+一(四).
    """
    cited: dict[str, list[str]] = {}
    for each in sorted({part for item in items for part in item.split("+")}, key=_order):
        found = re.fullmatch(r"([一二三四五六七八])(?:\(([一二三四五六七八九十]+)\))?", each)
        if found is None:
            raise LetterError(f"{each!r} 不是办法的条款")
        cited.setdefault(found[1], []).extend([found[2]] if found[2] else [])
    return "、".join(f"第{number}条" + "、".join(f"第（{each}）项" for each in of) for number, of in cited.items())


def _order(item: str) -> list[int]:
    return ["一二三四五六七八九十".find(each) for each in item]
