"""`fmt`: one layout, in which nothing but blanks is another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.manifest.formatting import formatted
from reconciler.manifest.yaml import parse_yaml

CASES = {
    "levels": ("a:\n    b:\n        c: 1\n", "a:\n  b:\n    c: 1\n"),
    "lists below their key": ("a:\n- x\n- b: 1\n  c: 2\n", "a:\n  - x\n  - b: 1\n    c: 2\n"),
    "wide dashes": ("a:\n-   b: 1\n    c:\n    -   d\n", "a:\n  - b: 1\n    c:\n      - d\n"),
    "blanks in braces": ("a: { b: 1 ,c:   [ x,y ] }\n", "a: {b: 1, c: [x, y]}\n"),
    "wide colons": ("a:    1\nb :  2\n", "a: 1\nb: 2\n"),
    "blanks at ends and blank lines": ("\n\na: 1  \n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
    "no line end": ("b: 2\na: 1", "b: 2\na: 1\n"),
    "a comment moves along": (
        "a:\n    # of b\n    b: 1 # odd\n    # at the end\n", "a:\n  # of b\n  b: 1 # odd\n  # at the end\n"
    ),
    "a block moves along": (
        "a:\n    b: |\n        one\n\n          two\n    c: >-\n        x\n",
        "a:\n  b: |\n      one\n\n        two\n  c: >-\n      x\n",
    ),
    "anchors stay": ("a: &x\n    b: 1\nc:\n    <<: *x\n    d: *x\n", "a: &x\n  b: 1\nc:\n  <<: *x\n  d: *x\n"),
    "quotes and words stay": ("b: 'x'\na: \"y\"\nc: yes\n", "b: 'x'\na: \"y\"\nc: yes\n"),
    "several lines in brackets": (
        "a:\n    b: [\n        1,\n        2\n    ]\n", "a:\n  b: [\n      1,\n      2\n  ]\n"
    ),
    "documents": ("a:\n    b: 1\n---\nc:\n-   d: 1\n", "a:\n  b: 1\n---\nc:\n  - d: 1\n"),
    "blanks in texts": ('a: "x   y"\nb: |\n  x   \n\n\n  y\n', 'a: "x   y"\nb: |\n  x   \n\n\n  y\n'),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_layout(case: str, end: str) -> None:
    before, after = (text.replace("\n", end).encode() for text in CASES[case])
    assert formatted(before, "m.yaml") == after
    assert formatted(after, "m.yaml") == after


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "? a\n: b\n", "a: [\n"], ids=["tabs", "odd keys", "broken"])
def test_what_cannot_be_moved_safely_is_left(text: str) -> None:
    found = formatted(text.encode(), "m.yaml")
    assert found in (None, text.encode())


def test_the_manifests_of_this_project_are_in_the_layout() -> None:
    root = Path(__file__).parents[2] / "manifests"
    for path in root.rglob("*.yaml"):
        assert formatted(path.read_bytes(), path.name) == path.read_bytes(), path


# -- any file ---------------------------------------------------------------------------------------------------

words = st.sampled_from(
    ["name", "Customer", "a b", "x-1", "'quoted: one'", '"two #3"', "true", "12", "~", "[a,b ]", "{ c: 1}"]
)
keys = st.lists(st.sampled_from([f"k{n}" for n in range(9)]), min_size=1, max_size=4, unique=True)
trees = st.recursive(words, lambda inner: st.one_of(st.lists(inner, min_size=1, max_size=3), keys.flatmap(
    lambda names: st.tuples(*[inner for _ in names]).map(lambda values: dict(zip(names, values, strict=True)))
)), max_leaves=12)  # fmt: skip


class Messy:
    """Writes a tree as people do who each have their own layout; `draw` says how."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.anchors = 0

    def lines(self, tree: object, indent: int) -> list[str]:
        found = []
        step = self.draw(st.integers(1, 5))
        if isinstance(tree, dict):
            for key, value in tree.items():
                found += [*self.remark(indent), *self.entry(f"{' ' * indent}{key}:", value, indent, step)]
        elif isinstance(tree, list):
            for value in tree:
                found += [*self.remark(indent), *self.entry(f"{' ' * indent}-", value, indent, step)]
        return found

    def entry(self, head: str, value: object, indent: int, step: int) -> list[str]:
        if isinstance(value, str):
            tail = self.draw(st.sampled_from(["", "  ", " # said", "   #odd"]))
            return [f"{head}{' ' * self.draw(st.integers(1, 3))}{value}{tail}"]
        self.anchors += 1
        anchor = self.draw(st.sampled_from(["", f" &a{self.anchors}"]))
        return [head + anchor, *self.lines(value, indent + step)]

    def remark(self, indent: int) -> list[str]:
        return self.draw(
            st.sampled_from([[], [], [], [""], ["", "", ""], [f"{' ' * indent}# a remark"], ["# at the margin"]])
        )


@st.composite
def messy_files(draw: st.DrawFn) -> bytes:
    tree = draw(trees.filter(lambda one: isinstance(one, dict)))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join([*Messy(draw).lines(tree, 0), ""]).encode()


def remarks(content: bytes) -> list[str]:
    return [line.split("#", 1)[1].strip() for line in content.decode().split("\n") if "#" in line]


@settings(max_examples=200)
@given(messy_files())
def test_nothing_but_blanks_is_another(content: bytes) -> None:
    read = parse_yaml(content, "m.yaml")
    if read.findings:
        return
    made = formatted(content, "m.yaml")
    assert made is not None
    assert [one.data for one in parse_yaml(made, "m.yaml").documents] == [one.data for one in read.documents]
    assert remarks(made) == remarks(content)
    assert re.sub(rb"\s", b"", made) == re.sub(rb"\s", b"", content)
    assert made.count(b"\r\n") in (0, made.count(b"\n"))
    assert formatted(made, "m.yaml") == made
