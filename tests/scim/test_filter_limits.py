"""The largest filters that are allowed: answered, by a statement that the database can read, in bounded time."""

import time

import httpx
import pytest

from tests.scim.house import group, made, refused, user

pytestmark = pytest.mark.anyio


def nested(levels: int, leaf: str, negated: bool = False, last: bool = True) -> str:
    """`and` and `or` by turns, `levels` brackets deep; the deepest term last or first."""
    text = leaf
    for level in range(levels):
        inner = f"not ({text})" if negated and level % 2 else f"({text})"
        op = ("and", "or")[level % 2]
        text = f"title pr {op} {inner}" if last else f"{inner} {op} title pr"
    return text


def balanced(levels: int) -> str:
    if not levels:
        return 'title co "x"'
    half = balanced(levels - 1)
    return f"({half}) {('and', 'or')[levels % 2]} ({half})"


BOTH = 'emails[type eq "x" and primary eq true and not (value ew "x")]'
DEEPEST = {
    "and and or": nested(64, 'title co "x"'),
    "deepest first": nested(64, 'title co "x"', last=False),
    "with not": nested(64, 'title co "x"', negated=True),
    "a value path at the bottom": nested(62, BOTH),
    "a value path of depth": "emails[" + nested(63, 'value co "x"').replace("title", "type") + "]",
    "a membership at the bottom": nested(63, 'groups[display co "x"]', negated=True),
    "not": "not (" * 64 + "title pr" + ")" * 64,
    "brackets": "(" * 64 + "title pr" + ")" * 64,
    "a tree": balanced(7),
}
WIDEST = {
    "or": " or ".join(f'title co "{place}"' for place in range(200)),
    "and": " and ".join(f'not (title co "{place}")' for place in range(200)),
    "value paths": " or ".join(f'ims[type sw "{place}"]' for place in range(200)),
    "both forms of an element": " or ".join(f'roles[primary eq true and value sw "{place}"]' for place in range(100)),
    "memberships": " or ".join(f'groups[display co "{place}"]' for place in range(200)),
    "presence": " and ".join(["not (roles.display pr)"] * 200),
}


@pytest.mark.parametrize("text", [*DEEPEST.values(), *WIDEST.values()], ids=[*DEEPEST, *WIDEST])
async def test_the_largest_filter_is_answered(scim: httpx.AsyncClient, text: str) -> None:
    assert len(text) <= 8192
    one = await made(scim, "/Users", user("one", title="x", emails=[{"value": "x", "type": "x"}]))
    await made(scim, "/Groups", group("x1", members=[{"value": one["id"]}]))
    began = time.monotonic()
    answer = await scim.get("/Users", params={"filter": text})
    assert answer.status_code == 200, answer.text
    assert time.monotonic() - began < 5
    sorted_ = await scim.get("/Users", params={"filter": text, "sortBy": "emails.value", "startIndex": "1"})
    assert sorted_.json()["totalResults"] == answer.json()["totalResults"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(" * 65 + "title pr" + ")" * 65, "64 brackets deep"),
        ("emails[" + "(" * 64 + "value pr" + ")" * 64 + "]", "64 brackets deep"),
        (" or ".join(["title pr"] * 201), "200 comparisons"),
        ('title eq "' + "x" * 8192 + '"', "8 KB"),
        ('title eq "' + "张" * 2731 + '"', "8 KB"),
        ('password eq "secret"', "no attribute password"),
        ('password sw "s"', "no attribute password"),
        ("userName pr or password pr", "no attribute password"),
        ("nowhere pr", "no attribute nowhere"),
        ("name.nowhere pr", "no attribute name.nowhere"),
        ("emails[nowhere pr]", "no attribute nowhere"),
        ('emails[type eq "x"].nowhere pr', "emails has no sub-attribute nowhere"),
        ('name eq "x"', "name is complex"),
        ("active gt true", "active is true or false"),
        ('active eq "perhaps"', "active is true or false"),
        ("title gt null", "null is compared by eq and ne"),
        ("title eq 5", "title is compared with a string"),
        ('meta.created gt "yesterday"', "meta.created gt: a dateTime"),
        ('meta.created co "2026"', "meta.created co: a dateTime"),
        ('x509Certificates.value co "AA"', "x509Certificates.value is binary"),
        ('userName[value eq "x"]', "userName has no elements"),
        ("userName eq", "not one of RFC 7644"),
    ],
)
async def test_what_cannot_be_asked_is_named(scim: httpx.AsyncClient, text: str, words: str) -> None:
    await made(scim, "/Users", user(title="s", password="secret"))
    assert words in refused(await scim.get("/Users", params={"filter": text}), 400, "invalidFilter")


async def test_an_extension_that_is_not_served_is_nowhere(plain_scim: httpx.AsyncClient) -> None:
    urn = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:Group"
    for path in (urn, f"{urn}:level"):
        assert "no attribute urn:" in refused(
            await plain_scim.get("/Groups", params={"filter": f"{path} pr"}), 400, "invalidFilter"
        )
