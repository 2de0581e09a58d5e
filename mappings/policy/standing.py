"""The answer of the policy about one person on one day. A value."""

from collections.abc import Mapping
from dataclasses import dataclass

from mappings.model import Presence, Reason
from mappings.policy.decision import Decision
from mappings.policy.readings import NAMED

NOT_YET_JOINED = "not-yet-joined"
PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Standing:
    """What must be, and why.

    `systems`: a presence for each of the four named systems; `reasons`: the public sentence for each.
    `articles` and `anomalies` are the restricted lists, `public_articles` and `public_anomalies` their public
    face (S18); all sorted by code point. `decisions`: the cancellation or the locks in force, restricted.
    `left_on`: the first day out of service, of somebody who has left, `left_spell` the spell that ended.
    `review_on`: the first later day on
    which any of this changes by itself.
    """

    systems: Mapping[str, Presence]
    reasons: Mapping[str, Reason]
    articles: tuple[str, ...]
    public_articles: tuple[str, ...]
    primary: str | None = None
    concurrent: tuple[str, ...] = ()
    anomalies: tuple[str, ...] = ()
    public_anomalies: tuple[str, ...] = ()
    spell: str | None = None
    left_on: str | None = None
    left_spell: str | None = None
    decisions: tuple[Decision, ...] = ()
    review_on: str | None = None


GONE: Mapping[str, Presence] = dict.fromkeys(NAMED, Presence.REMOVED)


def nothing(article: str, reason: Reason) -> Standing:
    """No account anywhere, and nothing else to say."""
    return Standing(GONE, dict.fromkeys(NAMED, reason), (article,), (article,))
