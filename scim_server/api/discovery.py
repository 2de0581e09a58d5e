"""/ServiceProviderConfig, /ResourceTypes, /Schemas (RFC 7644 section 4). What is announced is true today."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.responses import Response

from scim_server.api.call import Call
from scim_server.api.cursors import TIMEOUT
from scim_server.api.errors import MEDIA_TYPE
from scim_server.api.limits import BULK_BODY, DEFAULT_PAGE, PAGE
from scim_server.scim.answer import list_response
from scim_server.scim.bulk import OPERATIONS
from scim_server.scim.errors import Forbidden, NotFound
from scim_server.scim.events import URIS
from scim_server.scim.schemas import ResourceType, Schemas
from scim_server.scim.urns import RESOURCE_TYPE, SERVICE_PROVIDER_CONFIG


class Catalogue:
    """A fixed list of resources and each by its id, which compares without case."""

    def __init__(self, entries: Sequence[Mapping[str, Any]]) -> None:
        self._entries = {str(entry["id"]).lower(): orjson.dumps(entry) for entry in entries}

    async def all(self, call: Call) -> Response:
        """All of them. A filter is forbidden (RFC 7644 section 4)."""
        _refuse_filter(call)
        entries = list(self._entries.values())
        return Response(list_response(len(entries), 1, entries), media_type=MEDIA_TYPE)

    async def one(self, call: Call) -> Response:
        """One of them."""
        _refuse_filter(call)
        found = self._entries.get(call.id.lower())
        if found is None:
            raise NotFound("There is nothing of that id.")
        return Response(found, media_type=MEDIA_TYPE)


class ProviderConfig:
    """The one resource of /ServiceProviderConfig."""

    def __init__(self, base_url: str, *, events: bool) -> None:
        self._body = orjson.dumps(service_provider_config(base_url) | (_SECURITY_EVENTS if events else {}))

    async def get(self, call: Call) -> Response:
        """What this server can do."""
        _refuse_filter(call)
        return Response(self._body, media_type=MEDIA_TYPE)


def _refuse_filter(call: Call) -> None:
    if "filter" in call.query:
        raise Forbidden("Discovery endpoints are not filtered.")


# RFC 9967 section 4; where events are not served, the attribute is absent
_SECURITY_EVENTS = {"securityEvents": {"asyncRequest": "none", "eventUris": list(URIS)}}


def service_provider_config(base_url: str) -> dict[str, Any]:
    """RFC 7643 section 5, with the pagination block of RFC 9865."""
    no = {"supported": False}
    return {
        "schemas": [SERVICE_PROVIDER_CONFIG],
        "patch": {"supported": True},
        "bulk": {"supported": True, "maxOperations": OPERATIONS, "maxPayloadSize": BULK_BODY},
        "filter": {"supported": True, "maxResults": PAGE},
        "changePassword": no,
        "sort": {"supported": True},
        "etag": {"supported": True},
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": DEFAULT_PAGE,
            "maxPageSize": PAGE,
            "cursorTimeout": TIMEOUT,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token in the Authorization header (RFC 6750)",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base_url}/ServiceProviderConfig"},
    }


def resource_types(schemas: Schemas, base_url: str) -> list[dict[str, Any]]:
    """RFC 7643 section 6."""
    return [_resource_type(each, base_url) for each in schemas.resource_types]


def _resource_type(each: ResourceType, base_url: str) -> dict[str, Any]:
    extensions = [{"schema": extension.name, "required": False} for extension in each.extensions]
    return {
        "schemas": [RESOURCE_TYPE],
        "id": each.name,
        "name": each.name,
        "endpoint": each.endpoint,
        "description": each.description,
        "schema": each.urn,
        **({"schemaExtensions": extensions} if extensions else {}),
        "meta": {"resourceType": "ResourceType", "location": f"{base_url}/ResourceTypes/{each.name}"},
    }


def schema_documents(schemas: Schemas, base_url: str) -> list[dict[str, Any]]:
    """RFC 7643 section 7, with the address they have here."""
    return [
        {**document, "meta": {"resourceType": "Schema", "location": f"{base_url}/Schemas/{document['id']}"}}
        for document in schemas.documents
    ]
