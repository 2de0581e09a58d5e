"""Row 35: heads and framing that two servers could read in two ways. Each gets one answer, and no second one."""

from tests.hostile.case import Case, document

_TOKEN = b"Host: x\r\nAuthorization: Bearer {token}\r\n"
_START = b"POST /scim/v2/Users HTTP/1.1\r\n" + _TOKEN + b"Content-Type: application/json\r\n"
_GET = b"GET /scim/v2/Users/{id} HTTP/1.1\r\n" + _TOKEN
_SECOND = b"DELETE /scim/v2/Users/{id} HTTP/1.1\r\n" + _TOKEN + b"\r\n"
_BODY = document()
_LENGTH = b"Content-Length: %d\r\n" % len(_BODY)
_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_END = b"0\r\n\r\n"


def _post(name: str, fields: bytes, body: bytes) -> Case:
    return Case(name, 400, "invalidSyntax", raw=_START + fields + b"\r\n" + body + _SECOND, last=True)


def _get(name: str, fields: bytes, status: int = 400, start: bytes = _GET) -> Case:
    raw = start + fields + b"\r\n"
    return Case(name, status, "invalidSyntax" if status == 400 else None, raw=raw + _SECOND, last=True)


FRAMING = [
    _post("two lengths", _LENGTH + _LENGTH, _BODY),
    _post("two lengths that differ", _LENGTH + b"Content-Length: 3\r\n", _BODY),
    _post("a list of lengths", b"Content-Length: %d, %d\r\n" % (len(_BODY), len(_BODY)), _BODY),
    _post("a length with a sign", b"Content-Length: +%d\r\n" % len(_BODY), _BODY),
    _post("a length below zero", b"Content-Length: -1\r\n", _BODY),
    _post("a length in hexadecimal", b"Content-Length: 0x10\r\n", _BODY),
    _post("a length beyond 64 bits", b"Content-Length: 99999999999999999999\r\n", _BODY),
    _post("an empty length", b"Content-Length: \r\n", _BODY),
    _post("a length and chunks", _LENGTH + _CHUNKED, _END),
    _post("chunks and a length", _CHUNKED + _LENGTH, _END),
    _post("chunked twice", _CHUNKED + _CHUNKED, _END),
    _post("chunked and more", b"Transfer-Encoding: chunked, gzip\r\n", _END),
    _post("more and chunked", b"Transfer-Encoding: gzip, chunked\r\n", _END),
    _post("identity", b"Transfer-Encoding: identity\r\n", _END),
    _post("xchunked", b"Transfer-Encoding: xchunked\r\n", _END),
    _post("a blank before the colon", b"Transfer-Encoding : chunked\r\n", _END),
    _post("a vertical tab", b"Transfer-Encoding:\x0bchunked\r\n", _END),
    _post("a chunk of no number", _CHUNKED, b"zz\r\n" + _BODY + b"\r\n" + _END),
    _post("a chunk with a prefix", _CHUNKED, b"0x10\r\n" + _BODY + b"\r\n" + _END),
    _post("a chunk that is longer than it says", _CHUNKED, b"5\r\n" + _BODY + b"\r\n" + _END),
    _post("a chunk beyond 64 bits", _CHUNKED, b"ffffffffffffffffff\r\n" + _BODY),
    _post("a bare line feed in a chunk's extension", _CHUNKED, b"%x;a\n" % len(_BODY) + _BODY + b"\r\n" + _END),
    Case("a second request behind a body that is too large", 413, last=True,
         raw=_START + b"Content-Length: 3000000\r\n\r\n" + b" " * 3_000_000 + _SECOND),
    _get("bare line feeds", b"", start=_GET.replace(b"\r\n", b"\n")),
    _get("one bare line feed", b"X: a\nTransfer-Encoding: chunked\r\n"),
    _get("a bare carriage return", b"X: a\rTransfer-Encoding: chunked\r\n"),
    _get("a folded line", b"X: a\r\n\tTransfer-Encoding: chunked\r\n"),
    _get("a field without a colon", b"nothing\r\n"),
    _get("a field without a name", b": x\r\n"),
    _get("a blank in a field's name", b"X Y: x\r\n"),
    _get("NUL in a field", b"X: a\x00b\r\n"),
    _get("two hosts", b"Host: y\r\n"),
    _get("no host", b"", start=_GET.replace(b"Host: x\r\n", b"")),
    _get("20,000 fields", b"".join(b"X%d: y\r\n" % number for number in range(20_000)), 431),
    _get("a field of 2 MB", b"X: " + b"y" * 2_000_000 + b"\r\n", 431),
    Case("an address of 2 MB", 414, raw=b"GET /scim/v2/Users?filter=" + b"x" * 2_000_000, last=True),
    Case("an address of 70 KB", 414, raw=_GET.replace(b"{id}", b"x" * 70_000) + b"\r\n", last=True),
    Case("authority form", 400, "invalidSyntax", raw=b"CONNECT evil:443 HTTP/1.1\r\nHost: x\r\n\r\n", last=True),
    Case("a method in small letters", 400, "invalidSyntax", raw=b"get / HTTP/1.1\r\nHost: x\r\n\r\n", last=True),
    Case("a method nobody knows", 400, "invalidSyntax", raw=b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n", last=True),
    Case("HTTP/2", 400, "invalidSyntax", raw=b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", last=True),
    Case("TLS", 400, "invalidSyntax", raw=b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", last=True),
    Case("HTTP/0.9", 400, "invalidSyntax", raw=b"GET /scim/v2/Users\r\n\r\n", last=True),
    _get("a byte above 127 in the address", b"", start=_GET.replace(b"{id}", b"\xff")),
]  # fmt: skip

ADDRESSES = [
    Case(name, 404, method="GET", target=target)
    for name, target in {
        "dots": "/scim/v2/Users/../Groups",
        "dots, encoded": "/scim/v2/Users/%2e%2e/%2e%2e/operator",
        "a slash, encoded": "/scim/v2/Users/a%2Fb",
        "NUL, encoded": "/scim/v2/Users/%00",
        "no UTF-8": "/scim/v2/Users/%ff",
        "two slashes": "//evil.example/scim/v2/Users",
        "an id of 5,000": "/scim/v2/Users/" + "x" * 5000,
        "another server": "http://evil.example/nothing",
        "outside": "/etc/passwd",
        "the operator's door": "/operator/",
        "with a slash that is no place": "/readyz/",
    }.items()
] + [
    Case("TRACE", 405, method="TRACE"),
    Case("PROPFIND", 405, method="PROPFIND"),
    Case("OPTIONS", 405, method="OPTIONS"),
    Case("OPTIONS of the server", 404, method="OPTIONS", target="*"),
]
