"""What the loader relies on of PyYAML's private parser: another PyYAML that differs is noticed here first."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
import yaml
from yaml._yaml import CParser

from reconciler.manifest.composer import Composer, TooDeep
from reconciler.manifest.yaml import MAX_DEPTH, parse_yaml

PACKAGE = Path(__file__).parents[2] / "reconciler"


def test_only_the_composer_stands_on_the_private_class() -> None:
    users = [path.name for path in PACKAGE.rglob("*.py") if "yaml._yaml" in path.read_text(encoding="utf-8")]
    assert users == ["composer.py"]


def test_the_public_loaders_are_made_of_the_private_class() -> None:
    assert CParser in inspect.getmro(yaml.CSafeLoader)


def test_the_parser_asks_for_each_plain_value_and_tells_each_level() -> None:
    asked: list[tuple[str, tuple[bool, bool]]] = []
    depths: list[int] = []

    class Listening(Composer):
        def descend_resolver(self, parent: yaml.Node | None, index: object) -> None:
            super().descend_resolver(parent, index)
            depths.append(self.depth)

        def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
            if kind is yaml.ScalarNode:
                asked.append((value, implicit))
            return super().resolve(kind, value, implicit)

    composer = Listening("a: [1, 'b']\n", MAX_DEPTH)
    assert composer.check_node()
    composer.get_node()
    assert asked == [("a", (True, False)), ("1", (True, False)), ("b", (False, True))]
    assert depths == [1, 2, 2, 3, 3]
    assert composer.depth == 0


def test_the_composer_stops_at_its_own_limit() -> None:
    composer = Composer("- " * 30 + "a\n", 20)
    assert composer.check_node()
    with pytest.raises(TooDeep):
        composer.get_node()


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 999, 1_001, 1_100, 5_000])
@pytest.mark.parametrize(
    "text",
    ["a: " + "{0}", "a:\n  " + "{1}", "{2}"],
    ids=["flow", "compact block", "block"],
)  # fmt: skip
def test_one_code_for_deep_nesting_whoever_notices_first(levels: int, text: str) -> None:
    """PyYAML 6.0.4 stops at about 1,000 levels while it looks ahead, 6.0.3 does not."""
    block = "".join(" " * level + "a:\n" for level in range(levels))
    content = text.format("[" * levels, "- " * levels + "a\n", block)
    assert [finding.code for finding in parse_yaml(content.encode(), "x").findings] == ["manifest.too_deep"]
