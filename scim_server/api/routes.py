"""All SCIM paths, relative to the address at which they are mounted."""

from typing import Protocol

from starlette.responses import Response
from starlette.routing import Route

from scim_server.api.auth import SEARCHES, Tokens
from scim_server.api.bulk import Bulk
from scim_server.api.call import Call
from scim_server.api.cursors import Cursors
from scim_server.api.discovery import Catalogue, ProviderConfig, resource_types, schema_documents
from scim_server.api.door import Door, Handler
from scim_server.api.events import Events
from scim_server.api.groups import Groups
from scim_server.api.limits import BULK_OUT
from scim_server.api.me import Me
from scim_server.api.search import Search
from scim_server.api.users import Users
from scim_server.scim.errors import NotFound
from scim_server.scim.schemas import load
from scim_server.scim.signature import Signature
from scim_server.store.feed import EventFeed
from scim_server.store.roster import Roster


class Served(Protocol):
    """What the API must know of the settings."""

    @property
    def base_url(self) -> str:
        """The address of this API as clients see it, without a slash at its end."""
        ...

    @property
    def roster_extension(self) -> bool:
        """Whether the roster's own extensions exist at all (S10), and its events."""
        ...

    @property
    def event_key(self) -> str | None:
        """The PEM of the key that signs events, as it is now; None: they are not signed. Raises BadSettings."""
        ...


def routes(roster: Roster, tokens: Tokens, settings: Served, feed: EventFeed) -> list[Route]:
    """The routes; the first is the root itself, the last one answers 404 to every path that is none."""
    schemas, base_url = load(settings.roster_extension), settings.base_url
    types = Catalogue(resource_types(schemas, base_url))
    documents = Catalogue(schema_documents(schemas, base_url))
    events = Events(feed, schemas, base_url, lambda: Signature(settings.event_key))

    users, groups = Users(roster, schemas.user, base_url), Groups(roster, schemas.group, base_url)
    me, cursors = Me(users, tokens), Cursors(roster)
    everything = Search((users, groups), cursors)

    def route(path: str, **handlers: Handler) -> Route:
        return Route(path, Door(tokens, handlers))

    all_of_them = [
        route("/", GET=everything.get),
        Route("/.search", Door(tokens, {"POST": everything.post}, SEARCHES)),
        *_resource_routes(route, tokens, users, cursors),
        *_resource_routes(route, tokens, groups, cursors),
        route("/ServiceProviderConfig", GET=ProviderConfig(base_url, events=settings.roster_extension).get),
        route("/ResourceTypes", GET=types.all),
        route("/ResourceTypes/{id}", GET=types.one),
        route("/Schemas", GET=documents.all),
        route("/Schemas/{id}", GET=documents.one),
        *(_event_routes(tokens, events) if settings.roster_extension else ()),
        route("/Me", GET=me.get, POST=me.create, PUT=me.replace, PATCH=me.patch, DELETE=me.delete),
        Route("/Bulk", Door(tokens, {"POST": Bulk(roster, (users, groups), base_url)}, seconds=BULK_OUT)),
        Route("/{path:path}", Door(tokens, dict.fromkeys(_METHODS, _not_found))),
    ]
    for each in all_of_them:
        each.endpoint.path = each.path
    return all_of_them


class _MakeRoute(Protocol):
    def __call__(self, path: str, **handlers: Handler) -> Route: ...


def _resource_routes(route: _MakeRoute, tokens: Tokens, resources: Users | Groups, cursors: Cursors) -> list[Route]:
    endpoint = resources.type.endpoint
    search = Search((resources,), cursors)
    return [
        route(endpoint, GET=search.get, POST=resources.create),
        Route(f"{endpoint}/.search", Door(tokens, {"POST": search.post}, SEARCHES)),
        route(
            endpoint + "/{id}",
            GET=resources.get,
            PUT=resources.replace,
            PATCH=resources.patch,
            DELETE=resources.delete,
        ),
    ]


def _event_routes(tokens: Tokens, events: Events) -> list[Route]:
    poll = Door(tokens, {"POST": events.poll}, reads=frozenset({"POST"}))  # what it writes is the recipient's own place
    return [Route("/Events", poll), Route("/jwks", Door(tokens, {"GET": events.keys}))]


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


async def _not_found(call: Call) -> Response:
    raise NotFound("There is no such endpoint.")
