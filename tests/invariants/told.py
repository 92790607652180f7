"""What each field of every spec does, on every stage that has a place for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from reconciler.resources.cluedin.settings import TERMS_TO_VOCABULARIES
from reconciler_sandbox.cluedin.world import SETTING, VOCABULARY, fixed_id
from reconciler_sandbox.server import Sandbox, running

from ..support import Project
from .documents import SCANS, THERE
from .fields import SpecField, spec_fields
from .seen import Bench
from .stages import STAGES, Stage

NOTHING = {
    "Webhook previous": "nobody signs records, and what `watch` signs with is told in tests/watch",
    "Webhook previous.version": "the same",
    "Webhook previous.vault": "the same",
    "Webhook previous.secret": "the same",
    "Webhook secret": "the same",
    "Webhook secret.": "the same",
    "Asset from.expect.max_shrink_percent": "is held against the ledger: tests/scenarios/test_asset_files.py",
    "CleanProject rules": "counts rules that cleaning made, and there are none here: tests/scenarios tell",
    "Crawler config{}.file": "the one crawler of the sandbox has no option for a longer text",
}
"""Fields, or the beginnings of their paths, that change nothing at all, and why that is right."""
ONLY_REFUSED = {
    "Asset from.expect": "says when a file is too short to be believed",
    "Asset from.expect.min_rows": "says so",
    "DataSourceLink asset.missing": "says whether it is an error that no scan found the asset",
    "DataSourceLink data_set.type": "`sql` comes later, so there is one value",
    "DataSourceLink map.columns{}.ignore": "stands instead of `key`: without either the column is refused",
    "DataSourceLink stewards": "is there to say that assets have owners",
    "ExportContract name": "must be the name in `metadata`",
    "ExportContract columns[].name": "must be the name that the connector gives",
    "Crawler config": "the one crawler of the sandbox has no option but its secret",
    "Crawler secrets": "the one crawler of the sandbox has one secret, which it needs",
    "Crawler provider": "each connector has options of its own, and the sandbox has one crawler",
    "Webhook previous.env": "its name must be on the allow-list, and no more is done with it here",
    "Webhook for": "is read by `watch`, as tests/watch tell",
    "Webhook via": "the events say which way they go; another one is refused",
    "Enricher provider": "each connector has options of its own, and the sandbox has one enricher",
    "AiAgent allow_auto_approved": "says whether it is an error that a skill approves what it finds",
    "AiAgent allow_labels": "says which labels keys may carry; which of them are approved follows from the keys",
    "AiAgent prompt_logging": "is verified by what CluedIn shows of runs",
    "AiAgent agent": "must be the name in `metadata`",
    "AiAgent scope.masked_by": "is verified: no policy of the sandbox masks what the agent reads",
    "MaskingPolicy policy": "must be the name in `metadata`",
    "Setting expect": "is read and compared, and never written",
    "Setting expect_features": "is read, as no call switches a feature",
    "GlossaryMapping allow_native": "says whether it is an error that CluedIn's own sync does the same",
    "GlossaryMapping source": "what else a document says fits one source alone",
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


def _beside(sandbox: Sandbox) -> None:
    """What rules can tell apart: vocabularies of a connector and inactive ones, and a sync of CluedIn that is on."""
    world = sandbox.cluedin._world
    product = next(one for one in world.all(VOCABULARY) if one["keyPrefix"] == "product")
    for name, more in {"Shipped": {"isProvider": True}, "Resting": {"isActive": False}}.items():
        new = {"vocabularyId": fixed_id(name), "vocabularyName": name, "keyPrefix": name.lower()}
        world.put(VOCABULARY, {**product, **new, **more})
    world.put(SETTING, {**(world.get(SETTING, TERMS_TO_VOCABULARIES) or {}), "value": "true"})


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
        _beside(sandbox.sandbox)
        bench = Bench(root / "seen", sandbox.url)
        yield bench
        bench.close()
