"""Saved plans as files: written, and read as they were written or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import orjson

from reconciler.diff import EXECUTABLE
from reconciler.diff.shape import digest_of_shape
from reconciler.errors import ReconcilerError
from reconciler.plan.document import COUNTED, FORMAT, Plan, digest_of_plan, header_of
from reconciler.systems.redact import SECRETS

if TYPE_CHECKING:
    from reconciler.saved import plan as saved

PLAN_AGAIN = "Plan again, and approve the new plan."
SAVE = "Save one with plan --out."
_TELLING = frozenset({"digest", "changes", "options", "summary", "environment"})
"""Members without which a file is something else than a plan, and not a plan with a fault."""
_REWRITTEN = {
    b"\xef\xbb\xbf": "UTF-8 with a mark at its beginning (BOM)",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"{\x00": "UTF-16",
    b"\x00{": "UTF-16",
}
"""How files begin that something else than `plan --out` wrote, in words."""
_SHOWN = 200
"""So much of what the schema has to say is told."""


def save(plan: Plan, path: Path, written: Callable[[Mapping[str, Any]], str]) -> None:
    """Writes the plan as JSON; `written` makes text of it that does no harm in a log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(plan.as_dict()).encode())


def load(path: Path) -> saved.Plan:
    """A saved plan, whose digests are those of its content.

    Raises `ReconcilerError` when the file is no plan, of a later major version, or not as it was saved.
    """
    shape = _read(path)
    version = str(shape.get("format_version", "")) if isinstance(shape, dict) else ""
    if version.partition(".")[0] != FORMAT.partition(".")[0]:
        raise ReconcilerError.of(
            "plan.version",
            f"{path} has plan format {version or 'unknown'}, this version reads {FORMAT}",
            "Plan again with this version of the tool.",
        )
    if missing := _TELLING - shape.keys():
        raise ReconcilerError.of("plan.unreadable", f"{path} is not a plan: {', '.join(sorted(missing))} missing", SAVE)
    if wrong := next(faults(shape), ""):
        raise ReconcilerError.of("plan.invalid", f"{path} is no valid plan: {wrong}", PLAN_AGAIN)
    plan = cast("saved.Plan", shape)
    if wrong := next(_unfit(plan), ""):
        raise ReconcilerError.of("plan.edited", f"{path} is not as it was saved: {wrong}", PLAN_AGAIN)
    return plan


def _read(path: Path) -> Any:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReconcilerError.of(
            "plan.unreadable", f"{path}: {error.strerror or error}", "Name the file that plan --out saved."
        ) from None
    if encoding := next((words for begin, words in _REWRITTEN.items() if content.startswith(begin)), ""):
        raise ReconcilerError.of(
            "plan.unreadable",
            f"{path} is not as it was saved: it is {encoding}",
            "Windows PowerShell writes so with > and Out-File. Save the plan with plan --out, and copy it as it is.",
        )
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ReconcilerError.of("plan.unreadable", f"{path} is not a plan: {error}", SAVE) from None


def faults(shape: Any) -> Iterator[str]:
    """In what a shape is no plan, by the schema that is made of the definition of plans."""
    from jsonschema import Draft202012Validator

    from reconciler.saved.schema import plan_schema

    for error in Draft202012Validator(plan_schema()).iter_errors(shape):
        yield f"{error.json_path.removeprefix('$.')}: {SECRETS.cut(error.message, _SHOWN)}"


def _unfit(plan: saved.Plan) -> Iterator[str]:
    """What of a saved plan does not fit its digests, or its counts."""
    for change in (*plan["changes"], *plan.get("orphans", ())):
        try:
            digest = digest_of_shape(change)
        except (KeyError, TypeError, ValueError, AttributeError):  # of another version's types, or no values of them
            digest = ""
        if digest != change["digest"]:
            yield f"the digest of {change['address']} does not fit what the plan says of it"
        elif not change["address"].startswith(f"{change['system']}.{change['type']}:"):
            yield f"{change['address']} is of another type than the plan says"
    executable = [change for change in plan["changes"] if change["action"] in EXECUTABLE]
    if digest_of_plan(header_of(plan), executable) != plan["digest"]:
        yield "its digest does not fit its options and changes"
    counts = dict.fromkeys(COUNTED, 0)
    for change in plan["changes"]:
        counts[change["action"]] += 1
    if any(plan["summary"].get(action, 0) != number for action, number in counts.items() if action != "unchanged"):
        yield "its summary does not fit its changes"
