"""Units, posts and levels: what must be in the OA before anybody is. Read anew after five minutes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from connectors.errors import Ambiguous, Unreadable
from connectors.oa.codes import Ended
from connectors.oa.config import OaConfig
from connectors.oa.entities import entities, id_of, text_of
from connectors.oa.wire import Wire
from mappings.model import Refused

KEPT = 300.0  # seconds
Sort = Literal["orgPosts", "orgLevels"]
POSTS: Sort = "orgPosts"
LEVELS: Sort = "orgLevels"
TITLES = {POSTS: "岗位", LEVELS: "职务级别"}


@dataclass(frozen=True, slots=True)
class Named:
    """A unit, a post or a level. `id` as a decimal string."""

    id: str
    name: str
    code: str

    def answers_to(self, text: str) -> bool:
        """Whether it is meant by that code or name."""
        return text in (self.code, self.name)


class Catalogue:
    """What one connector knows of an OA's units, posts and levels. Raises ConnectorError where it cannot be read."""

    def __init__(self, wire: Wire, config: OaConfig, monotonic: Callable[[], float]) -> None:
        self._wire = wire
        self._config = config
        self._monotonic = monotonic
        self._read: dict[str, tuple[float, list[Named]]] = {}

    def root(self) -> Named:
        """The unit that our root is."""
        wanted, units = self._config.unit, self.units()
        found = [each for each in units if each.id == wanted] or [each for each in units if each.answers_to(wanted)]
        if not found:
            raise Unreadable(f"OA中没有单位「{wanted}」")
        if len(found) > 1:
            raise Ambiguous(f"OA中有 {len(found)} 个单位叫「{wanted}」，请在 unit 中写它的编号")
        return found[0]

    def units(self) -> list[Named]:
        """All units."""
        return self._list("orgAccounts")

    def in_use(self) -> list[Named]:
        """The units in which our people may be, the root's first."""
        root = self.root()
        return [root, *(each for each in self.units() if each != root)] if self._config.unit_kinds else [root]

    def unit(self, id: str) -> Named | None:
        """The unit of that id."""
        return next((each for each in self.units() if each.id == id), None)

    def find_unit(self, code: str, name: str) -> Named | None:
        """The unit of that code, else the only one of that name, other than the root; read anew. Raises Ambiguous."""
        self.forget("orgAccounts")
        units = [each for each in self.units() if each != self.root()]
        found = [each for each in units if code and each.code == code] or [each for each in units if each.name == name]
        if len(found) > 1:
            raise Ambiguous(f"OA中有 {len(found)} 个单位叫「{name}」")
        return found[0] if found else None

    def resolve(self, sort: Sort, unit: str, text: str) -> str:
        """The id of a post or level in a unit. Ends with Refused where there is none, naming it."""
        found = self._meant(sort, unit, text)
        if not found:
            self.forget(f"{sort}/{unit}")
            found = self._meant(sort, unit, text)
        title, where = TITLES[sort], self.unit(unit)
        place = where.name if where else unit
        if not found:
            text = (
                f"单位「{place}」中没有{title}「{text}」，请先在OA中建立，或改正 default_post、default_level、positions"
            )
            raise Ended(Refused(f"{title}-missing", text))
        if len(found) > 1:
            raise Ended(Refused(f"{title}-ambiguous", f"单位「{place}」中有 {len(found)} 个{title}叫「{text}」"))
        return found[0].id

    def spell(self, sort: Sort, unit: str, id: str) -> str:
        """A post or level as the configuration spells it, else by its name."""
        if not id:
            return ""
        for text in self._spellings(sort):
            if [each.id for each in self._meant(sort, unit, text)] == [id]:
                return text
        known = next((each for each in self._list(f"{sort}/{unit}") if each.id == id), None)
        return known.name if known else id

    def forget(self, path: str) -> None:
        """What was read there is read anew."""
        self._read.pop(path, None)

    def _meant(self, sort: Sort, unit: str, text: str) -> list[Named]:
        known = self._list(f"{sort}/{unit}")
        return [each for each in known if each.code == text] or [each for each in known if each.name == text]

    def _spellings(self, sort: Sort) -> list[str]:
        post = sort == POSTS
        default = self._config.default_post if post else self._config.default_level
        pairs = self._config.places.values()
        return list(dict.fromkeys([default, *(each[0 if post else 1] for each in pairs if each[0 if post else 1])]))

    def _list(self, path: str) -> list[Named]:
        read = self._read.get(path)
        if read is None or self._monotonic() - read[0] > KEPT:
            read = self._monotonic(), [_named(each) for each in entities(self._wire.read(path))]
            self._read[path] = read
        return read[1]


def _named(entity: dict[str, object]) -> Named:
    return Named(id_of(entity.get("id")), text_of(entity, "name"), text_of(entity, "code"))
