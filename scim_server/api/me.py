"""/Me (RFC 7644 section 3.11): the User to whom the caller's token is bound, with the rights of that token.

Tokens are of clients, not of people; one that a person's client carries is bound to that person when it is made.
"""

from starlette.responses import Response

from scim_server.api.auth import Tokens
from scim_server.api.call import Call, InnerCall
from scim_server.api.users import Users
from scim_server.scim.errors import NotFound, NotImplementedHere


class Me:
    """The handlers of /Me. Answers carry the User's own address, as the RFC demands."""

    def __init__(self, users: Users, tokens: Tokens) -> None:
        self._users = users
        self._tokens = tokens

    async def get(self, call: Call) -> Response:
        """GET, as of /Users/{id}."""
        return await self._users.get(self._as_user(call))

    async def replace(self, call: Call) -> Response:
        """PUT, likewise."""
        return await self._users.replace(self._as_user(call, await call.json()))

    async def patch(self, call: Call) -> Response:
        """PATCH, likewise."""
        return await self._users.patch(self._as_user(call, await call.json()))

    async def delete(self, call: Call) -> Response:
        """DELETE, likewise."""
        return await self._users.delete(self._as_user(call))

    async def create(self, call: Call) -> Response:
        """POST would register the caller, who is a client and no person: 501."""
        raise NotImplementedHere("Users are created at /Users: a client does not register itself here.")

    def _as_user(self, call: Call, body: object = None) -> Call:
        id = self._tokens.user_of(call.caller.name)
        if id is None:
            raise NotFound("This token is bound to no User. `huaming token create --user USERNAME` makes one that is.")
        return InnerCall(call.caller, id, call.query, call.if_match, call.if_none_match, body, call.size)
