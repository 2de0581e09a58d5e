"""`huaming simulator`: a vendor's interface to try the house on, with nobody in it."""

import click

from scim_server.clock import Clock
from scim_server.operate.exits import FAILED, stop


@click.command()
@click.argument("kind")
@click.option("--port", type=click.IntRange(1, 65535), required=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def simulator(kind: str, port: int, host: str) -> None:
    """Speak the interface of oa, wecom or attendance on a port, until SIGTERM.

    GET /_sim/config answers the [systems.NAME] table that links to it.
    """
    from connectors.simulation.running import serve
    from scim_server.systems import SIMULATORS

    make = SIMULATORS.get(kind)
    if make is None:
        raise click.UsageError(f"there is no simulator of {kind}; there are: {', '.join(sorted(SIMULATORS))}")
    clock = Clock()
    try:
        serve(make(clock), host, port, clock.now)
    except OSError as error:
        stop(f"cannot listen on {host} port {port}: {error.strerror}", FAILED)
