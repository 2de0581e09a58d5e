"""PostgreSQL's own dump and restore, as child processes that get the password by a file and never by a command line."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo

from scim_server.settings import bare_environment
from scim_server.store.engine import Unusable, plain_url
from scim_server.store.postgresql import settings

SERVICE = "huaming"


def dump(url: str, snapshot: str, to: Path, server: Mapping[str, str]) -> None:
    """Dumps what that exported snapshot shows. `server`: the host and port that has exported it. Raises Unusable."""
    options = ["--format=custom", f"--snapshot={snapshot}", f"--file={to}"]
    _run(url, ["pg_dump", *options], to.parent, server=server)


def load(url: str, file: Path) -> None:
    """Loads a dump into an empty schema, whole or not at all. Raises Unusable."""
    _run(url, ["pg_restore", "--single-transaction", "--exit-on-error", str(file)], file.parent)


def _run(url: str, words: Sequence[str], folder: Path, server: Mapping[str, str] = {}) -> None:
    program = words[0]
    with _told(url, folder, server) as (where, environment):
        words = [*words, "--no-owner", "--no-privileges", f"--dbname={where}"]
        try:
            done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
        except FileNotFoundError as error:
            raise Unusable(f"{program} is not installed; it comes with PostgreSQL's client programs") from error
    if done.returncode:
        raise Unusable(f"{program} failed: {done.stderr.strip()[-500:]}")


@contextmanager
def _told(url: str, folder: Path, server: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Where the database is, without a secret, and an environment that leads to the files with them."""
    known = {**settings(plain_url(url)), **server}
    password = known.pop("password", None) or os.environ.get("PGPASSWORD")
    own = {name: value for name, value in os.environ.items() if name.startswith("PG") and name != "PGPASSWORD"}
    environment = {**bare_environment(), **own}
    if password is not None:
        escaped = str(password).replace("\\", "\\\\").replace(":", "\\:")
        environment["PGPASSFILE"] = _written(folder / "pgpass", f"*:*:*:*:{escaped}\n")
        known.pop("passfile", None)
    if (key := known.pop("sslpassword", None)) is not None:  # a service file is the only other way to tell it
        environment["PGSERVICEFILE"] = _written(folder / "pgservice", f"[{SERVICE}]\nsslpassword={key}\n")
        known["service"] = SERVICE
    try:
        yield make_conninfo("", **known), environment
    finally:
        for name in ("pgpass", "pgservice"):
            (folder / name).unlink(missing_ok=True)


def _written(file: Path, text: str) -> str:
    """For our own eyes only."""
    with open(file, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        out.write(text)
    return str(file)
