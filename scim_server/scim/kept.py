"""What a User's document holds that is returned on request only (RFC 7643 section 7), and where it is kept (S18).

The store keeps it apart, as JSON of the same shape: `{"urn:...:User": {"statusEvents": [...], "requiredStates":
{...}}}`. So the document is what every reader may see, and stays bytes that are spliced into answers; no filter that
reads it can touch the rest. Rules and PATCH look at both together.
"""

from collections.abc import Collection, Mapping
from typing import Any

import orjson

from scim_server.scim.urns import ROSTER_USER

KEPT = ("statusEvents", "requiredStates")
"""In the order of the schema, in which they are its last."""


def split(document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document of a User with facts, and what is kept apart from it."""
    facts = document[ROSTER_USER]
    kept = {name: facts[name] for name in KEPT if name in facts}
    shown = {name: value for name, value in facts.items() if name not in kept}
    return {**document, ROSTER_USER: shown}, {ROSTER_USER: kept}


def merged(document: bytes, kept: bytes | None, names: Collection[str] = KEPT) -> bytes:
    """The document with what is kept of it, or with those attributes alone. The same bytes for a plain User."""
    if kept is None:
        return document
    whole, apart = orjson.loads(document), orjson.loads(kept)[ROSTER_USER]
    whole[ROSTER_USER] = {
        **whole[ROSTER_USER],
        **{name: apart[name] for name in KEPT if name in names and name in apart},
    }
    return orjson.dumps(whole)
