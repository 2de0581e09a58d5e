"""Reports for the API, made by processes of their own: a long loop over the roster in a thread of the server would take
its turns from it (design: Store and engine). Two at once; what takes too long is ended.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO

from starlette.responses import Response, StreamingResponse

from scim_server.api.console.faults import Problem

SECONDS = 300.0
AT_ONCE = 2
CHUNK = 256 * 1024
SAID = 4096  # bytes of what a child says that are read
BAD, FAILED = 2, 1  # exit codes of commands
READ_ANYWAY = frozenset({"orphans"})
"""Reports that are written though a system could not be read: they say so themselves."""

log = logging.getLogger("huaming.console")


class Children:
    """`command`: how the server's own commands are begun, as words; None: there is no file with the settings."""

    def __init__(self, command: Sequence[str] | None, config: Sequence[str] = (), at_once: int = AT_ONCE) -> None:
        """`config`: the words that name the settings, after those of a command."""
        self._command, self._config = command, config
        self._room = at_once
        self._running: set[asyncio.subprocess.Process] = set()
        self._ending = False

    def end(self) -> None:
        """The house is about to close: what is being made is given up, and nothing is begun any more."""
        self._ending = True
        for child in self._running:
            with suppress(ProcessLookupError):
                child.kill()

    async def report(self, name: str, options: Mapping[str, str | bool], seconds: float = SECONDS) -> Response:
        """The report as JSON. Raises Problem."""
        written = await self._run(name, options, seconds)
        size = written.seek(0, 2)
        return StreamingResponse(_chunks(written), headers={"Content-Length": str(size)}, media_type="application/json")

    async def read(self, name: str, options: Mapping[str, str | bool], seconds: float = SECONDS) -> bytes:
        """The same, whole: of a report that is short. Raises Problem."""
        written = await self._run(name, options, seconds)
        with written:
            written.seek(0)
            return written.read()

    async def _run(self, name: str, options: Mapping[str, str | bool], seconds: float) -> IO[bytes]:
        if self._command is None:
            raise Problem(503, "本服务没有配置文件，不能出具报告。")
        if self._ending:
            raise Problem(503, "本服务正在停止，请稍后再试。")
        if self._room <= 0:
            raise Problem(503, "正在出具其他报告，请稍后再试。")
        self._room -= 1
        written = TemporaryFile(prefix="huaming-report-")  # noqa: SIM115 - whoever answers with it closes it
        try:
            words = [*self._command, "report", name, "--format", "json", *_words(options), *self._config]
            await self._made(name, words, written, seconds)
        except BaseException:
            written.close()
            raise
        finally:
            self._room += 1
        return written

    async def _made(self, name: str, words: Sequence[str], written: IO[bytes], seconds: float) -> None:
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.DEVNULL, stdout=written, stderr=pipe
        )
        self._running.add(child)
        try:
            async with asyncio.timeout(seconds):
                said, code = await _heard(child)
        except TimeoutError:
            raise Problem(503, "出具报告用时过长，请缩小范围，或用 huaming report 命令。") from None
        finally:
            self._running.discard(child)
            await _end(child)
        if code and not (name in READ_ANYWAY and code == FAILED and written.seek(0, 2)):
            raise _refused(name, code, said)


def _words(options: Mapping[str, str | bool]) -> Iterator[str]:
    """`=` keeps a value that begins like an option from being one."""
    for name, value in options.items():
        yield f"--{name}" if value is True else f"--{name}={value}"


async def _heard(child: asyncio.subprocess.Process) -> tuple[str, int]:
    assert child.stderr is not None
    said = await child.stderr.read(SAID)
    while await child.stderr.read(SAID):
        pass
    return said.decode("utf-8", "replace"), await child.wait()


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
        await asyncio.shield(child.wait())


def _refused(name: str, code: int, said: str) -> Problem:
    """A sentence in Chinese is told as it is; what is said in English is for the log."""
    sentence = (said.strip().splitlines() or [""])[-1].removeprefix("huaming: ")
    chinese = any("\u4e00" <= each <= "\u9fff" for each in sentence)
    if code == BAD:
        return Problem(400, sentence if chinese else "报告的条件不合规定：没有这样的系统，或期间有误。")
    log.warning("report %s ended with %d: %s", name, code, sentence)
    return Problem(503, "报告没有出成，原因见服务器日志。")


def _chunks(written: IO[bytes]) -> Iterator[bytes]:
    with written:
        written.seek(0)
        while chunk := written.read(CHUNK):
            yield chunk
