"""Every field that people may write is sent, compared or checked, or a reviewed list says why it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from reconciler.kinds import kinds

from .fields import spec_fields
from .seen import Bench
from .stages import STAGES
from .told import NOTHING, ONLY_REFUSED, fields_of, is_nothing, is_refusal, prepared, reviewed, told_everywhere


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with prepared(tmp_path_factory.mktemp("fields")) as bench:
        yield bench


@pytest.mark.parametrize("kind", kinds())
def test_every_field_does_something(bench: Bench, kind: str, golden: Callable[[str, str], None]) -> None:
    told = {field: told_everywhere(bench, field) for field in fields_of(kind)}
    nothing = {str(field) for field in told if is_nothing(told[field])}
    assert nothing == {str(field) for field in told if reviewed(field, NOTHING)}
    refused = {str(field) for field in told if is_refusal(told[field])}
    assert refused == {str(field) for field in told if reviewed(field, ONLY_REFUSED)}
    lines = (
        f"{field.path}{f' ({about})' if about else ''}: {', '.join(effects) or '-'}"
        for field, found in told.items()
        for about, effects in found.items()
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
