"""What all that is done in a service has at hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.scim import features
from connectors.scim.config import ScimConfig
from connectors.scim.features import Features
from connectors.scim.lists import Listing
from connectors.scim.wire import Wire
from mappings.model import Kind

NO_MEMBERS: Mapping[str, str] = {"excludedAttributes": "members"}


@dataclass
class Room:
    """One connector's. `proven`: questions that the service's own data have shown to be answered, or not to be."""

    config: ScimConfig
    wire: Wire
    proven: dict[str, bool] = field(default_factory=dict)
    _features: Features | None = None

    @property
    def features(self) -> Features:
        """What the service says of itself; asked once. Raises ConnectorError."""
        if self._features is None:
            self._features = features.read(self.wire)
        return self._features

    @property
    def filters(self) -> bool:
        """Whether it may be asked with a filter."""
        return self.config.filters and self.features.filter

    @property
    def patches(self) -> bool:
        """Whether a User or a Group is changed by PATCH; else by PUT of the whole."""
        return self.features.patch if self.config.writes == "auto" else self.config.writes == "patch"

    @property
    def patches_members(self) -> bool:
        """The same of a Group's members."""
        return self.features.patch if self.config.members == "auto" else self.config.members == "patch"

    def known(self, kind: Kind) -> frozenset[str]:
        """The attributes that are read and written there."""
        known = self.features.known(kind) - set(self.config.unmanaged)
        return known - {"externalId"} if kind is Kind.GROUP and self.config.group_key != "externalId" else known

    def listing(self, kind: Kind, query: Mapping[str, str] = {}, *, short: bool = False) -> Listing:
        """A list from its beginning; `short`: one that should fit on a page."""
        most = self.features.most
        size = self.config.page_size if most is None else min(self.config.page_size, most)
        return Listing(self.wire, kind, size, query, short=short)
