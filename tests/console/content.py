"""What letters of the town say: the content from which their documents are drawn."""

from typing import Any

Json = dict[str, Any]
BUREAU = "三亚市崖州区科学技术和工业信息化局"
NAMES = {"EDU": "区教育局", "HEA": "区卫健委", "PTY": "区委办", "GOV": "区政府办", "KGX": "区科工信局"}


def inquiry(kind: str, to: list[str], subjects: list[str], keys: list[str]) -> Json:
    """An inquiry about an account each, before it has a number."""
    accounts = [
        {"subject": subject, "name": f"同志{key}", "number": key, "office": "办公室", "system": "政务OA"}
        for subject, key in zip(subjects, keys, strict=True)
    ]
    return {
        "kind": kind,
        "sender": BUREAU,
        "doc_number": "",
        "day": "2026-07-01",
        "addressees": [NAMES[key] for key in to],
        "bureau": BUREAU,
        "checked": "2026-07-01",
        "window_start": "2026-06-01",
        "window_end": "2026-06-30",
        "due": "2026-07-06",
        "systems": ["政务OA"],
        "accounts": accounts,
    }


def change(change: str, subject: str, number: str = "E2", **more: Any) -> Json:
    """A change letter of EDU about one person."""
    person = {"subject": subject, "name": f"同志{number}", "number": number, "event": "2026-06-10", "item": "二(一)"}
    person |= {"department": "区教育局", "office": "人事科", "old_office": "办公室", "old_department": "区教育局"}
    person |= {"systems": ["政务OA"], "position": "科员", "old_position": "科员", "until": "2026-09-30"} | more
    return _of_edu("change", [person]) | {"change": change}


def cancellation(subject: str, number: str) -> Json:
    """A cancellation letter of EDU; it says why."""
    person = {"subject": subject, "name": f"同志{number}", "number": number, "event": "2026-06-20", "item": "三(一)"}
    person |= {"department": "区教育局", "office": "人事科", "systems": ["政务OA"], "reason": "退休"}
    return _of_edu("cancel", [person])


def _of_edu(kind: str, people: list[Json]) -> Json:
    same = {"sender": "区教育局", "doc_number": "", "day": "2026-07-01", "addressees": ["区科工信局"]}
    return {"kind": kind, **same, "people": people, "contact": "小王", "phone": "88888888"}


def drafts(subjects: dict[str, str]) -> list[tuple[str, str, str, Json]]:
    """(key, kind, title, content): a change, a suspension that nobody has marked as restricted, a cancellation."""
    return [
        ("inside", "change", "关于变更账号信息的函", change("inside", subjects["E1"], "E1")),
        ("suspension", "change", "关于锁定李明同志账号的函", change("suspension", subjects["E2"], item="二(五)")),
        ("cancel", "cancel", "关于注销周伟同志账号的函", cancellation(subjects["E6"], "E6")),
    ]
