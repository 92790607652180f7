"""Mutations: whatever is dropped on the way of a field, what is told of the fields is no longer the same."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

import reconciler.kinds
from reconciler.desired import wishes as desired
from reconciler.kinds import kinds
from reconciler.kinds.base import World
from reconciler.kinds.declarations import CONCEPT
from reconciler.manifest import project
from reconciler.manifest.documents import Document
from reconciler.manifest.project import Project
from reconciler.resources.base import Desired
from reconciler.resources.keys import field_of

from .fields import ENTRY, ITEM, SpecField, spec_fields
from .seen import Bench
from .told import NOTHING, Told, fields_of, is_nothing, prepared, reviewed, told_everywhere

pytestmark = pytest.mark.long

_ONE_OF_THEM = "a policy lets see one of the two besides, and is refused where it has neither"
AS_TEXT = {
    "Webhook previous.env": "looked up on the allow-list in the text, before there is a spec that has the field",
    "MaskingPolicy also_view.keys": _ONE_OF_THEM,
    "MaskingPolicy also_view.vocabulary": _ONE_OF_THEM,
}
WRITTEN = [field for field in spec_fields() if not reviewed(field, {**NOTHING, **AS_TEXT})]
_RULE = "reconciler.kinds.glossary_mapping.rule"
_ROWS = "reads rows of files, which are no fields of a document: tests/scenarios/test_asset_files.py"
SAME_WITHOUT = {
    **{f"reconciler.kinds.asset.reading.{word}": _ROWS for word in ("_LISTS", "_MAPPINGS", "_FIELDS", "_OF_COLUMNS")},
    f"{_RULE}_checks._OF_GIT": "says what is refused beside a rule, and no stage has a rule beside it",
    f"{_RULE}_checks._PATTERNS": "says which patterns are refused, and all of the stages are sound",
    f"{_RULE}_checks._PLACEHOLDERS": "says which placeholders are refused, and all of the stages are sound",
    f"{_RULE}_filters.LINE": "says in which line something stands, and lines are not told",
    f"{_RULE}_scene.LINE": "says in which line something stands, and lines are not told",
    "reconciler.kinds.export_contract.options._BY_FORM connection": "every form of delivery has a connection",
    "reconciler.kinds.export_contract.schema.PARTS": "says in which line something stands, and lines are not told",
}
"""Names in lists of the product, `module.list name` or all of a list, that nothing told depends on, and why."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with prepared(tmp_path_factory.mktemp("fields")) as bench:
        yield bench


@pytest.fixture(scope="module")
def sound(bench: Bench) -> Mapping[SpecField, Told]:
    """What is told of every field of the product as it is."""
    return {field: told_everywhere(bench, field) for field in spec_fields()}


# -- the field is never read -----------------------------------------------------------------------------------


@pytest.mark.parametrize("field", WRITTEN, ids=str)
def test_a_field_that_is_not_read(field: SpecField, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    blind(field, monkeypatch)
    bench.forget()
    assert is_nothing(told_everywhere(bench, field))


def blind(field: SpecField, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes every spec look as if the field were not written; one that must be is the same in all specs."""
    load, first = project.load_project, dict[Any, Any]()

    def loaded(*args: Any, **options: Any) -> Project:
        found = load(*args, **options)
        for document in found.documents:
            if document.kind == field.kind and document.spec is not None:
                for place, holder in _places(document.spec, field.above, field.model):
                    default = field.info.get_default(call_default_factory=True)
                    required = field.info.is_required()
                    now = holder.__dict__[field.name]
                    holder.__dict__[field.name] = (
                        first.setdefault((document.name, *place), now) if required else default
                    )
                    if not required:
                        holder.model_fields_set.discard(field.name)
        return found

    monkeypatch.setattr(project, "load_project", loaded)


def _places(
    spec: Any, steps: tuple[str, ...], model: type[BaseModel], place: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], BaseModel]]:
    """The parts of a spec at a path that are of the model, each with where it is."""
    if not steps:
        if isinstance(spec, model):
            yield place, spec
        return
    step, *rest = steps
    inner: list[tuple[Any, Any]] = []
    if step == ITEM and isinstance(spec, tuple):
        inner = list(enumerate(spec))
    elif step == ENTRY and isinstance(spec, dict):
        inner = list(spec.items())
    elif isinstance(spec, BaseModel):
        fields = type(spec).model_fields.items()
        inner = [(step, getattr(spec, name)) for name, info in fields if step == (info.alias or name)]
    for at, one in inner:
        yield from _places(one, tuple(rest), model, (*place, at))


# -- a value is not sent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", kinds())
def test_a_value_that_is_not_sent(
    kind: str, bench: Bench, sound: Mapping[SpecField, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    unnoticed = []
    for value in sorted({value for field in fields_of(kind) for value in _sent(sound[field])}):
        with monkeypatch.context() as mutation:
            drop(value, mutation)
            bench.forget()
            for field in (field for field in fields_of(kind) if value in _sent(sound[field])):
                if not noticed(bench, [field], sound):
                    unnoticed.append((str(field), value))
    assert unnoticed == []


def drop(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes all documents forget one value, `purview.term.summary`, of the resources that they want."""
    type_name, _, name = value.rpartition(".")
    wants = desired._wants

    def without(document: Document, world: World) -> Iterator[Desired]:
        for want in wants(document, world):
            if want.type.full_name == type_name:
                want.values = {path: kept for path, kept in want.values.items() if field_of(path) != name}
            yield want

    monkeypatch.setattr(desired, "_wants", without)


def _sent(told: Told) -> set[str]:
    """The values of resources that a field changes, or that come and go with it."""
    effects = {one for found in told.values() for one in found}
    changed = {one for one in effects if " " not in one}
    there = (one.removesuffix(")").partition(" (is there: ") for one in effects)
    return changed | {f"{type_name}.{name}" for type_name, _, names in there for name in names.split()}


# -- a name is dropped from a list -----------------------------------------------------------------------------


def lists_of_fields(*, pulling: bool) -> Iterator[tuple[Any, str, str]]:
    """Each name of a field in a list of the kinds, as (module, list, name): those that hold nothing but such names.

    On the way from manifests to what is wanted, or back from what is live (`pulling`).
    """
    names = {field.name for field in spec_fields()}
    for info in pkgutil.walk_packages(reconciler.kinds.__path__, "reconciler.kinds."):
        if info.name.rpartition(".")[2].startswith("pull") is not pulling:
            continue
        module = importlib.import_module(info.name)
        read = _read_by_functions(module)
        for word, value in vars(module).items():
            listed = word in read and isinstance(value, tuple | frozenset | dict) and value is not CONCEPT  # a path
            if listed and value and all(isinstance(one, str) and one in names for one in value):
                yield from ((module, word, one) for one in sorted(value))


def _read_by_functions(module: ModuleType) -> set[str]:
    """The names of a module that its functions read when they run."""
    functions = (node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.FunctionDef))
    return {node.id for function in functions for node in ast.walk(function) if isinstance(node, ast.Name)}


LISTED = list(lists_of_fields(pulling=False))


@pytest.mark.parametrize(("module", "word", "name"), LISTED, ids=lambda one: getattr(one, "__name__", one))
def test_a_name_that_is_dropped_from_a_list(
    module: Any, word: str, name: str, bench: Bench, sound: Mapping[SpecField, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, word, without(getattr(module, word), name))
    bench.forget()
    named = [field for field in spec_fields() if field.name == name]
    listed = f"{module.__name__}.{word}"
    assert noticed(bench, named, sound) != bool({listed, f"{listed} {name}"} & SAME_WITHOUT.keys())


def noticed(bench: Bench, fields: Iterable[SpecField], sound: Mapping[SpecField, Told]) -> bool:
    """Whether something else is told of the fields, or nothing can be told any more."""
    try:
        return any(told_everywhere(bench, field) != sound[field] for field in fields)
    except (AttributeError, LookupError, TypeError, ValueError):
        return True


def without(names: Any, name: str) -> Any:
    if isinstance(names, dict):
        return {one: value for one, value in names.items() if one != name}
    return type(names)(one for one in names if one != name)
