"""A plan in short beneath the comment that shows it, so that a later one can be told to be the same, or how not.

It holds no values and no addresses: of each change a piece of a digest of its address, and of its own digest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from reconciler.report import concepts, view, words
from reconciler.report.escaping import code, comment, prose

if TYPE_CHECKING:
    from reconciler.saved.plan import Change, Plan

MOST = 400
"""Changes of a plan that are remembered one by one; of a larger one only its digest is."""
SHOWN = 20
"""Changes that are named."""
_WORD = "reconciler-plan"
_MEMO = re.compile(rf"<!-- {_WORD} (\{{.*?\}}) -->")
_PIECE = 8


@dataclass(frozen=True, slots=True)
class Memo:
    """What a comment remembers of its plan."""

    digest: str
    changes: Mapping[str, str] | None
    """None where there were too many."""


def memo(shape: Plan) -> str:
    """What is hidden in the comment of a plan, as a line."""
    changes = view.executable(shape)
    told = [address + digest for address, digest in map(_pieces, changes)] if len(changes) <= MOST else None
    return comment(_WORD, {"digest": shape["digest"], "changes": told}) + "\n"


def remembered(body: str) -> Memo | None:
    """What a comment remembers; None where it remembers nothing that can be read."""
    found = _MEMO.search(body)
    try:
        told = json.loads(found[1]) if found else None
    except ValueError:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("digest"), str):
        return None
    changes = told.get("changes")
    if not isinstance(changes, list):
        return Memo(told["digest"], None)
    return Memo(told["digest"], {str(one)[:_PIECE]: str(one)[_PIECE:] for one in changes})


def compared(then: Memo | None, shape: Plan, request: str) -> str:
    """Whether a plan is the one that the comment on a pull request showed, as Markdown; else what differs."""
    if then is None:
        return f"ℹ️ {request} shows no plan of {code(shape['environment'])} to compare with."
    if then.digest == shape["digest"]:
        return f"✅ Same as in {request}."
    return "\n\n".join([f"⚠️ **Not the plan that {request} showed.**", *_difference(then, view.executable(shape))])


def compared_digest(then: Memo | None, digest: str, request: str) -> str:
    """The same of what was applied, of which the plan's digest is known."""
    if then is None:
        return ""
    return f"✅ Same as in {request}." if then.digest == digest else f"⚠️ **Not the plan that {request} showed.**"


def _difference(then: Memo, changes: Sequence[Change]) -> list[str]:
    if then.changes is None:
        return ["It showed more changes than are remembered one by one."]
    now = {address: (digest, change) for change in changes for address, digest in [_pieces(change)]}
    new = [change for address, (_, change) in now.items() if address not in then.changes]
    other = [
        change for address, (digest, change) in now.items() if digest != then.changes.get(address, digest)
    ]  # fmt: skip
    gone = len(then.changes.keys() - now.keys())
    told = [*_named("New", new), *_named("Other than it was", other)]
    if gone:
        told.append(f"- Gone: {words.number(gone, 'change')}, as somebody made them already or nobody wants them now")
    return ["\n".join(told)] if told else ["The changes are the same; their order or the options of the plan differ."]


def _named(what: str, changes: Sequence[Change]) -> list[str]:
    named = [f"- {what}: {prose(concepts.sentence(change))}" for change in changes[:SHOWN]]
    more = len(changes) - len(named)
    return [*named, *([f"- {what}: … and {more:,} more"] if more else [])]


def _pieces(change: Change) -> tuple[str, str]:
    address = sha256(change["address"].encode("utf-8", "surrogatepass")).hexdigest()
    return address[:_PIECE], change["digest"].removeprefix("sha256:")[:_PIECE]
