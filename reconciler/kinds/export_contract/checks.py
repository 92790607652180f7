"""What can be told about an export contract offline: its form, its systems, its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.errors import Diagnostic
from reconciler.kinds.export_contract.column_checks import column_findings
from reconciler.kinds.export_contract.dataverse import dataverse_findings
from reconciler.kinds.export_contract.delivery import public_address
from reconciler.kinds.export_contract.labels import grants
from reconciler.kinds.export_contract.neighbours import neighbour_findings
from reconciler.kinds.export_contract.options import option_findings
from reconciler.kinds.export_contract.rules import GOVERNANCE
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schema import physical_schema
from reconciler.kinds.export_contract.secrets import secret_findings
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.labels import unknown_labels
from reconciler.kinds.project.read_only import SYSTEMS, read_only
from reconciler.kinds.project.references import entity_findings
from reconciler.manifest.findings import error, info, warning
from reconciler.manifest.suggest import did_you_mean


def findings(contract: Contract) -> Iterator[Diagnostic]:
    """Everything that is wrong with a contract, or worth knowing."""
    yield from _names(contract)
    for name, path, other in contract.merged.twice:
        yield error(
            contract.document,
            other,
            "contract.twice",
            f"`{name}` is written in `{'.'.join(map(str, path))}` as well",
            "Keep one of the two.",
        )
    yield from secret_findings(contract)
    yield from _ignored(contract)
    if contract.spec.status == "retired":
        return
    if not contract.bound:
        yield from _unbound(contract)
        return
    yield from _systems(contract)
    yield from entity_findings(contract.document, contract.world, ("entity",), contract.spec.entity or "")
    yield from _kept_out(contract)
    yield from option_findings(contract)
    yield from column_findings(contract)
    yield from dataverse_findings(contract)
    yield from _labels(contract)
    yield from _promises(contract)
    yield from _lineage(contract)
    yield from neighbour_findings(contract)


def _kept_out(contract: Contract) -> Iterator[Diagnostic]:
    """The lineage of an export begins at its entity type, which then has to be an asset."""
    code = contract.entity.code
    if contract.purview is not None and code is not None and declared(contract.world).keeps_out(code):
        yield error(
            contract.document,
            ("entity",),
            "entity.not_in_purview",
            f"The lineage of the export begins at `{code}`, and its GlossaryMapping keeps that out of Purview",
            "Take `assets: false` out there, or write a Stream, which has no lineage then.",
        )


def _names(contract: Contract) -> Iterator[Diagnostic]:
    spec, document = contract.spec, contract.document
    if spec.name is not None and spec.name != document.name:
        yield error(
            document,
            ("name",),
            "contract.name",
            f"The contract is called `{spec.name}` here and `{document.name}` in its metadata",
            "Write the same name, or remove `spec.name`.",
        )
    if not _versioned(document.name):
        yield info(
            document,
            (),
            "contract.version",
            f"`{document.name}` does not end in a version",
            f"Call it `{document.name}_v1`: a breaking change needs a new name beside the old.",
        )
    if spec.status == "deprecated":
        yield info(
            document,
            ("status",),
            "contract.deprecated",
            f"`{document.name}` is deprecated; it is delivered as before",
            "With `status: retired` its resources are no longer wanted, and pruning removes them.",
        )


def _ignored(contract: Contract) -> Iterator[Diagnostic]:
    for at, one in enumerate(contract.spec.ignore):
        if one.rule in GOVERNANCE:
            yield error(
                contract.document,
                ("ignore", at, "rule"),
                "contract.ignore_governance",
                f"`{one.rule}` weakens the contract itself, which nobody can ignore",
                f"Who may agree to it says so: `contracts check --approve {contract.name}`.",
            )
        else:
            of = f" of `{one.column}`" if one.column else ""
            yield info(
                contract.document,
                ("ignore", at),
                "contract.ignore",
                f"`{one.rule}`{of} is ignored until {one.until}: {one.reason}",
                "After that day it is a finding again.",
            )


def _versioned(name: str) -> bool:
    stem, _, number = name.rpartition("_v")
    return bool(stem) and number.isdigit()


def _unbound(contract: Contract) -> Iterator[Diagnostic]:
    lacking = [] if contract.spec.entity is not None else ["entity"]
    if contract.delivery.connection is None and not contract.merged.mentions("target"):
        lacking.append("connection")
    if not contract.spec.columns:
        lacking.append("columns")
    whole = ", ".join(lacking[:-1]) + (" and " if len(lacking) > 1 else "") + lacking[-1]
    yield info(
        contract.document,
        (),
        "contract.unbound",
        f"unbound: add {whole}",
        "Until then the contract is kept and compared, and makes nothing.",
    )
    if contract.is_elsewhere:
        yield replace(_elsewhere(contract), severity="warning")
    for finding in (*_label_words(contract), *_column_labels(contract)):
        yield replace(finding, severity="warning") if finding.severity == "error" else finding


def _elsewhere(contract: Contract) -> Diagnostic:
    return error(
        contract.document,
        contract.at("connection"),
        "contract.connection",
        f"No connector that is known here writes to `{public_address(contract.delivery.connection)}`",
        "Name an installed one in `delivery.target.provider`, or deliver to an Azure data lake.",
    )


def _systems(contract: Contract) -> Iterator[Diagnostic]:
    spec, document = contract.spec, contract.document
    if not spec.columns:
        yield error(
            document,
            (),
            "contract.no_columns",
            f"`{document.name}` has no columns",
            "List in `columns` what readers get; system columns come by themselves.",
        )
    if contract.is_elsewhere and contract.delivery.target.provider is None:
        yield _elsewhere(contract)
    for system in SYSTEMS:
        yield from read_only(document, contract.world, system, "keep the contract out of the environment")


def _labels(contract: Contract) -> Iterator[Diagnostic]:
    yield from _label_words(contract)
    yield from _column_labels(contract)
    schema = physical_schema(contract)
    labelled = [column.name for column in schema.columns if column.labels]
    if labelled:
        yield info(
            contract.document,
            ("columns",),
            "contract.not_masked",
            f"Labelled columns leave CluedIn as they are: {', '.join(f'`{name}`' for name in labelled)}",
            "Access control and masking of CluedIn do not cover what a stream exports.",
        )


def _label_words(contract: Contract) -> Iterator[Diagnostic]:
    document, world, spec = contract.document, contract.world, contract.spec
    words = [text.partition(":")[0].strip() for text in spec.labels]
    yield from unknown_labels(document, world, ("labels",), words)
    approvals = spec.approval_required_when_labels
    yield from unknown_labels(document, world, ("approval_required_when_labels",), approvals)


def _column_labels(contract: Contract) -> Iterator[Diagnostic]:
    columns = physical_schema(contract).columns
    known = [column.name for column in columns if not column.system]
    if not known:
        return
    for grant in grants(contract.spec.labels, columns):
        if grant.columns is None or len(grant.columns) == 1:
            continue
        word = grant.text.partition(":")[2].strip()
        if grant.columns:
            several = " or ".join(f"`{name}`" for name in grant.columns)
            summary, advice = f"`{word}` may be {several}", "Write the name of the column."
        else:
            summary, advice = f"The contract has no column `{word}`", did_you_mean(word, known, what="Columns are")
        yield error(contract.document, ("labels", grant.at), "contract.label_column", summary, advice)


def _promises(contract: Contract) -> Iterator[Diagnostic]:
    """Promises about time: the schedule must be able to keep them."""
    spec, schedule = contract.spec, contract.schedule
    promised = spec.sla.freshness_p95_minutes
    if promised is not None and schedule is not None and schedule.longest_gap > promised:
        yield error(
            contract.document,
            ("sla", "freshness_p95_minutes"),
            "contract.freshness",
            f"Runs lie up to {schedule.longest_gap} minutes apart, and {promised} minutes of freshness are promised",
            "Run more often, or promise less.",
        )
    if spec.retention.days is not None:
        yield warning(
            contract.document,
            ("retention", "days"),
            "contract.declared_only",
            "`retention.days` is declared only: neither system deletes files",
            "A lifecycle rule of the storage account has to do it.",
        )


def _lineage(contract: Contract) -> Iterator[Diagnostic]:
    if not contract.spec.lineage_required:
        return
    if contract.delivery.asset == "none":
        yield error(
            contract.document,
            contract.at("asset"),
            "contract.no_lineage",
            "Lineage is required, and `asset: none` ends it at the export target",
            "Write `asset: auto`, or remove `lineage_required`.",
        )
    if contract.purview is None:
        yield error(
            contract.document,
            ("lineage_required",),
            "contract.no_lineage",
            f"Lineage is required, and the environment `{contract.world.environment_name}` has no Purview",
            "Add Purview to the environment, or remove `lineage_required`.",
        )
