"""What plan and result have in common: values of a certain form, and findings."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from reconciler.saved.words import Severity

OPEN = ConfigDict(extra="allow", use_attribute_docstrings=True)
"""Minor versions add members, so readers ignore those that they do not know."""

Version = Annotated[str, Field(pattern=r"^1\.\d+$")]
Address = Annotated[str, Field(pattern=r"^[a-z_0-9]+\.[a-z_0-9]+:")]
Digest = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, description="How many.")]
Line = Annotated[int, Field(ge=0)]
Column = Annotated[int, Field(ge=1)]


@with_config(OPEN)
class Diagnostic(TypedDict):
    """One finding."""

    severity: Severity
    """How grave it is."""
    code: str
    """A stable dotted word."""
    summary: str
    """What is wrong, in a sentence."""
    detail: NotRequired[str]
    """What to do."""
    file: NotRequired[str]
    """The manifest file."""
    line: NotRequired[Line]
    """The line in the file, from 1; 0 for unknown."""
    column: NotRequired[Column]
    """The column in the line, from 1."""
    address: NotRequired[Address]
    """The resource it is about."""
    request_id: NotRequired[str]
    """The request to quote to the vendor."""
    document: NotRequired[str]
    """The document that is held back because of it: `Kind/name`."""
