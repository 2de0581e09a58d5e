"""What must hold of everything that was asked of the systems, looked at when a flow is over."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.flows.four.moving_bureau import MovingBureau
from tests.flows.four.systems import VENDORS, FourSystems, is_write

Json = dict[str, Any]
ATTEMPTS = (
    "SELECT system, key, action, group_key, article, reason, outcome, detail, settled_at FROM attempts ORDER BY id"
)
MOBILE = re.compile("1[0-9]{10}")
PERSON_INFO, PERSON_ADD = "/resource/v1/person/condition/personInfo", "/resource/v2/person/single/add"
PERSON_DELETE, FACE_DELETE = "/resource/v1/person/batch/delete", "/resource/v1/face/single/delete"


class Afterwards:
    """The record of a flow. Every method says what is wrong, a line each; nothing is right."""

    def __init__(self, bureau: MovingBureau, systems: FourSystems) -> None:
        self.bureau = bureau
        self.systems = systems
        self.calls = {system: systems.calls(system) for system in VENDORS}
        self.attempts = bureau.rows(ATTEMPTS)

    def second_pass(self) -> list[str]:
        """Everything is looked at once more, and nothing is written anywhere."""
        before, asked = self.systems.writes(), len(self.attempts)
        self.bureau.pass_over_everything()
        after = self.systems.writes()
        lines = [f"{system}: was written to" for system in before if before[system] != after[system]]
        looked = [system for system in VENDORS if len(self.systems.calls(system)) > len(self.calls[system])]
        lines += [] if looked == [*VENDORS] else [f"only {looked} were looked at"]
        return lines + [str(row) for row in self.bureau.rows(ATTEMPTS)[asked:]]

    def windows(self) -> list[str]:
        """No vendor was asked more often than it allows."""
        rows = [(system, row) for system in VENDORS for row in self.systems.running[system].windows()]
        assert {system for system, _ in rows} == {"wecom", "attendance"}
        return [f"{system}: {row}" for system, row in rows if row["largest"] > row["limit"]]

    def settled(self, *also: str) -> list[str]:
        """Every attempt ended well, with its article and sentence. `also`: further outcomes that are right here."""
        well = {"done", "already-so", *also}
        return [
            str(row)
            for row in self.attempts
            if row[6] not in well or not row[8] or not row[4] or not row[5] or "unsupported" in (row[7] or "")
        ]

    def forbidden(self) -> list[str]:
        """Attendance knows no lock and no further departments; WeCom was sent no field that it does not know."""
        never = {"lock", "unlock", "join", "leave"}
        lines = [str(row) for row in self.attempts if row[0] == "attendance" and row[2] in never]
        return lines + [f"wecom: unknown field {name}" for name in sorted(self.systems.wecom.dropped())]

    def numbers(self) -> list[str]:
        """No personId was ever used twice; a userid is the key."""
        added = Counter(call["body"]["personId"] for call in self._to("attendance", PERSON_ADD))
        lines = [f"personId {person} used {times} times" for person, times in added.items() if times > 1]
        lines += [f"a jobNo of {call['body']}" for call in self._to("attendance", PERSON_ADD) if _foreign(call["body"])]
        keys = {key for (key,) in self.bureau.rows("SELECT key FROM subjects WHERE kind = 'person'")}
        userids = {call["body"]["userid"] for call in self._to("wecom", "/user/create")}
        return lines + [f"userid {each}" for each in sorted(userids - keys)]

    def phones(self, users: Iterable[Json]) -> list[str]:
        """No mobile was ever sent to attendance."""
        mobiles = {each["value"] for user in users for each in user["phoneNumbers"]}
        sent = {number for call in self.calls["attendance"] for number in MOBILE.findall(str(call["body"]))}
        return sorted(sent & mobiles)

    def faces_first(self, faces: dict[str, str]) -> list[str]:
        """Of who was deregistered the face was deleted and read back before the person; none is kept anywhere.

        `faces`: by personId, of those that had one, its id.
        """
        lines = [f"{each['id']}: kept {each['faces']}" for each in self.systems.attendance.deleted() if each["faces"]]
        gone, read = set(), set()
        for call in self.calls["attendance"]:
            body = call["body"] or {}
            if call["path"].endswith(FACE_DELETE):
                gone.add(body["faceId"])
            elif call["path"].endswith(PERSON_INFO) and body["paramName"] == "personId":
                read |= {person for person in body["paramValue"] if faces.get(person, "") in gone}
            elif call["path"].endswith(PERSON_DELETE):
                lines += [f"{person}: before its face" for person in body["personIds"] if person in faces.keys() - read]
        return lines

    def deregistered(self, faces: dict[str, str]) -> int:
        """How many people with a face were deregistered."""
        return len(faces.keys() & {each["id"] for each in self.systems.attendance.deleted()})

    def figures(self) -> dict[str, Any]:
        """How much was done."""
        operations = Counter((row[0], row[2]) for row in self.attempts)
        by_system = Counter(row[0] for row in self.attempts)
        writes = {system: sum(is_write(system, each) for each in calls) for system, calls in self.calls.items()}
        calls = {system: len(each) for system, each in self.calls.items()}
        largest = {
            system: max((row["largest"] for row in self.systems.running[system].windows()), default=0)
            for system in ("wecom", "attendance")
        }
        return {
            "operations": dict(by_system),
            "of attendance": {
                action: number for (system, action), number in operations.items() if system == "attendance"
            },
            "calls": calls,
            "writes": writes,
            "largest window": largest,
        }

    def _to(self, system: str, path: str) -> list[Json]:
        return [call for call in self.calls[system] if call["path"].endswith(path)]


def _foreign(body: Json) -> bool:
    """Whether the personId is not the key with a number behind it."""
    key, _, number = body["personId"].rpartition("-")
    return key != body["jobNo"] or not number.isdigit()
