"""Whether the time of a refusal tells how much of a token is right (row 45 of the fault table).

    python bench/token_timing.py [--tries 20000]

A served house on loopback, one connection. Tokens that differ from a real one in their last character alone, and
tokens that differ from their first character on, are tried in turn, in random order within each pair. Said are the
median of each, the difference of the medians, and its standard error over blocks of 100 pairs.
Bar: the difference is less than three standard errors.
"""

import argparse
import random
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from house import HUAMING, free_port

BLOCK = 100  # pairs
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=20_000)
    tries = parser.parse_args().tries
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        config, port = Path(folder) / "huaming.toml", free_port()
        server = f'[server]\nhost = "127.0.0.1"\nport = {port}\n'
        config.write_text(f'{server}[store]\nurl = "sqlite:///{folder}/huaming.db"\n[systems]\n', encoding="utf-8")
        create = [*HUAMING, "token", "create", "--role", "hr", "--name", "hr", "--config", str(config)]
        token = subprocess.run(create, check=True, capture_output=True, text=True).stdout.strip()
        with open(Path(folder) / "log", "wb") as log:
            serving = subprocess.Popen([*HUAMING, "serve", "--no-worker", "--config", str(config)], stderr=log)
        try:
            _tell(_measured(_connected(port), token, tries))
        finally:
            serving.terminate()
            serving.wait()


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + 60
    while True:
        try:
            found = socket.create_connection(("127.0.0.1", port))
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
            continue
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return found


def _measured(wire: socket.socket, token: str, tries: int) -> tuple[list[float], list[float]]:
    """Seconds of each refusal: the right beginning, and the wrong one."""
    chance = random.Random(45)
    assert _refused(wire, token, status=b"200") > 0
    for _ in range(500):
        _refused(wire, "x" * len(token))
    right, wrong = [], []
    for _ in range(tries):
        pair = [(right, _almost(token, chance)), (wrong, _nothing_like(token, chance))]
        chance.shuffle(pair)
        for times, tried in pair:
            times.append(_refused(wire, tried))
    return right, wrong


def _almost(token: str, chance: random.Random) -> str:
    return token[:-1] + chance.choice(ALPHABET.replace(token[-1], ""))


def _nothing_like(token: str, chance: random.Random) -> str:
    return "".join(chance.choice(ALPHABET.replace(each, "")) for each in token)


def _refused(wire: socket.socket, token: str, status: bytes = b"401") -> float:
    asked = f"GET /scim/v2/ServiceProviderConfig HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    began = time.perf_counter()
    wire.sendall(asked)
    said = wire.recv(65536)
    took = time.perf_counter() - began
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.split(b" ", 2)[1] == status, head
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += wire.recv(65536)
    return took


def _tell(times: tuple[list[float], list[float]]) -> None:
    right, wrong = times
    blocks = [
        statistics.median(right[at : at + BLOCK]) - statistics.median(wrong[at : at + BLOCK])
        for at in range(0, len(right), BLOCK)
    ]
    apart = statistics.median(right) - statistics.median(wrong)
    error = statistics.stdev(blocks) / len(blocks) ** 0.5
    print(f"2 x {len(right)} tries: median {statistics.median(right) * 1e6:.1f} us with the right beginning,")
    print(f"{statistics.median(wrong) * 1e6:.1f} us with the wrong one; difference {apart * 1e9:+.0f} ns,")
    print(f"standard error {error * 1e9:.0f} ns, {abs(apart) / error:.2f} of them (bar: < 3)")


if __name__ == "__main__":
    main()
