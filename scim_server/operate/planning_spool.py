"""What a plan shows, kept on disk until the plan is whole: half a plan is never shown, and memory stays flat."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import astuple
from typing import IO, Any, Self

import orjson

from scim_server.operate import planning
from scim_server.operate.planning_rows import line

KINDS = ("operations", "held", "stuck", "rows")


class Spool:
    """Enter it; its files have no name, and are gone with it."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._files: dict[str, IO[bytes]] = {
                kind: stack.enter_context(tempfile.TemporaryFile(prefix="huaming-")) for kind in KINDS
            }
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def put(self, kind: str, shown: Any) -> None:
        """See `planning.Put`."""
        self._files[kind].write(orjson.dumps(astuple(shown) if kind == "rows" else shown) + b"\n")

    def each(self, kind: str) -> Iterator[Any]:
        """What was put there, in its order."""
        file = self._files[kind]
        file.seek(0)
        return map(orjson.loads, file)

    def json(self, answer: Mapping[str, Any]) -> Iterator[str]:
        """One JSON document in pieces: the digest, the lists, then the rest of the answer."""
        yield '{"digest": ' + orjson.dumps(answer["digest"]).decode()
        for kind in KINDS[:3]:
            yield f', "{kind}": ['
            for number, each in enumerate(self.each(kind)):
                yield (", " if number else "") + orjson.dumps(each).decode()
            yield "]"
        for name in sorted(answer.keys() - {"digest"}):
            yield f', "{name}": ' + orjson.dumps(answer[name]).decode()
        yield "}\n"

    def words(self, answer: Mapping[str, Any]) -> Iterator[str]:
        """The same as people read it, a line each."""
        said: Mapping[str, Callable[[Any], str]] = {
            "operations": line,
            "held": lambda each: f"{line(each)}（待批）",
            "stuck": lambda each: f"{each['system']} {each['externalId']}：{each['error']}",
        }
        for kind, spell in said.items():
            for each in self.each(kind):
                yield spell(each) + "\n"
        yield from (f"{each}\n" for each in planning.closing(answer))
