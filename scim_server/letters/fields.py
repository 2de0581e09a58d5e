"""Which sections and fields the wording of each kind may have (the names are those of the texts).

A kind is a file of `texts/`: those of `content.py`, where a change letter has a file for each of its eight sorts.
"""

from collections.abc import Mapping

_COMMON = frozenset({"reg", "sender", "addressee", "date", "contact", "phone"})
_PEOPLE = _COMMON | {"name", "firstName", "n", "article", "number", "department", "office", "post"}
_INQUIRY = _COMMON | {"bureau", "checkDate", "windowStart", "windowEnd", "due", "systems", "p", "a"}
_CHANGE = _PEOPLE | {"oldDept", "oldPlace", "newDept", "newPlace", "newOffice", "newPost", "plannedEnd"}
_CHANGE |= {"organization", "posting", "reason", "content"}

CHANGES = ("inside", "between", "secondment", "outside", "return", "suspension", "resumption", "other")

FIELDS: Mapping[str, frozenset[str]] = {
    "common": frozenset({"reg", "contact", "phone"}),
    "inquiry": _INQUIRY,
    "leaders-inquiry": _INQUIRY,
    "reminder": _COMMON | {"bureau", "inquiryNumber", "wasDue", "due", "openAccounts"},
    "open": _PEOPLE | {"reportDate", "who", "contractor", "until"},
    **{f"change-{each}": _CHANGE for each in CHANGES},
    "cancel": _PEOPLE | {"reason", "decision"},
    "notice": _COMMON | {"bureau", "period", "total", "silent", "depts", "onTime", "late", "none", "left", "deptList"},
}

_LETTER = {"title": True, "body": True, "closing": False, "annex": False}  # name -> whether it must be there
_OF_PEOPLE = _LETTER | {"title one": True, "body one": True, "annex": True}
_CHANGED = _OF_PEOPLE | {"reason": True, "content": True, "enclosed": False}

SECTIONS: Mapping[str, Mapping[str, bool]] = {
    "common": {"regulation": True, "contact": True, "systems": True},
    "inquiry": _LETTER | {"annex": True},
    "leaders-inquiry": _LETTER | {"annex": True},
    "reminder": _LETTER,
    "open": _OF_PEOPLE | {"outsourced": True},
    **{f"change-{each}": _CHANGED for each in CHANGES},
    "cancel": _OF_PEOPLE | {"body death": True},
    "notice": _LETTER | {"body none": True},
}
