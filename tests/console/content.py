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


def change(change: str, subject: str) -> Json:
    """A change letter of EDU about one person."""
    person = {"subject": subject, "name": "李明", "number": "E2", "event": "2026-06-10", "item": "二(五)"}
    return {
        "kind": "change",
        "change": change,
        "sender": "区教育局",
        "doc_number": "",
        "day": "2026-07-01",
        "addressees": ["区科工信局"],
        "people": [person],
    }
