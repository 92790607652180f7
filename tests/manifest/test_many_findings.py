"""Findings cost as much each when there are many: what a finding looks up is looked up once for all of them.

Counted are looks at the whole of a thing (a mapping, a file, the keys of a mapping), never seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from yaml import MappingNode

from reconciler.manifest import project, yaml
from reconciler.manifest.build import Builder
from reconciler.manifest.composer import Composer
from reconciler.manifest.marks import MappingMarks, Place, find
from reconciler.manifest.yaml import parse_yaml

from .conftest import Load

MANY = 500
HEAD = "apiVersion: reconciler/v1\nkind: GlossaryMapping\nmetadata: {name: a}\nspec:\n  glossary: G\n"


class Counted(dict[str, Any]):
    looks = 0

    def __iter__(self) -> Iterator[str]:
        self.looks += 1
        return super().__iter__()

    def keys(self) -> Any:
        self.looks += 1
        return super().keys()


class CountedText(str):
    looks = 0

    def __contains__(self, part: object) -> bool:
        type(self).looks += 1
        return super().__contains__(part)  # type: ignore[operator]


def test_places_of_a_mapping_are_found_once() -> None:
    text = "".join(f"k{n}: {n}\n" for n in range(MANY))
    [document] = parse_yaml(text.encode(), "x.yaml").documents
    assert isinstance(document.marks, MappingMarks)
    data = Counted(document.data)
    top = Place("x.yaml", data, document.marks)
    assert [find([top], (f"k{n}",))[0].source.line for n in range(MANY)] == [*range(1, MANY + 1)]
    assert data.looks == 1


def test_a_file_is_searched_once_for_all_of_its_documents(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    read = yaml.read_yaml

    def counted(*words: Any) -> yaml.YamlFile:
        file = read(*words)
        file.text = CountedText(file.text)
        return file

    monkeypatch.setattr(project, "read_yaml", counted)
    one = HEAD.replace("glossary:", "glosary:")
    texts = "---\n".join(one.replace("name: a", f"name: a{n}") for n in range(MANY))
    findings = load({"a.yaml": texts}, process_env={}).findings
    assert len(findings) >= MANY
    assert 0 < CountedText.looks < 10


def test_unknown_fields_of_one_mapping_do_not_look_at_all_of_it_each(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Counted] = []
    check = project.validate

    def counted(subject: Any) -> Any:
        seen.append(Counted(subject.data))
        return check(type(subject)(subject.model, seen[-1], subject.layers, subject.written, subject.prefix))

    monkeypatch.setattr(project, "validate", counted)
    findings = load({"a.yaml": HEAD + "".join(f"  x{n}: 1\n" for n in range(MANY))}).findings
    assert [finding.code for finding in findings] == ["manifest.unknown_field"] * MANY
    assert seen[0].looks < 10


def test_duplicate_keys_name_the_first_line_by_one_look() -> None:
    looks = 0

    class Pairs(list[Any]):
        def __iter__(self) -> Iterator[Any]:
            nonlocal looks
            looks += 1
            return super().__iter__()

        def __reversed__(self) -> Iterator[Any]:
            nonlocal looks
            looks += 1
            return super().__reversed__()

    findings: list[Any] = []
    text = "".join(f"k{n % 2}: 1\n" for n in range(MANY))
    composer = Composer(text, 100)
    assert composer.check_node()
    node = composer.get_node()
    assert isinstance(node, MappingNode)
    node.value = Pairs(node.value)
    Builder("x.yaml", text, findings, 100).build(node)
    assert len(findings) == MANY - 2
    assert "line 1 already sets it" in findings[0].summary
    assert "line 2 already sets it" in findings[1].summary
    assert looks == 2


def test_what_is_explained_is_looked_up_and_not_compared() -> None:
    class Steps(tuple[str, ...]):
        compared = 0

        def __eq__(self, other: object) -> bool:
            Steps.compared += 1
            return tuple.__eq__(self, other)

        __hash__ = tuple.__hash__

    explained: set[Any] = {Steps(("terms", str(n))) for n in range(MANY)}
    for n in range(MANY):
        assert project._is_explained(("terms", str(n), "name"), explained)
        assert not project._is_explained(("other", str(n)), explained)
    assert Steps.compared <= 2 * MANY
