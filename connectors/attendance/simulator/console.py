"""What people do beside the interface: in the platform's web console, and at the doors. Tests and demos use it."""

import hashlib
from collections.abc import Callable
from threading import RLock
from typing import Any

from connectors.attendance.simulator.events import FACE_PASSED
from connectors.attendance.simulator.pictures import BLURRED
from connectors.attendance.simulator.rights import FOR_EVER, Rights
from connectors.attendance.simulator.switches import Switches
from connectors.attendance.simulator.tasks import Tasks
from connectors.attendance.simulator.times import tick
from connectors.attendance.simulator.world import ROOT, Event, Face, Org, Person, World, new_id

JPEG = b"\xff\xd8\xff\xe0" + bytes(20 * 1024) + b"\xff\xd9"


class Console:
    """The hands. Every method is one step under the platform's lock, and asks for no signature and no shape."""

    def __init__(self, now: Callable[[], float], doors: dict[str, tuple[int, ...]], switches: Switches) -> None:
        self.switches = switches
        self._now = now
        self.lock = RLock()
        self.world = World(doors)
        self.rights = Rights(self.world)
        self.tasks = Tasks(self.world, self.rights)
        self.world.orgs[ROOT] = Org(ROOT, "默认组织", "", self.now(), self.now())

    def now(self) -> float:
        """The platform's time, as it keeps it."""
        return tick(self._now())

    def settle(self) -> None:
        """What is due by now has happened."""
        self.tasks.settle(self.now(), self.switches)

    def put_org(self, code: str, name: str, parent: str = ROOT) -> None:
        """An organisation is there, under this name and parent."""
        with self.lock:
            former = self.world.orgs.get(code)
            self.world.orgs[code] = Org(code, name, parent, former.created if former else self.now(), self.now())

    def drop_org(self, code: str) -> None:
        """An organisation is deleted, whoever is in it."""
        with self.lock:
            org = self.world.orgs[code]
            org.deleted, org.updated = True, self.now()

    def put_person(self, person: str, name: str, org: str = ROOT, **values: str) -> None:
        """A person is there with just these values (jobNo, certificateNo, ...), whatever he was before."""
        with self.lock:
            former = self.world.persons.get(person)
            if former and former.deleted:
                self.world.buried -= 1
            elif former:
                self.world.release(former)
            made = former.created if former else self.now()
            given = {"personName": name, "orgIndexCode": org, **values}
            self.world.enrol(Person(person, given, made, self.now()))

    def change_person(self, person: str, **values: str) -> None:
        """Fields of a person are changed; an empty value takes one away."""
        with self.lock:
            found = self.world.persons[person]
            self.world.release(found)
            found.values = {name: value for name, value in {**found.values, **values}.items() if value}
            found.updated = self.now()
            self.world.hold(found)

    def delete_person(self, person: str) -> None:
        """The first, soft deletion."""
        with self.lock:
            self.world.bury(self.world.persons[person], self.now(), faces=not self.switches.faces_outlive_person)

    def purge_person(self, person: str) -> None:
        """The second deletion, in the area of deleted persons: his faces go, the id stays used."""
        with self.lock:
            self.world.purge(self.world.persons[person])

    def deleted(self) -> list[dict[str, Any]]:
        """The area of deleted persons: id, jobNo, name, and the faces that are still kept of each."""
        with self.lock:
            return [
                {
                    "id": person.id,
                    "key": person.values.get("jobNo", ""),
                    "name": person.values["personName"],
                    "faces": [face.id for face in self.world.faces_of(person.id)],
                }
                for person in self.world.persons.values()
                if person.deleted
            ]

    def person(self, person: str) -> dict[str, str] | None:
        """The fields of a person who is not deleted."""
        with self.lock:
            found = self.world.living(person)
            return dict(found.values) if found else None

    def put_face(self, person: str, picture: bytes = JPEG) -> str:
        """One more face of a person; its id."""
        with self.lock:
            return self.world.add_face(person, picture).id

    def faces(self, person: str) -> list[Face]:
        """The faces of a person, deleted or not."""
        with self.lock:
            return self.world.faces_of(person)

    def put_card(self, person: str, number: str) -> None:
        """A card is a person's."""
        with self.lock:
            self.world.add_card(person, number)

    def refuse_picture(self, picture: bytes, reason: str = BLURRED) -> None:
        """This picture fails the check from now on, with that statusCode."""
        with self.lock:
            self.world.refused_pictures[hashlib.sha256(picture).hexdigest()] = reason

    def grant(self, kind: str, code: str, door: str, *, on_device: bool = True) -> None:
        """A person or an organisation may pass a door; on_device: the door knows it already."""
        with self.lock:
            for number in self.world.doors[door]:
                channel = (door, number)
                self.rights.grant("", (kind, code), channel, FOR_EVER)
                for person in self.rights.wanted(channel) if on_device else ():
                    self.rights.put(channel, person, self.rights.content(person, FOR_EVER, 5, None))

    def on_device(self, door: str, channel: int = 1) -> dict[str, bool]:
        """Whom a door holds now, and whether with a face."""
        with self.lock:
            self.settle()
            return {person: bool(held.faces) for person, held in self.rights.held.get((door, channel), {}).items()}

    def set_offline(self, *doors: str) -> None:
        """These doors, and no other ones, answer no download."""
        with self.lock:
            self.world.offline = set(doors)

    def fail_configs(self, *errors: str) -> None:
        """The next changes of rights fail, one for each of these codes."""
        with self.lock:
            self.tasks.fail_configs = list(errors)

    def fail_downloads(self, *errors: str) -> None:
        """The next downloads fail, one for each of these codes."""
        with self.lock:
            self.tasks.fail_downloads = list(errors)

    def put_event(
        self,
        person: str,
        at: float,
        received: float | None = None,
        door: str = "",
        kind: int = FACE_PASSED,
        event: str = "",
    ) -> str:
        """Somebody was at a door (an empty person: nobody known). `received`: when the platform hears of it."""
        with self.lock:
            known = self.world.persons.get(person)
            values = known.values if known else {}
            org = self.world.orgs.get(values.get("orgIndexCode", ""))
            made = Event(
                id=event or new_id(),
                type=kind,
                at=tick(at),
                received=tick(at if received is None else received),
                person=person,
                person_name=values.get("personName", ""),
                org=org.code if org else "",
                org_name=org.name if org else "",
                job_no=values.get("jobNo", ""),
                card="",
                door=door or next(iter(self.world.doors)),
                picture="",
                direction=1,
            )
            self.world.events.append(made)
            return made.id
