"""Certificates of every bad kind, and a TLS server that shows one and writes down what it is told."""

import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.servers.canned import result

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key, and the CA that vouches for it (itself, where nobody does)."""

    certificate: Path
    key: Path
    authority: Path


class Authority:
    """A CA of our own in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate = folder / "ca.crt"
        self._key = folder / "ca.key"
        out = ["-keyout", self._key, "-out", self.certificate]
        _openssl("req", "-x509", *KEY, "-days", "2", "-subj", "/CN=test CA", *out)

    def issue(self, name: str, subject_names: str, days: int = 2) -> Certificate:
        """A certificate for `subject_names`, e.g. "DNS:localhost", good for so many days; -1 is until yesterday."""
        key, request, certificate = (self.folder / f"{name}.{kind}" for kind in ("key", "csr", "crt"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={subject_names}\nextendedKeyUsage=serverAuth\n")
        _openssl("req", *KEY, "-subj", "/CN=localhost", "-keyout", key, "-out", request)
        signer = ["-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial", "-days", days]
        _openssl("x509", "-req", "-in", request, *signer, "-extfile", extensions, "-out", certificate)
        return Certificate(certificate, key, self.certificate)

    def self_signed(self) -> Certificate:
        """A certificate for localhost that nobody vouches for."""
        key, certificate = self.folder / "self.key", self.folder / "self.crt"
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        _openssl("req", "-x509", *KEY, "-days", "2", *names, "-keyout", key, "-out", certificate)
        return Certificate(certificate, key, self.certificate)


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=30)


class TlsServer:
    """Shows a certificate, at once or after StartTLS, and keeps every byte that it can read in `told`.

    It answers nothing; with `hangs_up` it ends the line once it has been told something.
    """

    def __init__(self, shown: Certificate, start_tls: bool, *, hangs_up: bool = False) -> None:
        self.told = b""
        self.handshakes = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(shown.certificate, shown.key)
        self._start_tls = start_tls
        self._hangs_up = hangs_up
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            if self._start_tls:
                self.told += client.recv(65536)  # the StartTLS request: header, then its message id
                number = int.from_bytes(self.told[4 : 4 + self.told[3]], "big")
                client.sendall(result(number, 0x78, 0))
            with self._context.wrap_socket(client, server_side=True) as secure:
                self.handshakes += 1
                while data := secure.recv(65536):
                    self.told += data
                    if self._hangs_up:
                        return
