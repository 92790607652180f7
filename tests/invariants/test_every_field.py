"""Every field that people may write does something: it is sent, compared or checked, or a reviewed list says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from reconciler.kinds import kinds

from .fields import SpecField, spec_fields
from .seen import Bench
from .stages import STAGES
from .told import NOTHING, ONLY_REFUSED, Told, fields_of, is_nothing, is_refusal, prepared, reviewed, told_everywhere

Tell = Callable[[SpecField], Told]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with prepared(tmp_path_factory.mktemp("fields")) as bench:
        yield bench


@pytest.fixture(scope="module")
def tell(bench: Bench) -> Tell:
    return cache(lambda field: told_everywhere(bench, field))


@pytest.mark.parametrize("kind", kinds())
def test_every_field_does_something(tell: Tell, kind: str) -> None:
    nothing = {str(field) for field in fields_of(kind) if is_nothing(tell(field))}
    assert nothing == {str(field) for field in fields_of(kind) if reviewed(field, NOTHING)}


@pytest.mark.parametrize("kind", kinds())
def test_every_field_has_values_that_are_taken(tell: Tell, kind: str) -> None:
    refused = {str(field) for field in fields_of(kind) if is_refusal(tell(field))}
    assert refused == {str(field) for field in fields_of(kind) if reviewed(field, ONLY_REFUSED)}


@pytest.mark.parametrize("kind", kinds())
def test_where_every_field_goes(tell: Tell, kind: str, golden: Callable[[str, str], None]) -> None:
    lines = (
        f"{field.path}{f' ({about})' if about else ''}: {', '.join(effects) or '-'}"
        for field in fields_of(kind)
        for about, effects in tell(field).items()
    )
    golden(f"{kind}.fields.txt", "\n".join(lines) + "\n")


def test_the_reviewed_lists_name_fields_that_there_are() -> None:
    for among in (NOTHING, ONLY_REFUSED):
        assert {reviewed(field, among) for field in spec_fields()} - {None} == among.keys()


def test_the_same_again_tells_nothing(bench: Bench) -> None:
    for stage in STAGES:
        first = bench.see(stage, stage.spec)
        bench.forget()
        assert list(first.effects(bench.see(stage, stage.spec))) == []
