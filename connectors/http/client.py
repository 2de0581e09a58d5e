"""One client to one server over HTTP/1.1: bounded in time and bytes, honest about what may have been done.

It stands on httpcore, the engine of httpx: nothing there logs an address with its query, follows a redirect,
asks the environment for a proxy or unpacks an answer.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import quote, urlencode, urlsplit

import httpcore

from connectors.errors import Unreachable
from connectors.http.answer import Answer, Busy, Lost, unlike, wait_of
from connectors.http.bounded import Allowance, BoundedBackend

KEPT = 30.0  # seconds that an idle connection is kept
SAFE = "/%:@!$&'()*+,;=~"  # of a path, besides letters, digits and -._
NOT_SENT = (httpcore.ConnectError, httpcore.ConnectTimeout)
BROKEN = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)
BUSY = (429, 503)
NOT_IMPLEMENTED = 501  # an answer like 404: asked again it would be the same (RFC 9110, 15.6.2)


class Http:
    """Requests to one server, one at a time, on a connection that is kept. For one thread.

    `base`: scheme://host[:port][/prefix]. Plain http only towards loopback, elsewhere with `plain_http`; ValueError
    says so. TLS is always verified, against `ca_file` or the machine's CAs. `timeout`: seconds for a whole call;
    `limit`: bytes of a body; `headers` go with every request.
    """

    def __init__(
        self,
        base: str,
        monotonic: Callable[[], float],
        *,
        timeout: float = 25.0,
        limit: int = 16_000_000,
        ca_file: str | None = None,
        plain_http: bool = False,
        headers: Mapping[str, str] = {},
    ) -> None:
        parts = urlsplit(check_base(base, plain_http))
        self.where = parts.netloc
        self._scheme, self._host = parts.scheme.encode(), (parts.hostname or "").encode()
        self._port, self._prefix = parts.port, parts.path.rstrip("/")
        self._timeout, self._limit, self._ca_file = timeout, limit, ca_file
        self._headers = {"Host": parts.netloc, "Accept-Encoding": "identity", "User-Agent": "huaming", **headers}
        self._allowance = Allowance(monotonic)
        self._pool: httpcore.ConnectionPool | None = None

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = {},
        headers: Mapping[str, str] = {},
        content: bytes | None = None,
        writes: bool = False,
    ) -> Answer:
        """Sends one request, whose `path` is appended to the base's prefix; `writes`: it changes something there.

        Raises Unreachable: surely not done. Busy: 429 or 503. Lost: a write that may have been done (no answer, half
        an answer, 5xx, HTML). Unreadable: a read that was answered with half an answer, HTML, a redirect, too much.
        """
        target = quote(self._prefix + path, safe=SAFE) + ("?" + urlencode(query, quote_via=quote) if query else "")
        url = httpcore.URL(scheme=self._scheme, host=self._host, port=self._port, target=target.encode())
        told = {**self._headers, **headers}
        if content is not None or method in ("POST", "PUT"):
            told["Content-Length"] = str(len(content or b""))
        request = httpcore.Request(method, url, headers=list(told.items()), content=content)
        self._allowance.begin(self._timeout)
        try:
            answer = self._once(request, writes)
        except _Stale:
            answer = self._once(request, writes)
        return _vendors(answer, self.where)

    def close(self) -> None:
        """Ends the connection; the next call opens it again."""
        if self._pool is not None:
            self._pool.close()
        self._pool = None

    def _once(self, request: httpcore.Request, writes: bool) -> Answer:
        kept = bool(self._opened().connections)
        with self._translated(writes, kept) as seen:
            head = self._opened().handle_request(request)
            seen.append(head.status)
            try:
                body = self._body(head, writes)
            finally:
                head.close()
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head.headers}
        return Answer(head.status, headers, body, writes)

    def _body(self, head: httpcore.Response, writes: bool) -> bytes:
        pieces, size = [], 0
        for piece in head.iter_stream():
            pieces.append(piece)
            size += len(piece)
            if size > self._limit:
                raise unlike(writes, f"{self.where} 的回答超过 {self._limit} 字节，已中止")
        return b"".join(pieces)

    @contextmanager
    def _translated(self, writes: bool, kept: bool) -> Iterator[list[int]]:
        """What went wrong, as an error of ours. What is yielded takes the status, once that has come."""
        seen: list[int] = []
        try:
            yield seen
        except NOT_SENT as error:
            raise Unreachable(f"连不上 {self.where}：{_reason(error)}") from None
        except BROKEN as error:
            late = isinstance(error, httpcore.TimeoutException)
            if kept and not (late or writes or seen):
                raise _Stale from None
            text = f"{self.where} 没有在 {self._timeout:g} 秒内答完" if late else f"与 {self.where} 的连接中断"
            if writes:
                raise Lost(text) from None
            raise (Unreachable(text) if late or not seen else unlike(writes, f"{text}，回答不完整")) from None

    def _opened(self) -> httpcore.ConnectionPool:
        if self._pool is None:
            backend = BoundedBackend(self._allowance)
            self._pool = httpcore.ConnectionPool(
                self._tls(), max_connections=1, keepalive_expiry=KEPT, network_backend=backend
            )
        return self._pool

    def _tls(self) -> ssl.SSLContext | None:
        try:
            return ssl.create_default_context(cafile=self._ca_file) if self._scheme == b"https" else None
        except OSError as error:
            raise Unreachable(f"读不了 ca_file 所指的证书 {self._ca_file}：{error.strerror}") from None


class _Stale(Exception):
    """A kept connection was closed by the other side before a word of the answer: a read is asked once more."""


def check_base(base: str, plain_http: bool) -> str:
    """The address, if one may talk to it; else raises ValueError with a sentence for whoever configured it."""
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or not base.isascii():
        raise ValueError("url 应为 https://主机:端口，可带路径前缀")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("url 只写协议、主机、端口和路径前缀，不写账号、参数")
    if parts.scheme == "http" and not (plain_http or _loopback(parts.hostname)):
        raise ValueError(
            "url 用 http:// 不加密，密钥和人员信息会以明文经过网络：请改用 https://；"
            "确认网络可信而仍要明文时，设 plain_http = true"
        )
    return base


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _vendors(answer: Answer, where: str) -> Answer:
    """The answer, if it can be the vendor's own."""
    status = answer.status
    if status in BUSY:
        raise Busy(f"{where} 繁忙（HTTP {status}）", wait_of(answer.headers))
    if status >= 500 and status != NOT_IMPLEMENTED:
        raise (Lost if answer.wrote else Unreachable)(f"{where} 出错（HTTP {status}）")
    if not 200 <= status < 300 and status < 400:
        raise unlike(answer.wrote, f"{where} 要转到别处（HTTP {status}），不跟随")
    if status < 300 and (_is_page(answer) or answer.headers.get("content-encoding", "identity") != "identity"):
        raise unlike(answer.wrote, f"{where} 答了网页或压缩内容，不是接口的回答：{answer.shown()}")
    return answer


def _is_page(answer: Answer) -> bool:
    start = answer.body[:100].lstrip().lower()
    said = answer.headers.get("content-type", "").startswith("text/html") and not start.startswith((b"{", b"["))
    return said or start.startswith((b"<!doctype html", b"<html"))


def _reason(error: Exception) -> str:
    """Why there is no connection, for people."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"证书未通过校验（{cause.verify_message}）"
        cause = cause.__cause__ or cause.__context__
    return "超时" if isinstance(error, httpcore.TimeoutException) else str(error)[:100] or "无法建立连接"
