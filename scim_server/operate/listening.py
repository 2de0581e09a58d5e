"""A server that ends hears whom the machine has let in already: with the listening socket they would be hung up on."""

import asyncio
import socket
from contextlib import suppress
from functools import partial
from typing import cast

import uvicorn

from scim_server.operate.patience import Patience


class Hearing(uvicorn.Server):
    """Between the loop's last look at the listening socket and the end of it somebody may have connected."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes in who stands in the queue as the last thing before it is gone, then ends as ever."""
        queues = [each.dup() for each in sockets or []]
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        heard = [asyncio.ensure_future(self._hear(client)) for each in queues for client in _let_in(each)]
        await super().shutdown(sockets)
        await asyncio.gather(*heard, return_exceptions=True)

    async def _hear(self, client: socket.socket) -> None:
        kind = cast("type[Patience]", self.config.http_protocol_class)
        made = partial(kind, self.config, self.server_state, self.lifespan.state)
        _, protocol = await asyncio.get_running_loop().connect_accepted_socket(made, client)
        protocol.shutdown()


def _let_in(queue: socket.socket) -> list[socket.socket]:
    """Everybody in the queue of a listening socket, which ends with that."""
    found: list[socket.socket] = []
    queue.setblocking(False)
    with queue, suppress(OSError):  # nobody is left, or there is no room for more
        while True:
            found.append(queue.accept()[0])
    return found
