"""How a command ends: its exit code, and a sentence on stderr for what can go wrong (design: The outside)."""

import sys
from typing import Any, NoReturn

import click
from sqlalchemy.exc import DBAPIError

from connectors.errors import ConnectorError
from scim_server.operate.desk import Refused
from scim_server.settings import BadSettings
from scim_server.store.engine import Unavailable, Unusable
from scim_server.store.lock import Busy

FAILED = 1
BAD = 2


class Commands(click.Group):
    """Turns what can go wrong into a sentence on stderr and the right exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (BadSettings, Unusable, Busy) as error:
            stop(str(error), BAD)
        except BrokenPipeError:  # whoever read our answer has read enough
            raise
        except OSError as error:
            stop(_named(error), FAILED)
        except (Refused, Unavailable, ConnectorError) as error:
            stop(": ".join(str(each) for each in error.args), FAILED)
        except DBAPIError as error:
            stop(f"the store cannot be read: {error.orig}", FAILED)


def _named(error: OSError) -> str:
    """Which file, and what is wrong with it; without the number."""
    if error.filename is None or error.strerror is None:
        return error.strerror or str(error)
    return f"{error.filename}: {error.strerror}"


def stop(text: str, code: int) -> NoReturn:
    """Ends the command with a sentence on stderr."""
    click.echo(f"huaming: {text}", err=True)
    sys.exit(code)
