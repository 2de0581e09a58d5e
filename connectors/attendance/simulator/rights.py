"""Who may pass which door: what is configured, and what the devices hold. The second follows the first by downloads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.attendance.simulator.codes import NO_CARD, NO_FACE
from connectors.attendance.simulator.world import Channel, Face, World

CARD, FACE, BOTH = 1, 4, 5
Subject = tuple[str, str]  # "person" or "org", and its id or code
Validity = tuple[float | None, float | None]
FOR_EVER: Validity = (None, None)


@dataclass(frozen=True, slots=True)
class Held:
    """What one channel of a device holds of a person."""

    faces: tuple[Face, ...]
    cards: tuple[str, ...]
    validity: Validity


class Rights:
    """`grants`: per channel, by (tagId, subject), the later one last; `held`: per channel, by personId."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.grants: dict[Channel, dict[tuple[str, Subject], Validity]] = {}
        self.held: dict[Channel, dict[str, Held]] = {}

    def grant(self, tag: str, subject: Subject, channel: Channel, validity: Validity) -> None:
        """The same setting again changes nothing; another validity replaces the former."""
        here = self.grants.setdefault(channel, {})
        if here.get((tag, subject)) != validity:
            here.pop((tag, subject), None)
            here[tag, subject] = validity

    def revoke(self, tag: str, subjects: Iterable[Subject], channels: Iterable[Channel]) -> int:
        """Takes away the settings of a tag; no subjects or no channels: any. Says how many there were."""
        chosen, where = set(subjects), set(channels) or set(self.grants)
        gone = [
            (channel, key)
            for channel in where
            for key in self.grants.get(channel, ())
            if key[0] == tag and (not chosen or key[1] in chosen)
        ]
        for channel, key in gone:
            del self.grants[channel][key]
        return len(gone)

    def wanted(self, channel: Channel) -> dict[str, Validity]:
        """Who should be on that channel: by himself, or by his organisation or one above it."""
        settings = [(subject, validity) for (_, subject), validity in self.grants.get(channel, {}).items()]
        found: dict[str, Validity] = {}
        for (kind, code), validity in settings:
            if kind == "person" and self._world.living(code):
                found[code] = validity
            elif kind == "org":
                found.update(dict.fromkeys(self._within(code), validity))
        return found

    def _within(self, code: str) -> Iterator[str]:
        for person in self._world.persons.values():
            if not person.deleted and any(org.code == code for org in self._world.line(person.org)):
                yield person.id

    def channels(self) -> list[Channel]:
        """Every channel that anything is configured for or held by."""
        return list(dict.fromkeys([*self.grants, *self.held]))

    def differing(self, channel: Channel, kind: int) -> dict[str, Held | None]:
        """What a download of that kind (card, face, both) would change: the new content, or None for nobody."""
        wanted, held = self.wanted(channel), self.held.get(channel, {})
        changes: dict[str, Held | None] = {}
        for person, validity in wanted.items():
            if (new := self.content(person, validity, kind, held.get(person))) != held.get(person):
                changes[person] = new
        for person, old in held.items():
            if person not in wanted:
                rest = Held(old.faces if kind == CARD else (), old.cards if kind == FACE else (), old.validity)
                changes[person] = rest if rest.faces or rest.cards else None
        return {person: new for person, new in changes.items() if new != held.get(person)}

    def content(self, person: str, validity: Validity, kind: int, old: Held | None) -> Held:
        """What a device holds of a person after a download of that kind."""
        faces, cards = (old.faces, old.cards) if old else ((), ())
        if kind in (FACE, BOTH):
            faces = tuple(self._world.faces_of(person))
        if kind in (CARD, BOTH):
            cards = self._world.cards_of(person)
        return Held(faces, cards, validity)

    def put(self, channel: Channel, person: str, content: Held | None) -> None:
        """The device holds this of the person now; None: nothing."""
        here = self.held.setdefault(channel, {})
        if content is None:
            here.pop(person, None)
        else:
            here[person] = content

    def passes(self, person: str, now: float) -> bool:
        """Whether any device holds the person, and lets him pass now."""
        for here in self.held.values():
            if person in here:
                start, end = here[person].validity
                if (start is None or start <= now) and (end is None or now < end):
                    return True
        return False


def lacking(content: Held, kind: int) -> str:
    """The error of a download that finds nothing of a person to hold; empty: there is something."""
    if kind == CARD:
        return "" if content.cards else NO_CARD
    return "" if content.faces or (kind == BOTH and content.cards) else NO_FACE
