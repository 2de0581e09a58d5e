"""No example lies here unused."""

from tests.scim.rfc.examples import HERE


def test_every_example_is_used() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in HERE.parent.rglob("test_*.py"))
    assert [path.stem for path in HERE.glob("*.json") if f'"{path.stem}"' not in tests] == []
