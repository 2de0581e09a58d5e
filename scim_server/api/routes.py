"""All SCIM paths, relative to the address at which they are mounted."""

from typing import Protocol

from starlette.responses import Response
from starlette.routing import Route

from scim_server.api.auth import Tokens
from scim_server.api.discovery import Catalogue, ProviderConfig, resource_types, schema_documents
from scim_server.api.door import Call, Door, Handler
from scim_server.api.groups import Groups
from scim_server.api.search import Search
from scim_server.api.users import Users
from scim_server.scim.errors import NotFound, NotImplementedHere
from scim_server.scim.schemas import load
from scim_server.store.roster import Roster


class Served(Protocol):
    """What the API must know of the settings."""

    @property
    def base_url(self) -> str:
        """The address of this API as clients see it, without a slash at its end."""
        ...

    @property
    def roster_extension(self) -> bool:
        """Whether the roster's own extensions exist at all (S10)."""
        ...


def routes(roster: Roster, tokens: Tokens, settings: Served) -> list[Route]:
    """The routes; the last one answers 404 to every path that is none."""
    schemas, base_url = load(settings.roster_extension), settings.base_url
    types = Catalogue(resource_types(schemas, base_url))
    documents = Catalogue(schema_documents(schemas, base_url))

    def route(path: str, **handlers: Handler) -> Route:
        return Route(path, Door(tokens, handlers))

    return [
        *_resource_routes(route, Users(roster, schemas.user, base_url)),
        *_resource_routes(route, Groups(roster, schemas.group, base_url)),
        route("/ServiceProviderConfig", GET=ProviderConfig(base_url).get),
        route("/ResourceTypes", GET=types.all),
        route("/ResourceTypes/{id}", GET=types.one),
        route("/Schemas", GET=documents.all),
        route("/Schemas/{id}", GET=documents.one),
        Route("/Me", Door(tokens, dict.fromkeys(_METHODS, _not_implemented))),
        Route("/Bulk", Door(tokens, dict.fromkeys(_METHODS, _not_implemented))),
        Route("/.search", Door(tokens, dict.fromkeys(_METHODS, _not_implemented))),
        Route("/{path:path}", Door(tokens, dict.fromkeys(_METHODS, _not_found))),
    ]


class _MakeRoute(Protocol):
    def __call__(self, path: str, **handlers: Handler) -> Route: ...


def _resource_routes(route: _MakeRoute, resources: Users | Groups) -> list[Route]:
    endpoint = resources.type.endpoint
    return [
        route(endpoint, GET=Search(resources), POST=resources.create),
        route(f"{endpoint}/.search", POST=_not_implemented),
        route(
            endpoint + "/{id}",
            GET=resources.get,
            PUT=resources.replace,
            PATCH=resources.patch,
            DELETE=resources.delete,
        ),
    ]


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


async def _not_implemented(call: Call) -> Response:
    raise NotImplementedHere("This server does not serve that endpoint.")


async def _not_found(call: Call) -> Response:
    raise NotFound("There is no such endpoint.")
