"""All that a connector works with in one OA, and who may be written there."""

from dataclasses import dataclass, field

from connectors.errors import Unreadable
from connectors.oa.catalogue import Catalogue
from connectors.oa.codes import Ended
from connectors.oa.config import OaConfig
from connectors.oa.entities import Entity
from connectors.oa.hidden import Hidden
from connectors.oa.lists import Listing
from connectors.oa.wire import Wire
from mappings.model import Refused

TRIES = 3


@dataclass(frozen=True, slots=True)
class Room:
    """One OA."""

    config: OaConfig
    wire: Wire
    catalogue: Catalogue
    hidden: Hidden
    spelling: list[str] = field(default_factory=list)  # how a second post names its department, once that is known
    administrators: set[str] = field(default_factory=set)  # ids of the OA's own, as far as they were read

    def members(self, unit: str) -> Listing:
        """Everybody of a unit, locked ones too."""
        return self._listing(f"orgMembers/all/{unit}", f"orgMembers/all/count/{unit}")

    def departments(self, unit: str) -> Listing:
        """All departments of a unit, disabled ones too."""
        return self._listing(f"orgDepartments/all/{unit}")

    def everybody(self, sure: bool) -> list[Entity]:
        """All people of all units in use. `sure`: raises Unreadable where they changed while they were read."""
        return [each for unit in self.catalogue.in_use() for each in self.whole(unit.id, sure)]

    def whole(self, unit: str, sure: bool) -> list[Entity]:
        """All people of a unit."""
        for _ in range(TRIES):
            listing = self.members(unit)
            found = list(listing.everything())
            if listing.sound or not sure:
                return found
        raise Unreadable("OA的人员名单在读取时一直在变")

    def several_units(self) -> bool:
        """Whether people may have roles across units."""
        return bool(self.config.unit_kinds)

    def is_protected(self, *names: str) -> bool:
        """Whether a login, code or id is protected (S16); the account that letters are sent by always is."""
        rules = {each.casefold() for each in (*self.config.protected, self.config.login_name) if each}
        return any(each.casefold() in rules for each in names)

    def refuse_protected(self, *names: str) -> None:
        """Ends with Refused where one of the names is protected."""
        if self.is_protected(*names):
            raise protected()

    def _listing(self, path: str, counted: str = "") -> Listing:
        return Listing(self.wire, path, self.config.page_size, self.config.first_page, counted)


def protected() -> Ended:
    """The end of an operation on a protected account."""
    return Ended(Refused("protected", "此账号受保护，不写"))
