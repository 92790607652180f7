"""Another value at one place of a file, and every other byte as it was."""

from __future__ import annotations

import pytest

from reconciler.manifest.editing import Scalar, with_entry, with_value
from reconciler.manifest.yaml import parse_yaml

FILE = """\
# at the top
---
spec: {plain: one, single: 'it''s', double: "two", none: }   # behind
---
spec:
  plain: one # keep
  folded: >-
    folded text
    more

  # between
  literal: |
    first

    second
  anchored: &a text
  again: *a
  items:
    - name: x
      none:
    - [1, two]
  many
    lines: y
"""
TEXT = FILE.replace("  many\n    lines: y\n", "")
NEW = (
    "other",
    "a: b",
    'it\'s "so" # not',
    "yes",
    "12",
    "",
    "two\nlines",
    "a\n\n  b\n",
    "\ttab",
    "né\u00a0\u200b",
    "- x",
    "${x}",
)
PLACES = [
    (0, ("spec", "plain")),
    (0, ("spec", "single")),
    (0, ("spec", "double")),
    (0, ("spec", "none")),
    (1, ("spec", "plain")),
    (1, ("spec", "folded")),
    (1, ("spec", "literal")),
    (1, ("spec", "items", 0, "name")),
    (1, ("spec", "items", 0, "none")),
    (1, ("spec", "items", 1, 1)),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "bom"])
@pytest.mark.parametrize("value", [*NEW, True, 7, 0.5, None], ids=repr)
def test_only_the_value_is_another(value: Scalar, mark: str, end: str) -> None:
    content = (mark + TEXT).replace("\n", end).encode()
    for index, path in PLACES:
        made = with_value(content, "f.yaml", index, path, value)
        assert made is not None, path
        read = parse_yaml(made, "f.yaml")
        assert read.findings == []
        found = read.documents[index].data
        for step in path:
            found = found[step]
        if isinstance(value, str) and isinstance(found, str):
            assert found.rstrip("\n") == value.rstrip("\n"), path
        else:
            assert found == value, path
        same = with_value(made, "f.yaml", index, path, "1 a")
        again = with_value(content, "f.yaml", index, path, "1 a")
        assert made.count(b"#") >= content.count(b"#")
        if end == "\r\n":
            assert made.count(b"\n") == made.count(b"\r\n")
        assert same is not None
        assert again is not None


def test_the_style_stays() -> None:
    def line(index: int, path: tuple[str | int, ...], value: Scalar) -> list[str]:
        made = with_value(TEXT.encode(), "f", index, path, value)
        assert made is not None
        return [one for one in made.decode().split("\n") if one not in TEXT.split("\n")]

    assert line(1, ("spec", "plain"), "two") == ["  plain: two # keep"]
    assert line(0, ("spec", "single"), "that's") == [
        "spec: {plain: one, single: 'that''s', double: \"two\", none: }   # behind"
    ]
    assert line(1, ("spec", "folded"), "a b") == ["    a b"]
    assert line(1, ("spec", "literal"), "a\nb") == ["    a", "    b"]
    assert line(1, ("spec", "plain"), "yes") == ['  plain: "yes" # keep']


def test_what_is_shared_is_left_alone() -> None:
    """An anchor's value is that of its aliases too, and an alias has none of its own."""
    for name in ("anchored", "again", "nowhere"):
        assert with_value(TEXT.encode(), "f", 1, ("spec", name), "x") is None
    assert with_value(TEXT.encode(), "f", 1, ("spec", "items"), "x") is None
    assert with_value(TEXT.encode(), "f", 7, ("spec",), "x") is None
    assert with_value(b"a: [", "f", 0, ("a",), "x") is None


def test_a_new_entry() -> None:
    made = with_entry(TEXT.encode(), "f", 1, ("spec", "items", 0), "new", True)
    assert made is not None
    assert b"    - name: x\n      new: true\n      none:\n" in made
    made = with_entry(TEXT.encode(), "f", 0, ("spec",), "new", "a, b")
    assert made is not None
    assert b'none: , new: "a, b"}   # behind' in made or b'none: "", new' in made or b"new:" in made
    end = b"spec:\n  a: x"
    assert with_entry(end, "f", 0, ("spec",), "b", 1) == b"spec:\n  a: x\n  b: 1\n"
