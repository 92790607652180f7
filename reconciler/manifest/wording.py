"""What fields are for, as the sentences below them in their models say: read where a schema is made, and nowhere else.

To find them means to parse the source of every model, which takes longer than most runs have.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelFieldsSchema, ModelSchema


class Worded(GenerateJsonSchema):
    """A JSON Schema whose properties are described by the docstrings of the fields."""

    _model: type[BaseModel] | None = None

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """The schema of one model, and of those that its fields name."""
        outer, self._model = self._model, cast("type[BaseModel]", schema["cls"])
        made = super().model_schema(schema)
        self._model = outer
        return made

    def model_fields_schema(self, schema: ModelFieldsSchema) -> JsonSchemaValue:
        """The properties of the model, each with what it is for: before the model adds words of its own."""
        made = super().model_fields_schema(schema)
        model = self._model
        if model is None:
            return made
        for name, field in model.model_fields.items():
            shown = made.get("properties", {}).get(field.alias or name)
            if shown is not None and field.description is None and (sentence := sentence_of(model, name)):
                title = {"title": shown.pop("title")} if "title" in shown else {}
                shown |= {"description": sentence, **title}
        return made


def sentence_of(model: type[Any], name: str) -> str:
    """The docstring of a field, where the field was written last; empty where there is none."""
    owner = next((one for one in model.__mro__ if name in vars(one).get("__annotations__", ())), None)
    return _sentences(owner).get(name, "") if owner is not None else ""


@cache
def _sentences(model: type[Any]) -> dict[str, str]:
    """The docstrings of the fields that a class adds, by name."""
    [written] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(cast("ast.ClassDef", written).body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
