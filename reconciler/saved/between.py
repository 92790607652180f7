"""What disagrees between the two systems: what `drift --between --format json` prints."""

from __future__ import annotations

from typing import Literal, NotRequired

from pydantic import with_config
from typing_extensions import TypedDict

from reconciler.saved.parts import OPEN, Address, Count, Line, Version

Because = Literal["manifest", "ledger", "stamp", "name"]
"""What pairs a thing of one system with one of the other, the surest first."""


@with_config(OPEN)
class Side(TypedDict):
    """What one system has."""

    address: Address
    """The resource, or the one that would hold what is missing: `system.type:key`."""
    value: str
    """What it says, as plain text; empty where it has nothing."""


@with_config(OPEN)
class Disagreement(TypedDict):
    """Two things that belong together and do not say the same, or one without the other."""

    code: str
    """A stable dotted word."""
    purview: Side
    """The side of Purview."""
    cluedin: Side
    """The side of CluedIn."""
    paired_by: Because
    """What pairs the two."""
    because: str
    """The same in a sentence."""
    sentence: str
    """What disagrees, in a sentence."""
    advice: str
    """What to do."""
    file: NotRequired[str]
    """The manifest that is about it."""
    line: NotRequired[Line]
    """The line in the file, from 1; 0 for unknown."""


@with_config(OPEN)
class Ambiguous(TypedDict):
    """Something that has several counterparts, and so was compared with none."""

    address: Address
    """The resource: `system.type:key`."""
    candidates: list[str]
    """The addresses of what it may belong to."""
    why: str
    """Why nobody can tell, in a sentence."""


@with_config(OPEN)
class Left(TypedDict):
    """What was left out, and why."""

    why: str
    """The reason, in words."""
    count: Count


@with_config(OPEN)
class Pairs(TypedDict):
    """Numbers of pairs by what pairs them."""

    manifest: Count
    ledger: Count
    stamp: Count
    name: Count


@with_config(OPEN)
class Between(TypedDict):
    """What disagrees between CluedIn and Purview."""

    format_version: Version
    """The version of this format."""
    tool_version: str
    """The version of the tool."""
    environment: str
    """The environment whose systems were compared."""
    environment_file: str
    """The file of the environment: the place of what no manifest is about."""
    pairs: Pairs
    """How many pairs were compared, by what pairs them."""
    agreeing: Count
    summary: dict[str, Count]
    """How many disagreements there are of each code."""
    disagreements: list[Disagreement]
    """All of them, by their place in Purview."""
    ambiguous: list[Ambiguous]
    """What has several counterparts, and so was compared with none."""
    left_out: list[Left]
    """What was not looked at."""
