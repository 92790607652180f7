"""What a model wants at a path of its data, read from its annotations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, RootModel
from pydantic.fields import FieldInfo

from reconciler.manifest.marks import Path


def wanted(model: Any, path: Path) -> list[Any]:
    """The types that may stand at `path`, unions taken apart; empty when the model has no such path."""
    types = list(_members(model))
    for step in path:
        types = [member for kind in types for below in _below(kind, step) for member in _members(below)]
    return types


def field_names(types: Iterable[Any]) -> set[str]:
    """The names under which the fields of these models are written."""
    return {
        name
        for kind in types
        if _is_model(kind)
        for field, info in kind.model_fields.items()
        for name in _written_names(field, info)
    }


def wants(types: Iterable[Any], *kinds: type) -> bool:
    """Whether one of the types is one of `kinds` itself."""
    return any(kind in kinds for kind in types)


def _members(annotation: Any) -> Iterable[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    elif hasattr(annotation, "__value__"):
        yield from _members(annotation.__value__)
    elif isinstance(annotation, TypeVar):
        yield Any
    elif _is_model(annotation) and issubclass(annotation, RootModel):
        yield from _members(annotation.model_fields["root"].annotation)
    else:
        yield annotation


def _below(kind: Any, step: str | int) -> Iterable[Any]:
    if _is_model(kind):
        for field, info in kind.model_fields.items():
            if step in _written_names(field, info):
                yield info.annotation
        return
    origin, arguments = get_origin(kind) or kind, get_args(kind)
    if not isinstance(origin, type):
        if kind is Any:
            yield Any
    elif issubclass(origin, Mapping):
        if isinstance(step, str):
            yield arguments[1] if len(arguments) == 2 else Any
    elif issubclass(origin, tuple):
        if isinstance(step, int) and arguments:
            yield arguments[0] if arguments[-1] is Ellipsis else arguments[min(step, len(arguments) - 1)]
    elif isinstance(step, int) and _is_listlike(origin):
        yield arguments[0] if arguments else Any


def _is_listlike(origin: type) -> bool:
    return issubclass(origin, (list, Set)) or origin.__name__ in ("Sequence", "Iterable", "Collection")


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and get_origin(kind) is None and issubclass(kind, BaseModel)


def _written_names(field: str, info: FieldInfo) -> set[str]:
    alias = info.validation_alias or info.alias
    if isinstance(alias, str):
        return {alias}
    if isinstance(alias, AliasChoices):
        return {choice for choice in alias.choices if isinstance(choice, str)}
    return {field}
