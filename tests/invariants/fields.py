"""Every field of every spec, by discovery: its path, and another valid value than the one that it has."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from reconciler.kinds import kinds

Data = dict[str, Any]
ITEM, ENTRY = "[]", "{}"
WORDS = (
    "another",
    "Another",
    "/Another",
    "https://another.example.com",
    "https://third.example.com",
    "another.word",
    "0 6 * * *",
)


@dataclass(frozen=True)
class SpecField:
    """A field of a model that the `spec` of a kind is made of."""

    kind: str
    above: tuple[str, ...]
    """The steps to the model from the top of the `spec`; `[]` is any item of a list, `{}` any entry of a mapping."""
    model: type[BaseModel]
    name: str

    @property
    def info(self) -> FieldInfo:
        return self.model.model_fields[self.name]

    @property
    def word(self) -> str:
        """How people write it."""
        return self.info.alias or self.name

    @property
    def path(self) -> str:
        """`terms[].annotations.required`."""
        return ".".join((*self.above, self.word)).replace(".[]", "[]").replace(".{}", "{}")

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"


def spec_fields() -> list[SpecField]:
    """Every field of every spec, each where it stands."""
    return [field for kind, room in kinds().items() for field in _below(kind, (), room.manifest)]


def _below(
    kind: str, above: tuple[str, ...], model: type[BaseModel], within: tuple[type[BaseModel], ...] = ()
) -> Iterator[SpecField]:
    """The fields of a model and of those in it; what may contain itself is told once."""
    for name, info in model.model_fields.items():
        field = SpecField(kind, above, model, name)
        yield field
        for steps, part in dict.fromkeys(_models(info.annotation)):
            if part not in (*within, model):
                yield from _below(kind, (*above, field.word, *steps), part, (*within, model))


def _models(annotation: Any) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    """The models in an annotation, with the steps that lead to each."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield (), annotation
    elif origin is Annotated:
        yield from _models(parts[0])
    elif origin in (Union, types.UnionType):
        for part in parts:
            yield from _models(part)
    elif origin is tuple:
        yield from (((ITEM, *steps), model) for steps, model in _models(parts[0]))
    elif origin is dict:
        yield from (((ENTRY, *steps), model) for steps, model in _models(parts[1]))


@dataclass(frozen=True)
class Examples:
    """Values that must fit others, by `Kind path`; all others are built from the models."""

    values: Mapping[str, tuple[Any, ...]]
    beside: Mapping[str, Data]
    """What must stand beside a field for it to mean anything."""

    def pair(self, field: SpecField, spec: Data) -> tuple[Data, Data]:
        """Two valid specs that differ in the field alone: with another value of it, or without it and with it."""
        before = _copy(spec)
        self._holder(field, before).update(_copy(self.beside.get(str(field), {})))
        after = _copy(before)
        holder = self._holder(field, after)
        other = self._other(field, holder.get(field.word))
        if other is not None:
            holder[field.word] = other
        elif field.word in holder and not field.info.is_required():
            del self._holder(field, before)[field.word]
        elif len(get_args(field.info.annotation)) != 1:  # else it has one value: the two are the same
            raise AssertionError(f"no other value for {field}; add an example")
        return before, after

    def _holder(self, field: SpecField, spec: Data) -> Data:
        """Where the field stands, or may stand; made where there is no such place yet."""
        found = list(_holders(spec, field.above, field.model))
        if found:
            return next((one for one in found if field.word in one), found[0])
        *above, last = _named(field.above)
        outer: Any = spec
        for step in above:
            if step in (ITEM, ENTRY):
                outer = next(iter(outer.values() if step == ENTRY else outer))
            else:
                outer = outer.setdefault(step, {})
        made = self._minimal(field.kind, field.above, field.model)
        wrapped = {ITEM: [made], ENTRY: {"another": made}}.get(field.above[-1], made)
        outer[last] = wrapped
        return made

    def _minimal(self, kind: str, above: tuple[str, ...], model: type[BaseModel]) -> Data:
        fields = [SpecField(kind, above, model, name) for name in model.model_fields]
        return {field.word: self._other(field, None) for field in fields if field.info.is_required()}

    def _other(self, field: SpecField, now: Any) -> Any:
        info = field.info
        adapter = TypeAdapter(Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation)
        ruled_out = [now, info.get_default(call_default_factory=True)]
        for value in (*self.values.get(str(field), ()), *self._candidates(field, info.annotation)):
            try:
                if value not in ruled_out and adapter.validate_python(value) not in ruled_out:
                    return value
            except ValidationError:
                continue
        return None

    def _candidates(self, field: SpecField, annotation: Any) -> Iterator[Any]:
        origin, parts = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            yield from self._candidates(field, parts[0])
        elif origin is Literal:
            yield from parts
        elif origin in (Union, types.UnionType):
            for part in parts:
                yield from self._candidates(field, part)
        elif origin is tuple:
            yield from ([value] for value in self._candidates(field, parts[0]))
        elif origin is dict:
            yield from ({"another": value} for value in self._candidates(field, parts[1]))
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            above = (*field.above, field.word)
            least = self._minimal(field.kind, above, annotation)
            if annotation is field.model:  # which may contain itself
                yield least
                return
            inner = [SpecField(field.kind, above, annotation, name) for name in annotation.model_fields]
            yield from ({**least, one.word: other} for one in inner if (other := self._other(one, None)) is not None)
        else:
            yield from {bool: (True, False), int: (7, 70), float: (0.5,), str: WORDS, Any: WORDS}.get(annotation, ())


def _named(steps: tuple[str, ...]) -> tuple[str, ...]:
    """The steps to what holds a model, without the last list or mapping."""
    return steps[:-1] if steps[-1] in (ITEM, ENTRY) else steps


def _holders(data: Any, steps: tuple[str, ...], model: type[BaseModel]) -> Iterator[Data]:
    """The mappings at a path that are of the model."""
    if not steps:
        known = {info.alias or name for name, info in model.model_fields.items()}
        if isinstance(data, dict) and data.keys() <= known:
            yield data
        return
    step, *rest = steps
    if step == ITEM:
        inner = data if isinstance(data, list) else []
    elif step == ENTRY:
        inner = list(data.values()) if isinstance(data, dict) else []
    else:
        inner = [data[step]] if isinstance(data, dict) and step in data else []
    for one in inner:
        yield from _holders(one, tuple(rest), model)


def _copy(data: Data) -> Data:
    """The same, of which no two places are one object."""
    return orjson.loads(orjson.dumps(data))
