"""Whoever has connected when a server ends is answered, also where nobody has seen him yet."""

import asyncio
import socket
from typing import Any

import uvicorn

from scim_server.operate.listening import Hearing
from scim_server.operate.patience import patient


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers 204 to everything."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def knock(port: int) -> socket.socket:
    """Somebody whom the machine lets in."""
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    client.setblocking(False)
    return client


async def ended_with_a_queue() -> list[bytes]:
    """What one who asks and one who is silent are told, who stand in the queue when the server ends."""
    config = uvicorn.Config(app, http=patient(100), ws="none", lifespan="off", log_config=None)
    config.load()
    server = Hearing(config)
    server.lifespan = config.lifespan_class(config)
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        await server.startup([listening])
        asker, silent = knock(port), knock(port)  # the loop has not looked at its sockets since
        with asker, silent:
            await loop.sock_sendall(asker, b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            await server.shutdown([listening])
            return [await loop.sock_recv(each, 1000) for each in (asker, silent)]


def test_who_stands_in_the_queue_when_a_server_ends_is_answered() -> None:
    """In a rolling restart, who had connected just before the listening socket was closed was hung up on."""
    asked, silent = asyncio.run(ended_with_a_queue())
    assert asked.startswith(b"HTTP/1.1 204 ")
    assert silent == b""
