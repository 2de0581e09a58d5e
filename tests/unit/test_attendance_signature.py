"""How requests to the artemis gateway are signed: known answers, and the agreement of an independent package."""

from urllib.parse import urlsplit

from hikvision_openapi_signer import HikvisionOpenAPISigner
from hypothesis import given
from hypothesis import strategies as st

from connectors.attendance.signature import listed, signature, signed, text_to_sign

PATH = "/artemis/api/resource/v2/person/personList"
SECRET = "testsecret"
OURS = {
    "Accept": "*/*",
    "Content-Type": "application/json",
    "X-Ca-Key": "29000001",
    "X-Ca-Timestamp": "1700000000000",
}


def test_the_first_known_answer() -> None:
    headers = OURS | {"X-Ca-Nonce": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    assert signed(SECRET, "POST", PATH, headers)["X-Ca-Signature"] == "l/kvL2Dm534oaAl5fsUS/OAsLHnSmCX17R821Xtz4G8="


def test_the_second_known_answer_with_a_digest_and_a_date() -> None:
    more = {
        "X-Ca-Nonce": "n1",
        "Content-MD5": "80pg4sMq2AzEzu/jXWdy1Q==",
        "Date": "Tue, 14 Nov 2023 22:13:20 GMT",
    }
    found = signed(SECRET, "post", PATH, OURS | more)
    assert found["X-Ca-Signature"] == "E1fbPXE3xu0aNfMN/vC3fH4DT8rTmS+6oDoJZ5BPBhI="
    assert found["X-Ca-Signature-Headers"] == "x-ca-key,x-ca-nonce,x-ca-timestamp"


def test_every_line_is_where_the_gateway_looks_for_it() -> None:
    headers = OURS | {"X-Ca-Nonce": "n1", "tagId": "huaming"}
    assert text_to_sign("POST", "/artemis/api/x", headers).split("\n") == [
        "POST",
        "*/*",
        "application/json",
        "tagid:huaming",
        "x-ca-key:29000001",
        "x-ca-nonce:n1",
        "x-ca-timestamp:1700000000000",
        "/artemis/api/x",
    ]


def test_a_content_type_with_a_charset_is_another_signature() -> None:
    plain, charset = (
        signed(SECRET, "POST", PATH, OURS | {"X-Ca-Nonce": "n", "Content-Type": each})["X-Ca-Signature"]
        for each in ("application/json", "application/json;charset=UTF-8")
    )
    assert plain != charset


VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
PATHS = st.lists(st.from_regex(r"[A-Za-z0-9_]{1,12}", fullmatch=True), min_size=1, max_size=6)


@given(
    method=st.sampled_from(["POST", "post", "GET", "PUT"]),
    path=PATHS.map(lambda parts: "/" + "/".join(parts)),
    secret=st.text(min_size=1, max_size=40),
    key=VALUES,
    nonce=VALUES,
    body=st.binary(max_size=200) | st.text(max_size=50),
    kind=st.sampled_from(["application/json", "application/json;charset=UTF-8", "text/plain"]),
    more=st.dictionaries(st.sampled_from(["tagId", "userId", "X-Own", "domainId"]), VALUES),
)
def test_an_independent_package_signs_the_same(
    *, method: str, path: str, secret: str, key: str, nonce: str, body: bytes | str, kind: str, more: dict[str, str]
) -> None:
    signer = HikvisionOpenAPISigner("https://isc.example.cn", key, secret)
    sent = more | {"X-Ca-Nonce": nonce, "X-Ca-Timestamp": "1700000000000"}
    method, url, theirs, _ = signer.sign(method, path, headers=sent, body=body, content_type=kind)
    bare = {name: value for name, value in theirs.items() if not name.startswith("X-Ca-Signature")}
    text = text_to_sign(method, urlsplit(url).path, bare)
    assert signature(secret, text) == theirs["X-Ca-Signature"]
    assert ",".join(listed(bare)) == theirs["X-Ca-Signature-Headers"].lower()
