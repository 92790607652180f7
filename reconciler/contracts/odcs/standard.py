"""The standard's own JSON Schema, and what in a file does not agree with it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

VERSION = "v3.1.0"
KIND = "DataContract"
READ = ("v3.0.0", "v3.0.1", "v3.0.2", VERSION)
"""Versions that can be read: each file of 3.0 is one of 3.1 but for a few bounds that contracts do not have."""


@cache
def json_schema() -> dict[str, Any]:
    """The JSON Schema of the standard; see the NOTICE beside it."""
    found: dict[str, Any] = orjson.loads(
        files("reconciler.contracts.odcs").joinpath(f"odcs-json-schema-{VERSION}.json").read_bytes()
    )
    return found


def problems(data: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What the JSON Schema says against a file: a path and a sentence each, most telling first."""
    from jsonschema import Draft201909Validator

    found = list(Draft201909Validator(json_schema()).iter_errors(data))
    # a part that fails makes all of its keys unknown too, which says nothing more
    told = [one for one in found if one.validator != "unevaluatedProperties"]
    places = {tuple(one.absolute_path) for one in told}
    for error in told or found:
        yield tuple(error.absolute_path), error.message
    for error in found if told else ():
        here = tuple(error.absolute_path)
        if error.validator == "unevaluatedProperties" and not any(one[: len(here)] == here for one in places):
            yield here, error.message
