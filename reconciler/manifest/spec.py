"""What people write below `spec:`, as data: unknown fields are refused, and what is not written is not managed."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

M = TypeVar("M")


class Spec(BaseModel):
    """The base of all that people write, and of every part of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    # Most runs read a few kinds of all that there are: the validator of each is made when its first document comes.

    def given(self, *names: str) -> dict[str, Any]:
        """The fields among `names` that the manifest mentions, with their values."""
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}

    @classmethod
    def marked(cls, mark: type[M]) -> dict[str, M]:
        """The fields that carry such a mark in their `Annotated[...]`, in order, each with its mark."""
        fields = cls.model_fields.items()
        return {name: one for name, field in fields for one in field.metadata if isinstance(one, mark)}


class Manifest(Spec):
    """The whole `spec` of a document.

    A subclass must set `kind`, and carry a docstring that ends with an example manifest (`Example::` and an
    indented block that starts with `apiVersion:`).
    """

    kind: ClassVar[str]
    """The word after `kind:`."""
    elsewhere: ClassVar[Mapping[str, str]] = {}
    """Words that people write into such a `spec` and that do not belong there, with what to do instead."""
    instead_of: ClassVar[Mapping[str, str]] = {}
    """Kinds that do not exist and that people mean this one by, with what to do instead."""


def example(manifest: type[Manifest]) -> str:
    """The example at the end of the docstring: the indented block after `Example::`."""
    return textwrap.dedent((inspect.getdoc(manifest) or "").partition("Example::\n")[2]).strip() + "\n"
