"""A request's resource becomes the document that is stored (RFC 7644 sections 3.3 and 3.5.1).

What no schema of ours knows is ignored, attributes and whole extensions alike: RFC 7644
leaves it open, Entra and Okta send schemas of their own (the ADSCIM Group URN), and a
client that PUTs back more than it understands must not fail. An unknown PATCH *path*
is an error all the same: there the client asked for exactly that. readOnly attributes
are ignored (RFC 7644 sections 3.3 and 3.5.1).

The document holds `schemas` and what the client said, never id, meta and groups;
`members` of a Group is still in it: its caller takes it out.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from scim_server.scim.department import check_department
from scim_server.scim.errors import InvalidSyntax, InvalidValue, Mutability
from scim_server.scim.fact_checks import check_facts
from scim_server.scim.fold import fold
from scim_server.scim.manager import refer
from scim_server.scim.schemas import IMMUTABLE_FACTS, Attribute, Chain, ResourceType, spell
from scim_server.scim.scripts import mixture
from scim_server.scim.unsaid import keep_unsaid
from scim_server.scim.urns import ROSTER_USER
from scim_server.scim.values import in_order, members_of

Document = dict[str, Any]


def validate(resource_type: ResourceType, body: Any, stored: Mapping[str, Any] | None = None) -> Document:
    """The document of a POST, or with `stored` of a PUT over it.

    Raises InvalidSyntax (no object, no or foreign `schemas`), InvalidValue and, for PUT, Mutability.
    """
    if not isinstance(body, dict):
        raise InvalidSyntax("A resource is a JSON object.")
    demand_schemas(resource_type, body)
    document = members_of(resource_type.attributes.get, body.items())
    if stored is None:
        _default(resource_type, document)
    else:
        refer(document, None)  # a PUT says all there is: an address that is there already names the manager again
        _keep(resource_type, document, stored)
    return finish(resource_type, document, stored)


def finish(resource_type: ResourceType, document: Document, stored: Mapping[str, Any] | None) -> Document:
    """The rules that look at a document as a whole; POST, PUT and PATCH all end here. Returns it in order."""
    if document.get("externalId") == "":
        del document["externalId"]
    demand_required(resource_type.required, document)
    if resource_type.name == "User" and document["userName"] != (stored or {}).get("userName"):
        demand_user_name(document["userName"])  # a name from before a rule came must not keep anybody from being locked
    demand_one_primary(document)
    check_department(document, stored)
    refer(document, stored)
    used = [extension for extension in resource_type.extensions if extension.name in document]
    for extension in used:
        demand_needs(extension, document[extension.name])
    check_facts(document, stored)
    document["schemas"] = [resource_type.urn, *(extension.name for extension in used)]
    return in_order(resource_type.attributes.get, document)


def demand_schemas(resource_type: ResourceType, body: Mapping[str, Any]) -> None:
    """`schemas` names the resource's core schema (RFC 7643 section 3); URNs compare without case."""
    given = next((value for key, value in body.items() if key.lower() == "schemas"), None)
    if not isinstance(given, list) or not all(isinstance(urn, str) for urn in given):
        raise InvalidSyntax(f"schemas is a list of URNs, {resource_type.urn} among them.")
    if resource_type.urn not in given and resource_type.urn.lower() not in {urn.lower() for urn in given}:
        raise InvalidSyntax(f"schemas does not name {resource_type.urn}.")


def _default(resource_type: ResourceType, document: Document) -> None:
    if resource_type.name == "User":
        document.setdefault("active", True)


def _keep(resource_type: ResourceType, document: Document, stored: Mapping[str, Any]) -> None:
    """What a PUT never clears by omission (S2)."""
    for name in ("active", *IMMUTABLE_FACTS):
        if name in stored and name not in document:
            document[name] = stored[name]
    extension = resource_type.attributes.get(ROSTER_USER)
    if extension is not None and ROSTER_USER in stored:
        document[ROSTER_USER] = keep_unsaid(extension, document[ROSTER_USER], stored[ROSTER_USER])
        document.setdefault("externalId", stored["externalId"])


def demand_required(required: Iterable[Attribute], holder: Mapping[str, Any], above: Chain = ()) -> None:
    """A required value that is missing is invalidValue (RFC 7644 table 9)."""
    for attribute in required:
        if holder.get(attribute.name) in (None, ""):
            raise InvalidValue(f"{spell((*above, attribute))} is required.")


def demand_needs(attribute: Attribute, value: Any) -> None:
    """What is there has its own required sub-attributes, all the way down."""
    for holder in value if attribute.multi else (value,):
        demand_required(attribute.needs, holder, (attribute,))
        for sub in attribute.nested:
            if sub.name in holder:
                demand_needs(sub, holder[sub.name])


def demand_user_name(name: str) -> None:
    """1 to 128 characters of one alphabet, in the compared form as well; no blanks that nobody sees (S10).

    A directory takes several blanks in a row for one (RFC 4518 section 2.6.1).
    """
    folded = fold(name)
    if not 1 <= len(folded) <= 128 or len(name) > 128:
        raise InvalidValue("userName has 1 to 128 characters.")
    if name != name.strip() or folded != folded.strip():
        raise InvalidValue("userName neither begins nor ends with a blank.")
    if "  " in folded:
        raise InvalidValue("userName has no two blanks in a row.")
    if (alphabets := mixture(name)) is not None:
        raise InvalidValue(f"userName mixes {alphabets} letters, which look alike.")


def demand_one_primary(document: Document) -> None:
    """At most one value of an attribute is primary (RFC 7643 section 2.4)."""
    for name, values in document.items():
        if (
            isinstance(values, list)
            and len(values) > 1
            and name not in ("schemas", "members")
            and sum(value.get("primary") is True for value in values) > 1
        ):
            raise InvalidValue(f"{name} has more than one primary value.")


def demand_unchanged(attribute: str, before: Any, after: Any) -> None:
    """An immutable value that is set stays (RFC 7643 section 2.2)."""
    if before is not None and before != after:
        raise Mutability(f"{attribute} is immutable.")
