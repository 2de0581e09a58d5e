"""One history, told in three dialects, ends in the same resources: byte for byte but for ids, times and versions.

Versions differ honestly: one speaker says in two requests what another says in one.
"""

import re
from pathlib import Path

import pytest

from tests.scim.clients.speakers import Entra, Okta, Plain, Speaker
from tests.scim.house import House, Served

pytestmark = pytest.mark.anyio


async def history(say: Speaker) -> None:
    """Some people and groups of a district, from their first day."""
    await say.hire("YZ1", login="wang.boss@gov.example", family="王", given="强", shown="王强", mail="w@gov.example")
    await say.hire("YZ2", login="zhangsan", family="张", given="三", shown="张三", title="科员", number="7")
    await say.hire("YZ3", login="lisi", family="李", given="四", mail="lisi@gov.example", boss="YZ1", office="教育局")
    await say.hire("YZ4", login="zhaoliu", shown="赵六")
    await say.found("G1", "办公室")
    await say.found("G2", "篮球队")
    await say.move("G1", out=(), into=("YZ2", "YZ1"))
    await say.move("G2", out=(), into=("YZ3", "YZ2", "YZ4"))
    await say.learn("YZ2", mail="zs@gov.example", mobile="13800000000", office="教育局", boss="YZ1")
    await say.lock("YZ2")
    await say.learn("YZ2", title=None, shown='张三 "小张"')
    await say.learn("YZ3", family="李-王", login="li.wang", mail="lw@gov.example", home="lisi@home.example")
    await say.unlock("YZ2")
    await say.lock("YZ3")
    await say.learn("YZ3", boss=None, office="财政局", number="8")
    await say.call("G2", "篮球队（二队）")
    await say.move("G2", out=("YZ3",), into=("YZ1",))
    await say.move("G1", out=("YZ2", "YZ1"), into=("YZ3",))
    await say.leave("YZ4")
    await say.learn("YZ2", mobile=None, boss="YZ3", given="三丰")
    await say.found("G3", "临时")
    await say.move("G3", out=(), into=("YZ2",))
    await say.dissolve("G3")


async def told(say: Speaker) -> tuple[str, str]:
    """All Users and all Groups, with names in the place of ids, without times and versions."""
    texts = []
    for endpoint in ("/Users", "/Groups"):
        text = (await say.scim.get(endpoint, params={"count": 100})).text
        for name, id in say.ids.items():
            text = text.replace(id, f"<{name}>")
        texts.append(re.sub(r'"(created|lastModified|version)":"(?:[^"\\]|\\.)*"', r'"\1":""', text))
    return texts[0], texts[1]


async def test_three_dialects_end_in_the_same_bytes(tmp_path: Path) -> None:
    results = []
    for dialect in (Entra, Okta, Plain):
        folder = tmp_path / dialect.__name__
        folder.mkdir()
        house = House(folder, Served())
        try:
            async with house.client() as scim:
                say = dialect(scim)
                await history(say)
                results.append(await told(say))
        finally:
            house.close()
    entra, okta, plain = results
    assert entra == plain
    assert okta == plain
    users, groups = plain
    # the end is what the history says, not merely the same
    for text in ('"userName":"li.wang"', '"familyName":"李-王"', "<YZ1>", "<YZ3>", '"active":false'):
        assert text in users
    assert users.count('"totalResults":3') == 1
    assert groups.count('"display":"') == 2  # the third has no name but a login
    for text in ('"displayName":"办公室"', '"displayName":"篮球队（二队）"', '"totalResults":2'):
        assert text in groups
    for text in ("赵六", "临时", '篮球队"', "13800000000", "科员"):
        assert text not in users + groups
