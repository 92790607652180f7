"""Texts that people write in several kinds."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from reconciler.resources.spelling import composed

Text = Annotated[str, Field(min_length=1), AfterValidator(composed)]
"""A name, in one form of Unicode, so that it is one name however an editor wrote it."""
Verbatim = Annotated[str, Field(min_length=1)]
"""A name that somebody else gave and that stands as it is."""
Names = tuple[Text, ...]
