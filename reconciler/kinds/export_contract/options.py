"""The delivery of a contract: whether its fields fit its form, and what the connector does not do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.export_contract.delivery import (
    FIELD_OF_OPTION,
    file_pattern,
    folder_of,
    is_cached,
    location_of,
    mode_of,
    options_of,
    replaces_file,
)
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schedule import schedule_of
from reconciler.kinds.export_contract.spec import OnlyFor
from reconciler.kinds.project.levels import MEANING
from reconciler.manifest.findings import error, warning
from reconciler.systems.secrecy import carries_secret


def option_findings(contract: Contract) -> Iterator[Diagnostic]:
    """Everything about type, connection, schedule, files, mode and target."""
    yield from _type(contract)
    yield from _connection(contract)
    yield from _schedule(contract)
    yield from _files(contract)
    yield from _target(contract)
    yield from _declared(contract)


def _type(contract: Contract) -> Iterator[Diagnostic]:
    delivery, form, document = contract.delivery, contract.form, contract.document
    if delivery.type is None:
        yield error(
            document,
            ("delivery",),
            "contract.no_type",
            "The delivery has no type",
            "Write `type: file-parquet`, or another form of delivery.",
        )
        return
    if delivery.type == "other" and delivery.target.provider is None:
        yield error(
            document,
            contract.at("type"),
            "contract.no_provider",
            "`type: other` does not say which connector it means",
            "Name it in `delivery.target.provider`.",
        )
    for field in delivery.marked(OnlyFor):
        if contract.merged.mentions(field) and field not in form.words:
            yield error(
                document,
                contract.at(field),
                "contract.no_effect",
                f"`{field}` means nothing to `{delivery.type}`",
                "Remove it; options of the connector stand in `delivery.target.config`.",
            )
    if mode_of(form, delivery) not in form.modes:
        yield error(
            document,
            contract.at("mode"),
            "contract.mode",
            f"`{delivery.type}` cannot be delivered as `{delivery.mode}`",
            f"Write `mode: {form.modes[0]}`, or leave it out.",
        )


def _connection(contract: Contract) -> Iterator[Diagnostic]:
    delivery, form, document = contract.delivery, contract.form, contract.document
    if delivery.connection is None:
        if delivery.target.manage and form.family != "other" and not contract.address_is_secret:
            yield error(
                document,
                ("delivery",),
                "contract.no_connection",
                "The delivery has no connection",
                "Write `connection`, or use an export target that is there with `target.manage: false`.",
            )
        return
    if contract.is_elsewhere or form.family == "other" or carries_secret(delivery.connection):
        return
    try:
        place = location_of(form, delivery.connection)
    except ValueError as fault:
        yield error(document, contract.at("connection"), "contract.connection", _sentence(fault), _example(form.family))
        return
    if place.base and form.is_file:
        yield error(
            document,
            contract.at("connection"),
            "contract.connection",
            f"The connection names the folder `{place.base}`",
            "Write the folder in `path`.",
        )
    if form.is_file and not folder_of(delivery.path):
        yield error(
            document,
            ("delivery",) if delivery.path is None else contract.at("path"),
            "contract.no_path",
            "The delivery has no path",
            f"Write a folder of its own, such as `path: exports/{contract.name}/`.",
        )
    if form.is_file and any(letter.isspace() for letter in delivery.path or ""):
        yield error(
            document,
            contract.at("path"),
            "contract.white_space",
            f"The path `{delivery.path}` holds white space, which the connector does not take",
            "Write it without blanks.",
        )


def _schedule(contract: Contract) -> Iterator[Diagnostic]:
    delivery, form, document = contract.delivery, contract.form, contract.document
    if delivery.schedule is None:
        if is_cached(form, delivery) and delivery.target.manage:
            yield error(
                document,
                ("delivery",),
                "contract.no_schedule",
                "The delivery has no schedule",
                "Write `schedule: hourly`, `daily`, `weekly`, or five fields of cron in UTC.",
            )
        return
    try:
        schedule_of(delivery.schedule)
    except ValueError as fault:
        yield error(
            document,
            contract.at("schedule"),
            "contract.schedule",
            _sentence(fault),
            "Write `hourly`, `daily`, `weekly`, or five fields of cron in UTC, such as `0 */4 * * *`.",
        )
        return
    if form.is_file and not is_cached(form, delivery):
        yield error(
            document,
            contract.at("schedule"),
            "contract.no_effect",
            f"`schedule` means nothing to `mode: {mode_of(form, delivery)}`, which sends changes as they come",
            "Remove one of the two.",
        )


def _files(contract: Contract) -> Iterator[Diagnostic]:
    delivery, document = contract.delivery, contract.document
    pattern = file_pattern(contract.form, delivery)
    if not pattern:
        return
    own = ("delivery", "target", "config", "FileNamePattern")
    if re.search(r"[/\\?%]", pattern) or pattern.startswith("."):
        yield error(
            document,
            own,
            "contract.file_name",
            f"`{pattern}` cannot be a pattern of file names",
            "It must not hold `/`, `\\`, `?` or `%`, nor begin with a dot.",
        )
    if re.search(r"\{StreamId\b", pattern, re.IGNORECASE):
        yield warning(
            document,
            own,
            "contract.file_name",
            "The file name holds the id of the stream, which changes when the stream is made anew",
            "Use `{ContainerName}`, the name of the contract.",
        )
    if not replaces_file(pattern) and contract.spec.retention.days is None:
        yield warning(
            document,
            contract.at("overwrite") if contract.merged.mentions("overwrite") else ("delivery",),
            "contract.grows",
            "Each run writes a new file with all records, and no retention is declared",
            "Declare `retention.days` and set a lifecycle rule, or write `overwrite: true`.",
        )


def _target(contract: Contract) -> Iterator[Diagnostic]:
    delivery, document = contract.delivery, contract.document
    target, path = delivery.target, ("delivery", "target")
    if not target.manage and target.secrets:
        yield error(
            document,
            (*path, "secrets"),
            "contract.no_effect",
            "Secrets are written, and `manage: false` writes nothing to the target",
            "Remove one of the two.",
        )
    try:
        said = options_of(contract.form, delivery, contract.schedule)
    except ValueError:
        return
    for name in said.keys() & target.secrets.keys():
        yield error(
            document,
            (*path, "secrets", name),
            "contract.twice",
            f"`{name}` follows from `delivery.{FIELD_OF_OPTION.get(name, 'type')}` as well, which is no secret",
            f"Remove `delivery.{FIELD_OF_OPTION.get(name, 'type')}` where it must stay secret, else the secret.",
        )
    for name in target.config:
        field = FIELD_OF_OPTION.get(name)
        if name in said and field is not None and (name != "FileNamePattern" or contract.merged.mentions(field)):
            yield error(
                document,
                (*path, "config", name),
                "contract.twice",
                f"`{name}` follows from `delivery.{field}`",
                "Remove it here.",
            )
        if name in target.secrets:
            yield error(
                document,
                (*path, "config", name),
                "contract.twice",
                f"`{name}` stands in `secrets` as well",
                "Keep the secret.",
            )


def _declared(contract: Contract) -> Iterator[Diagnostic]:
    """Promises that nothing keeps; their level is said in words."""
    delivery, document = contract.delivery, contract.document
    if delivery.partition_by and "partition_by" in contract.form.words:
        yield warning(
            document,
            contract.at("partition_by"),
            "contract.declared_only",
            "`partition_by` is declared only: the connector writes one file a run, without partitions",
            f"Its level is declared ({MEANING['declared']}).",
        )
    word = (delivery.compression or "").casefold()
    if word and "compression" in contract.form.words and (word != "snappy" or contract.form.format != "parquet"):
        yield warning(
            document,
            contract.at("compression"),
            "contract.declared_only",
            f"`compression: {delivery.compression}` is declared only: the connector has no option for it",
            f"It writes Parquet with snappy. Its level is declared ({MEANING['declared']}).",
        )


def _sentence(fault: ValueError) -> str:
    text = str(fault)
    return text if text.startswith("`") else text[:1].upper() + text[1:]


def _example(family: str) -> str:
    return {
        "lake": "Write `abfss://CONTAINER@ACCOUNT.dfs.core.windows.net`.",
        "onelake": "Write `abfss://WORKSPACE@onelake.dfs.fabric.microsoft.com/ITEM.Lakehouse`.",
        "sql": "Write `mssql://HOST/DATABASE`; user and password stand in `target.config` and `target.secrets`.",
    }.get(family, "")
