"""The delivery of a contract, told from the options of its export target."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconciler.kinds.export_contract.delivery import FIELD_OF_OPTION, FORMS, LAKE_HOST, ONCE, ONELAKE_HOST, Form
from reconciler.kinds.export_contract.schedule import schedule_of
from reconciler.kinds.pulling import without_nothing

_WORDS = {"hourly", "daily", "weekly"}


def delivery_type(provider: str, provider_id: str, options: Mapping[str, Any]) -> str:
    """The word for a delivery: by its connector and the format of its files."""
    format = str(options.get("OutputFormat") or "").casefold()
    for word, form in FORMS.items():
        is_its = form.provider and form.provider.casefold() == provider.casefold()
        if (is_its or form.provider_id == provider_id.casefold() != "") and form.format in ("", format):
            return word
    return "other"


def told(word: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """What fields of the delivery say of options; what they do not say is `config` of the target."""
    form = FORMS[word]
    said = without_nothing(type=word, connection=_connection(form, options), path=_path(form, options))
    known = _known(form, said)
    if form.is_file:
        said |= without_nothing(
            schedule=_schedule(options),
            overwrite=str(options.get("FileNamePattern")) == ONCE or None,
        )
        if options.get("ShouldEscapeVocabularyKeys") is False:
            said["purview_readable"] = False
    config = {name: value for name, value in options.items() if name not in known and _is_plain(value)}
    return said | {"config": config}


def _known(form: Form, said: Mapping[str, Any]) -> set[str]:
    """The options that fields of the delivery stand for."""
    if form.family == "other":
        return set()
    if "connection" not in said:
        return {name for name, of in FIELD_OF_OPTION.items() if of not in ("connection", "path")}
    return set(FIELD_OF_OPTION)


def _connection(form: Form, options: Mapping[str, Any]) -> str | None:
    def of(*names: str) -> list[str] | None:
        found = [str(options.get(name) or "") for name in names]
        return found if all(found) else None

    if form.family == "lake" and (parts := of("FileSystemName", "AccountName")):
        return f"abfss://{parts[0]}@{parts[1]}{LAKE_HOST}"
    if form.family == "onelake" and (parts := of("WorkspaceName", "ItemName", "ItemType")):
        return f"abfss://{parts[0]}@{ONELAKE_HOST}/{parts[1]}.{parts[2]}"
    if form.family == "sql" and (parts := of("host", "databaseName")):
        port = f":{options['portNumber']}" if options.get("portNumber") else ""
        return f"mssql://{parts[0]}{port}/{parts[1]}"
    if form.family == "http" and (parts := of("url")):
        return parts[0]
    return None


def _path(form: Form, options: Mapping[str, Any]) -> str | None:
    name = {"lake": "DirectoryName", "onelake": "ItemFolder"}.get(form.family)
    return str(options.get(name) or "") or None if name else None


def _schedule(options: Mapping[str, Any]) -> str | None:
    if not options.get("IsStreamCacheEnabled"):
        return None
    word = str(options.get("Schedule") or "").casefold()
    if word in _WORDS:
        return word
    cron = re.sub(r"\s+", " ", str(options.get("CustomCron") or "").strip())
    try:
        return schedule_of(cron).canonical if cron else None
    except ValueError:
        return None


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool) and value != ""
