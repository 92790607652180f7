"""Commands to the agent of Azure Pipelines: variables for later steps, findings beside a run, a summary.

Their form is that of Microsoft's page of logging commands [A]. What is escaped in them is what the agent itself escapes
(`Command.cs` of microsoft/azure-pipelines-agent, [A]), `%` too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.errors import Diagnostic
from reconciler.report import words
from reconciler.report.logs import harmless

_IN_DATA = (("%", "%AZP25"), ("\r", "%0D"), ("\n", "%0A"))
_IN_PROPERTIES = (*_IN_DATA, (";", "%3B"), ("]", "%5D"))
_TYPES = {"error": "error", "warning": "warning"}
"""The agent knows no remarks: what is neither is a line of the log."""


def variables(outputs: Mapping[str, str]) -> str:
    """Variables of the step, which later steps, jobs and stages may ask for; `-` in a name is `_`."""
    return "".join(
        f"##vso[task.setvariable variable={name.replace('-', '_')};isOutput=true]{_data(value)}\n"
        for name, value in outputs.items()
    )


def summary(path: str) -> str:
    """A file of Markdown that the page of the run shows."""
    return f"##vso[task.uploadsummary]{_data(path)}\n"


def findings(diagnostics: Sequence[Diagnostic]) -> str:
    """Findings beside the run, with the place that they are about."""
    return "".join(map(_issue, diagnostics))


def _issue(one: Diagnostic) -> str:
    message = one.summary if one.address in one.summary else f"{one.address}: {one.summary}"
    told = f"{message} {' '.join(one.detail.split())}".rstrip()
    if one.severity not in _TYPES:
        return f"{harmless(words.visible(told))}\n"
    source = one.source
    properties = {
        "type": _TYPES[one.severity],
        "sourcepath": source.file if source else None,
        "linenumber": source.line if source else None,
        "columnnumber": source.column if source else None,
        "code": one.code,
    }
    told_of = "".join(f"{name}={_property(str(value))};" for name, value in properties.items() if value is not None)
    return f"##vso[task.logissue {told_of}]{_data(told)}\n"


def _data(text: str) -> str:
    return _escaped(text, _IN_DATA)


def _property(text: str) -> str:
    return _escaped(text, _IN_PROPERTIES)


def _escaped(text: str, table: Sequence[tuple[str, str]]) -> str:
    shown = harmless(words.visible(text))
    for risky, safe in table:
        shown = shown.replace(risky, safe)
    return shown
