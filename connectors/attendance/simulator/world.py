"""What the platform holds: organisations, persons, faces, cards, rights, tasks, events. In memory only."""

from dataclasses import dataclass, field
from uuid import uuid4

ROOT = "root000000"
UNIQUE = ("jobNo", "phoneNo", "certificateNo")  # no two persons share one of these
Channel = tuple[str, int]  # a resource (a door or an access device) and one of its channels


@dataclass(slots=True)
class Org:
    """An organisation. `parent`: its code; the root's is empty."""

    code: str
    name: str
    parent: str
    created: float
    updated: float
    deleted: bool = False


@dataclass(slots=True)
class Person:
    """A person. `values`: the fields as sent, personName and orgIndexCode among them. A deleted one stays here."""

    id: str
    values: dict[str, str]
    created: float
    updated: float
    deleted: bool = False

    @property
    def org(self) -> str:
        """The code of the one organisation that the person is in."""
        return self.values["orgIndexCode"]


@dataclass(frozen=True, slots=True)
class Face:
    """A picture of a person; its id is what personPhotoIndexCode shows."""

    id: str
    person: str
    picture: bytes


@dataclass(slots=True)
class Event:
    """Somebody was at a door, or something befell it. The platform hears of it at `received`, and not before."""

    id: str
    type: int
    at: float
    received: float
    person: str
    person_name: str
    org: str
    org_name: str
    job_no: str
    card: str
    door: str
    picture: str
    direction: int


@dataclass(slots=True)
class World:
    """Everything. `doors`: the channels of each resource; `offline`: resources that answer no download."""

    doors: dict[str, tuple[int, ...]]
    orgs: dict[str, Org] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    buried: int = 0  # how many of them are deleted
    burnt: set[str] = field(default_factory=set)  # ids of persons who are gone from the deleted area as well
    faces: dict[str, Face] = field(default_factory=dict)
    albums: dict[str, list[str]] = field(default_factory=dict)  # personId -> ids of his faces, oldest first
    cards: dict[str, str] = field(default_factory=dict)  # card number -> personId
    wallets: dict[str, list[str]] = field(default_factory=dict)  # personId -> the numbers of his cards
    events: list[Event] = field(default_factory=list)
    subscriptions: dict[int, str] = field(default_factory=dict)  # event type -> where it is pushed to
    offline: set[str] = field(default_factory=set)
    refused_pictures: dict[str, str] = field(default_factory=dict)  # SHA-256 -> statusCode
    holders: dict[tuple[str, str], str] = field(default_factory=dict)  # a unique field and its value -> personId

    def living(self, person: str) -> Person | None:
        """A person who is not deleted."""
        found = self.persons.get(person)
        return None if found is None or found.deleted else found

    def org(self, code: str) -> Org | None:
        """An organisation that is not deleted."""
        found = self.orgs.get(code)
        return None if found is None or found.deleted else found

    def line(self, code: str) -> list[Org]:
        """An organisation and those above it, the root first."""
        found: list[Org] = []
        while code in self.orgs:
            found.insert(0, self.orgs[code])
            code = self.orgs[code].parent
        return found

    def faces_of(self, person: str) -> list[Face]:
        """The pictures of a person, oldest first."""
        return [self.faces[face] for face in self.albums.get(person, ())]

    def add_face(self, person: str, picture: bytes) -> Face:
        """One more picture."""
        face = Face(new_id(), person, picture)
        self.faces[face.id] = face
        self.albums.setdefault(person, []).append(face.id)
        return face

    def drop_face(self, face: Face) -> None:
        """The picture is gone."""
        del self.faces[face.id]
        self.albums[face.person].remove(face.id)

    def cards_of(self, person: str) -> tuple[str, ...]:
        """The numbers of a person's cards."""
        return tuple(self.wallets.get(person, ()))

    def add_card(self, person: str, number: str) -> None:
        """The card is this person's now."""
        if number in self.cards:
            self.drop_card(number)
        self.cards[number] = person
        self.wallets.setdefault(person, []).append(number)

    def drop_card(self, number: str) -> None:
        """The card is nobody's."""
        self.wallets[self.cards.pop(number)].remove(number)

    def enrol(self, person: Person) -> None:
        """Puts a person in, and makes his unique values his."""
        self.persons[person.id] = person
        self.hold(person)

    def bury(self, person: Person, now: float, *, faces: bool) -> None:
        """Moves a person to the deleted area. His cards are nobody's; `faces`: his pictures go as well."""
        self.release(person)
        person.deleted, person.updated = True, now
        self.buried += 1
        for number in self.cards_of(person.id):
            self.drop_card(number)
        if faces:
            self.drop_faces(person.id)

    def drop_faces(self, person: str) -> None:
        """All pictures of a person are gone."""
        for face in self.faces_of(person):
            self.drop_face(face)

    def purge(self, person: Person) -> None:
        """The second deletion, in the web console: nothing is left but that the id has been used."""
        self.drop_faces(person.id)
        del self.persons[person.id]
        self.buried -= 1
        self.burnt.add(person.id)

    def hold(self, person: Person) -> None:
        """His unique values are his."""
        self.holders.update({(name, person.values[name]): person.id for name in UNIQUE if person.values.get(name)})

    def release(self, person: Person) -> None:
        """His unique values are anybody's."""
        for name in UNIQUE:
            if self.holders.get((name, person.values.get(name, ""))) == person.id:
                del self.holders[name, person.values[name]]


def new_id() -> str:
    """As the platform makes them: 32 hexadecimal digits."""
    return uuid4().hex
