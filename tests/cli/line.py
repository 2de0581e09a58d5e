"""The command line as a person types it: its two streams and its exit code."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from traceback import format_exception
from typing import Any

from click.testing import CliRunner

from scim_server.cli import main

HUAMING = Path(sys.executable).with_name("huaming")

Answer = subprocess.CompletedProcess[str]


def huaming(*words: Any, cwd: Path | None = None, timeout: float = 60, **environment: str) -> Answer:
    """Types a command, a process of its own; `environment` is added to this process's own."""
    given = {key: value for key, value in os.environ.items() if not key.startswith("HUAMING_")} | environment
    command = [str(HUAMING), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=given, timeout=timeout, check=False)


def inside(*words: Any, config: Path | None = None) -> Answer:
    """Types a command that ends at once, within this process (half a second less each); `config`: HUAMING_CONFIG.

    In a thread of its own: a command that is polite to the server lowers the priority of whoever runs it, for good.
    """
    runner = CliRunner(env={"HUAMING_CONFIG": str(config) if config else None})
    with ThreadPoolExecutor(1) as typing:
        result = typing.submit(runner.invoke, main, list(map(str, words))).result()
    unforeseen = result.exception is not None and not isinstance(result.exception, SystemExit)
    said = result.stderr + ("".join(format_exception(result.exception)) if unforeseen else "")
    return subprocess.CompletedProcess(words, result.exit_code, result.stdout, said)


def refused(answer: Answer, code: int) -> str:
    """It ended with that code and one sentence on stderr, without anything else; returns the sentence."""
    assert answer.returncode == code, (answer.returncode, answer.stdout, answer.stderr)
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    assert answer.stderr.strip()
    return answer.stderr


def done(answer: Answer) -> str:
    """It ended with 0 and said nothing on stderr; returns the answer."""
    assert (answer.returncode, answer.stderr) == (0, ""), (answer.stdout, answer.stderr)
    return answer.stdout
