"""Rows 30 and 31: bodies that are too large, compressed, endless, or no JSON."""

import gzip

from tests.hostile.case import USER, Case, document

MB = 1024 * 1024
GOOD = document()


def _with(text: bytes) -> bytes:
    """A User with one more member."""
    return GOOD[:-1] + b"," + text + b"}"


def _syntax(name: str, body: bytes) -> Case:
    return Case(name, 400, "invalidSyntax", body=body)


def _value(name: str, body: bytes) -> Case:
    return Case(name, 400, "invalidValue", body=body)


def _chunks(*chunks: bytes) -> bytes:
    head = "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head.encode() + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + body


LARGE = [
    Case("12 MB", 413, body=b" " * 12 * MB),
    Case("12 MB of a PUT", 413, method="PUT", target="/scim/v2/Users/{id}", body=b" " * 12 * MB),
    Case("12 MB of a PATCH", 413, method="PATCH", target="/scim/v2/Users/{id}", body=b" " * 12 * MB),
    Case("one byte too many", 413, body=GOOD + b" " * (2 * MB - len(GOOD) + 1)),
    Case("40 MB without an end", 413, raw=_chunks(*[b" " * MB] * 40), last=True),
    Case("10 GB declared", 413, headers=("Content-Length: 10000000000",), body=None),
    Case("10 GB declared, asking first", 413, headers=("Content-Length: 10000000000", "Expect: 100-continue")),
    Case("a length of 4,000 digits", 400, "invalidSyntax", headers=("Content-Length: " + "9" * 4000,), last=True),
    Case("a gzip bomb", 415, headers=("Content-Encoding: gzip",), body=gzip.compress(b" " * 50 * MB, 1)),
    Case("deflate", 415, headers=("Content-Encoding: deflate",), body=GOOD),
    Case("a form", 415, headers=("Content-Type: multipart/form-data",), raw=None, body=None),
]

JSON = [
    _syntax("2 MB of brackets", b"[" * (2 * MB)),
    _syntax("2 MB of braces", b'{"a":' * (2 * MB // 5)),
    _syntax("2 MB of empty lists", b"[" + b"[]," * (MB // 2) + b"1]"),
    _syntax("2 MB of numbers", b"[" + b"1," * (MB - 2) + b"1]"),
    _syntax("65 deep", b"[" * 65 + b"]" * 65),
    _syntax("a number of 50,000 digits", _with(b'"n":' + b"9" * 50_000)),
    _syntax("1e999", _with(b'"n":1e999')),
    _syntax("NaN", _with(b'"n":NaN')),
    _syntax("-Infinity", _with(b'"n":-Infinity')),
    _syntax("a lone surrogate, escaped", _with(b'"title":"\\ud800"')),
    _syntax("a lone surrogate, raw", _with(b'"title":"\xed\xa0\x80"')),
    _syntax("overlong UTF-8", _with(b'"title":"\xc0\x80"')),
    _syntax("no UTF-8", _with(b'"title":"\xff\xfe"')),
    _syntax("a raw NUL", _with(b'"title":"a\x00b"')),
    _syntax("a byte order mark", b"\xef\xbb\xbf" + GOOD),
    _syntax("UTF-16", GOOD.decode().encode("utf-16")),
    _syntax("equal names", _with(b'"title":"a","title":"b"')),
    _syntax("equal names, one of them escaped", _with(b'"title":"a","\\u0074itle":"b"')),
    _syntax("equal names in 1.4 MB", _with(b'"a":1,"a":1,"title":"%b"' % (b'\\":' * 480_000))),
    _syntax("names that differ by case", _with(b'"title":"a","TITLE":"b"')),
    _syntax("a list", b"[%b]" % GOOD),
    _syntax("a string", b'"x"'),
    _syntax("null", b"null"),
    _syntax("nothing", b""),
    _syntax("a comment", GOOD + b"//"),
    _value("an escaped NUL", _with(b'"title":"a\\u0000b"')),
    _value("1,001 values", document(emails=[{"value": str(number)} for number in range(1001)])),
    _value("60,000 values", document(emails=[{"value": str(number)} for number in range(60_000)])),
    _value("an object for a string", document(userName={"__proto__": 1})),
    _value("a list for a string", document(userName=["a"])),
    _value("an empty userName", document(userName="")),
    _value("1.9 MB of userName", document(userName="x" * 1_900_000)),
    _value("a number for a string", document(externalId=1)),
    _syntax("schemas of another", b'{"schemas":["urn:x"],"userName":"x"}'),
    _syntax("no schemas", b'{"userName":"x","__proto__":{"schemas":["%b"]}}' % USER.encode()),
]
