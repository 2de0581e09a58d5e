"""The file of a backup: a tar with what the store was, and the store itself behind it; for its owner's eyes alone."""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scim_server.store.digests import Digests
from scim_server.store.engine import Unusable

FORMAT = 1
MANIFEST = "manifest.json"
STORE = {"sqlite": "store.db", "postgresql": "store.dump"}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `schema`: the revision; `made`: a stamp; `tables`: rows and digest of each."""

    version: str
    made: str
    engine: str
    schema: str
    tables: Digests
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(rows for rows, _ in self.tables.values())


@contextmanager
def workshop(beside: Path) -> Iterator[Path]:
    """A folder of our own beside a file, on the same disk; whatever is left in it is gone in the end."""
    try:
        with TemporaryDirectory(prefix=".huaming-", dir=beside.resolve().parent) as folder:
            yield Path(folder)
    except FileNotFoundError as error:
        raise Unusable(f"there is no folder {beside.resolve().parent}") from error


def pack(file: Path, manifest: Manifest, store: Path) -> None:
    """Writes the file whole or not at all, mode 0600. Raises OSError."""
    partial = store.with_name("packed")
    with open(partial, "wb", opener=_private) as out, tarfile.open(fileobj=out, mode="w") as tar:
        said = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        head = tarfile.TarInfo(MANIFEST)
        head.size, head.mode = len(said), 0o600
        tar.addfile(head, io.BytesIO(said))
        body = tar.gettarinfo(str(store), STORE[manifest.engine])
        body.mode, body.uid, body.gid, body.uname, body.gname = 0o600, 0, 0, "", ""
        with store.open("rb") as content:
            tar.addfile(body, content)
        tar.close()
        out.flush()
        os.fsync(out.fileno())
    _name(partial, file)
    sync_folder(file)


def _name(whole: Path, file: Path) -> None:
    """Gives it that name, also on a disk without second names (a stick, a share). Raises OSError where it is taken."""
    try:
        os.link(whole, file)
    except FileExistsError:
        raise
    except OSError:
        file.open("xb").close()
        os.replace(whole, file)


def read_manifest(file: Path) -> Manifest:
    """What a backup says of itself. Raises Unusable for a file that is none, or of a newer kind."""
    try:
        with tarfile.open(file) as tar:
            content = tar.extractfile(MANIFEST)
            assert content is not None
            said = json.loads(content.read(1 << 24))
        if said["format"] != FORMAT:
            raise Unusable(f"{file} has format {said['format']}, which a newer version of Huaming has made")
        tables = {name: (int(rows), str(digest)) for name, (rows, digest) in said["tables"].items()}
        return Manifest(said["version"], said["made"], said["engine"], said["schema"], tables)
    except (tarfile.TarError, KeyError, ValueError, TypeError, AssertionError) as error:
        raise Unusable(f"{file} is no backup that `huaming backup` has made") from error


def unpack(file: Path, manifest: Manifest, to: Path) -> None:
    """The store that is in it. Raises Unusable where the file was cut off."""
    try:
        with tarfile.open(file) as tar, open(to, "wb", opener=_private) as out:
            content = tar.extractfile(STORE[manifest.engine])
            assert content is not None
            while piece := content.read(1 << 20):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
    except (tarfile.TarError, KeyError, AssertionError, EOFError) as error:
        raise Unusable(f"{file} is damaged") from error


def sync_folder(file: Path) -> None:
    """A name that was just given outlives a loss of power."""
    folder = os.open(file.resolve().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
