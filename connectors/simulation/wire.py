"""uvicorn's HTTP/1.1, which lets the application hang up in the middle of an answer."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from connectors.simulation.app import CLOSE


class Wire(HttpToolsProtocol):
    """One connection."""

    def on_message_begin(self) -> None:
        """A request begins: its scope gets what closes its connection."""
        super().on_message_begin()
        self.scope["state"][CLOSE] = self.transport.close
