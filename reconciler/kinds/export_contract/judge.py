"""What only the live systems tell about an export contract."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.export_contract.asset import asset_of, unknown_placeholders
from reconciler.kinds.export_contract.delivery import FIELD_OF_OPTION, mode_of
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schema import physical_schema
from reconciler.kinds.export_contract.secrets import secret_in_clear
from reconciler.kinds.project.exported import MODES, PropertyOf
from reconciler.kinds.project.filters import keys_in
from reconciler.kinds.project.labels import directory
from reconciler.kinds.project.references import live_entity_findings, live_key_findings
from reconciler.manifest.findings import Path, error, finding, info, warning
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.assets import ScannedAsset
from reconciler.questions.catalogue import Connector, Connectors
from reconciler.questions.outbound import LiveTarget, StreamNamed, StreamProperties, TargetNamed, TargetsCalled
from reconciler.resources import types
from reconciler.resources.keys import path_of, quote
from reconciler.systems.secrecy import is_secret


def judgements(contract: Contract) -> Iterator[Diagnostic]:
    """Everything that the answers of CluedIn and Purview tell."""
    if not contract.wanted:
        return
    document, world = contract.document, contract.world
    yield from live_entity_findings(document, world, ("entity",), contract.spec.entity or "")
    for at, column in contract.columns():
        if isinstance(column.from_, str):
            yield from live_key_findings(document, world, ("columns", at, "from"), column.from_)
    for at, key in keys_in(contract.spec.where):
        yield from live_key_findings(document, world, ("where", at, "key"), key)
    yield from _properties(contract)
    yield from _connector(contract)
    yield from _target(contract)
    yield from _state(contract)
    yield from _asset(contract)


def _properties(contract: Contract) -> Iterator[Diagnostic]:
    names: tuple[str, ...] = contract.world.answers.of(StreamProperties()) or ()
    columns = physical_schema(contract).columns
    for at, column in contract.columns() if names else ():
        if isinstance(column.from_, PropertyOf) and not columns[at].system and column.from_.property not in names:
            yield error(
                contract.document,
                ("columns", at, "from"),
                "contract.property",
                f"Streams have no property `{column.from_.property}`",
                did_you_mean(column.from_.property, names, what="Properties are"),
            )


def _connector(contract: Contract) -> Iterator[Diagnostic]:
    rows: tuple[Connector, ...] | None = contract.world.answers.of(Connectors())
    if rows is None:
        return
    connector, target = contract.connector, contract.delivery.target
    path: Path = ("delivery", "target", "provider") if target.provider is not None else contract.at("type")
    if connector is None:
        known = [row.name for row in rows if row.modes]
        yield error(
            contract.document,
            path,
            "contract.provider",
            f"CluedIn has no connector `{contract.provider}`",
            did_you_mean(contract.provider, known, what="Installed are"),
        )
        return
    mode = MODES[mode_of(contract.form, contract.delivery)]
    if mode not in connector.modes:
        modes = ", ".join(word for word, name in MODES.items() if name in connector.modes) or "none"
        yield error(
            contract.document,
            contract.at("mode"),
            "contract.mode",
            f"`{connector.name}` takes no streams in this mode",
            f"Its modes are: {modes}.",
        )
    yield from _options(contract, connector)


def _options(contract: Contract, connector: Connector) -> Iterator[Diagnostic]:
    target = contract.delivery.target
    names = [one.name for one in connector.options]
    if not target.manage or not names:
        return
    for name in (*contract.options, *target.secrets):
        group = "secrets" if name in target.secrets else "config"
        own: Path = ("delivery", "target", group, name)
        path = (
            own if name in target.config or name in target.secrets else contract.at(FIELD_OF_OPTION.get(name, "type"))
        )
        option = connector.option(name)
        if option is None:
            yield error(
                contract.document,
                path,
                "contract.option",
                f"`{connector.name}` has no option `{name}`",
                did_you_mean(name, names, what="Its options are"),
            )
        elif option.is_secret and group == "config":
            if not is_secret(name, contract.options[name]):  # which is told without the catalogue
                yield secret_in_clear(contract, name)
        elif option.type != "password" and group == "secrets":
            yield warning(
                contract.document,
                path,
                "provider.secret",
                f"`{name}` is no secret to CluedIn: its form shows it in clear to whoever may see the target",
                "It stays a secret here: no plan, report or log shows it.",
            )
    is_there = _is_there(contract)
    for option in connector.options:
        if option.is_secret and is_there:
            continue  # it has the one that somebody gave it, and keeps it
        if option.required and option.name not in contract.options and option.name not in target.secrets:
            yield warning(
                contract.document,
                ("delivery", "target") if contract.merged.mentions("target") else ("delivery",),
                "contract.option_missing",
                f"`{connector.name}` asks for `{option.name}`",
                f"Write it in `target.{'secrets' if option.is_secret else 'config'}`.",
            )


def _is_there(contract: Contract) -> bool:
    """Whether the target is there already, where that was asked."""
    rows: tuple[LiveTarget, ...] = contract.world.answers.of(TargetsCalled(contract.target_name)) or ()
    return any(f"{quote(row.connector)}/{quote(row.name)}" == contract.target_key for row in rows)


def _target(contract: Contract) -> Iterator[Diagnostic]:
    """A target that is only used must be there, and deliver what the contract says."""
    rows: tuple[LiveTarget, ...] | None = contract.world.answers.of(TargetNamed(contract.target_key))
    if contract.delivery.target.manage or rows is None:
        return
    path: Path = ("delivery", "target", "name")
    if len(rows) != 1:
        several = f" has {len(rows)} export targets" if rows else " has no export target"
        ids = f": {', '.join(sorted(row.id for row in rows))}" if rows else ""
        yield error(
            contract.document,
            path,
            "contract.target",
            f"CluedIn{several} `{contract.target_name}` of `{contract.provider}`{ids}",
            "Create it, or write `manage: true`." if not rows else "Their names must differ; rename one in CluedIn.",
        )
        return
    config = types()["cluedin.export_target"].field(path_of("config", "any"))
    for name, value in contract.options.items():
        live = rows[0].config.get(name)
        as_text = isinstance(live, str) and isinstance(value, bool)
        if as_text or config.canonical(value) != config.canonical(live):
            yield error(
                contract.document,
                contract.at(FIELD_OF_OPTION.get(name, "target")),
                "contract.target_differs",
                f"The export target `{contract.target_name}` has `{name}` {_shown(live)}, not {_shown(value)}",
                "It is used and not written (`manage: false`): change one of the two.",
            )


def _state(contract: Contract) -> Iterator[Diagnostic]:
    live = contract.world.answers.of(StreamNamed(contract.stream_key))
    wanted, path = contract.delivery.state, contract.at("state")
    if live is None:
        return
    if contract.spec.status == "draft" and "started" in live:
        yield warning(
            contract.document,
            ("status",),
            "contract.draft_runs",
            f"The contract is a draft, and its stream `{contract.name}` runs",
            "Stop the stream in CluedIn, or write `status: active`.",
        )
    elif wanted in ("paused", "stopped") and not any(state != "new" for state in live):
        yield info(
            contract.document,
            path,
            "contract.never_ran",
            f"The stream `{contract.name}` never ran, so there is nothing to bring to `{wanted}`",
            "It sends nothing as it is.",
        )
    elif wanted == "paused" and "stopped" in live:
        yield error(
            contract.document,
            path,
            "contract.state",
            f"The stream `{contract.name}` is stopped, and CluedIn pauses only what runs",
            "Write `state: stopped`, or start it first.",
        )


def _asset(contract: Contract) -> Iterator[Diagnostic]:
    if contract.purview is None:
        return
    found, path = asset_of(contract), contract.at("asset") if contract.merged.mentions("asset") else ("delivery",)
    if found.missing:
        yield warning(
            contract.document,
            path,
            "contract.asset_missing",
            "Purview has no asset of this type and qualified name; the placeholder stands for it",
            "Scan it, or correct the name.",
        )
    elif found.shared_with:
        others = ", ".join(f"`{name}`" for name in found.shared_with)
        yield _ambiguous(
            contract, path, f"`{found.rivals[0].qualified_name}` takes in the files of {others} as well", found.rivals
        )
    elif len(found.rivals) > 1:
        names = " or ".join(f"`{one.qualified_name}`" for one in found.rivals)
        yield _ambiguous(contract, path, f"The export may be {names}", found.rivals)
    elif found.unsure:
        first = found.unsure[0]
        words = " and ".join(f"`{one}`" for one in dict.fromkeys(unknown_placeholders(first.qualified_name)))
        yield warning(
            contract.document,
            path,
            "contract.asset_unsure",
            f"The export may be `{first.qualified_name}`, but nobody knows what {words} stands for",
            "The placeholder stays. If it is the export, name the asset: "
            f"`delivery.asset: {{type: {first.type}, qualified_name: '{first.qualified_name}'}}`.",
        )
    elif found.loose:
        yield info(
            contract.document,
            path,
            "contract.asset_loose",
            f"The scan knows {len(found.loose)} files of the export one by one, and no resource set of them",
            "The placeholder stands for them until a scan gathers them, or `delivery.asset` names an asset.",
        )
    if found.asset is not None:
        yield from _columns(contract, found.asset)


def _ambiguous(contract: Contract, path: Path, summary: str, rivals: tuple[ScannedAsset, ...]) -> Diagnostic:
    kept = asset_of(contract).asset
    first = kept or rivals[0]
    stays = "The placeholder stays." if kept is None else f"The lineage keeps leading to `{kept.qualified_name}`."
    return warning(
        contract.document,
        path,
        "contract.ambiguous_asset",
        summary,
        f"{stays} Name the asset: "
        f"`delivery.asset: {{type: {first.type}, qualified_name: '{first.qualified_name}'}}`, or use another path.",
    )


def _columns(contract: Contract, asset: ScannedAsset) -> Iterator[Diagnostic]:
    """The columns of the contract in the scanned asset, and what the scanner found in them."""
    columns = physical_schema(contract).columns
    for at, column in enumerate(columns[: len(contract.spec.columns)]):
        scanned = asset.column(column.name)
        if scanned is None:
            if asset.columns:
                yield warning(
                    contract.document,
                    ("columns", at),
                    "contract.column_missing_in_scan",
                    f"The scan of `{asset.name}` shows no column `{column.name}`",
                    "The file may be older than the column; scan again after the next run.",
                )
            continue
        for classification in sorted(scanned.classifications):
            yield from _detected(contract, at, column.name, column.labels, classification)


def _detected(
    contract: Contract, at: int, name: str, labels: tuple[str, ...], classification: str
) -> Iterator[Diagnostic]:
    """A classification of the scanner that suggests a label which the column lacks."""
    known = directory(contract.world)
    suggested = [word for word, label in known.labels.items() if classification in label.detected_by]
    if set(suggested) & set(labels):
        return
    if not suggested:
        if classification.startswith("MICROSOFT.") and not labels:
            yield info(
                contract.document,
                ("columns", at),
                "label.detected",
                f"Purview's scanner found `{classification}` in `{name}`, which has no label",
                "If it stands for one, add it to `detected_by` of a LabelMap.",
            )
        return
    said = {label.on_detected for word in suggested for label in known.all[word]}
    if said <= {"ignore"}:
        return
    words = " or ".join(f"`{word}`" for word in suggested)
    yield finding(
        "error" if "error" in said else "warning",
        contract.document,
        ("columns", at),
        "label.detected",
        f"Purview's scanner found `{classification}` in `{name}`, which suggests the label {words}",
        "Put the label on the vocabulary key or on the contract, or take the classification off in Purview.",
    )


def _shown(value: object) -> str:
    return "not set" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"
