"""What each field of every spec does, on every stage that has a place for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from reconciler_sandbox.server import running

from ..support import Project
from .documents import SCANS, THERE
from .fields import SpecField, spec_fields
from .seen import Bench
from .stages import STAGES, Stage

NOTHING = {
    "GlossaryMapping source": "has one value until concepts can be derived from what is in a system",
}
"""Fields, or the beginnings of their paths, that change nothing at all, and why that is right."""
ONLY_REFUSED = {
    "DataSourceLink asset.missing": "says whether it is an error that no scan found the asset",
    "DataSourceLink data_set.type": "`sql` comes later, so there is one value",
    "DataSourceLink map.columns{}.ignore": "stands instead of `key`: without either the column is refused",
    "DataSourceLink stewards": "is there to say that assets have owners",
    "ExportContract name": "must be the name in `metadata`",
    "ExportContract columns[].name": "must be the name that the connector gives",
    "LabelMap on_unmapped": "says whether it is an error that no map knows a label",
}
"""Fields that decide only whether something is refused, and why that is right."""

Told = dict[str, list[str]]
"""What a field does, sorted, by what the stage is about."""


def fields_of(kind: str) -> list[SpecField]:
    """The fields of one kind."""
    return [field for field in spec_fields() if field.kind == kind]


def stages_of(field: SpecField) -> list[Stage]:
    """The stages that a field is told on."""
    return [stage for stage in STAGES if stage.tells(field)]


def told(bench: Bench, field: SpecField, stage: Stage) -> list[str]:
    """What a field does on a stage."""
    before, after = stage.examples.pair(field, stage.spec)
    return sorted(set(bench.see(stage, before).effects(bench.see(stage, after))))


def told_everywhere(bench: Bench, field: SpecField) -> Told:
    """What a field does on each of its stages."""
    return {stage.about: told(bench, field, stage) for stage in stages_of(field)}


def is_nothing(found: Told) -> bool:
    """Whether a field changes nothing on any stage."""
    return not any(found.values())


def is_refusal(found: Told) -> bool:
    """Whether a field changes nothing but findings, on stages where something is refused."""
    effects = [one for effects in found.values() for one in effects]
    return bool(effects) and all(one.endswith("(refused)") for one in effects)


def reviewed(field: SpecField, among: dict[str, str]) -> str | None:
    """The entry of a reviewed list that a field stands in."""
    name = str(field)
    return next((entry for entry in among if entry == name or (entry[-1] == "." and name.startswith(entry))), None)


@contextmanager
def prepared(root: Path) -> Iterator[Bench]:
    """A sandbox in which a scan found files and an export target was made, and a bench to look at projects on it."""
    with running(seed="demo") as sandbox:
        made = Project(root / "made", sandbox.url)
        for scan in SCANS:
            made.http("POST", "/_sandbox/scan", json=scan)
        document = {
            "apiVersion": "reconciler/v1",
            "kind": "ExportContract",
            "metadata": {"name": "there"},
            "spec": THERE,
        }
        made.write("there.yaml", orjson.dumps(document).decode())
        assert made.apply().complete
        bench = Bench(root / "seen", sandbox.url)
        yield bench
        bench.close()
