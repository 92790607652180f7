"""The codes of findings, collected from the sources with what they say where it stands beside them.

By hand: `pytest --update tests/test_codes.py` adds a row for each new code to docs/codes.md, and takes those away
that are gone. What it cannot read in the sources it leaves open, and the test fails until somebody writes it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.resources import types

ROOT = Path(__file__).parent.parent / "reconciler"
OPEN = "?"
"""What stands in a row that somebody has to finish."""
_CODE = re.compile(r"[a-z][a-z_0-9]*(?:\.[a-z][a-z_0-9]*)+")
_FAMILY = re.compile(r"(?:[a-z]+|…)\.(?:[a-z_]*…|[a-z_]+)")
_MAKERS = {
    "BadFile", "Check", "Diagnostic", "PydanticCustomError", "Unfit", "Wrong", "_at", "_broken", "_error",
    "_refusal", "_refused", "_say", "_unknown", "error", "failure", "finding", "info", "of", "say", "warning",
}  # fmt: skip
"""What findings are made with, by its last name."""
_ELSEWHERE = {
    "between/kinds_of_data.py", "between/lonely.py", "between/texts.py", "contracts/judge.py",
    "kinds/project/labels.py", "manifest/complaints.py", "manifest/validation.py",
}  # fmt: skip
"""Files that give codes in other ways than in a call."""
_NO_CODES = {"cluedin.categories", "cluedin.key_prefixes", "purview.glossaries"}
"""Parts of a scope, which look like codes."""


@dataclass(frozen=True)
class Told:
    """What a finding says in the sources, with `…` for what only a run knows."""

    code: str
    meaning: str = OPEN
    advice: str = OPEN


def collected() -> dict[str, Told]:
    """Every code, and every family of codes that is made in the run, with the most that is said of it anywhere."""
    found: dict[str, Told] = {}
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        name = str(path.relative_to(ROOT))
        for told in (*_in_calls(tree), *(_anywhere(tree) if name in _ELSEWHERE else ())):
            known = found.get(told.code)
            if known is None or (OPEN in (known.meaning, known.advice) and OPEN not in (told.meaning, told.advice)):
                found[told.code] = told
    types_of_objects = {code for code in types() if code in found and found[code].meaning == OPEN}
    return {code: found[code] for code in sorted(found) if code not in _NO_CODES | types_of_objects}


def _anywhere(tree: ast.AST) -> Iterator[Told]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
            yield Told(node.value)


def _in_calls(tree: ast.Module) -> Iterator[Told]:
    """What is said in each function, with the texts of the module and its own; then what is said in none."""
    constants, inside = _assigned(tree.body), set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function not in inside:
            texts = constants | _assigned(ast.walk(function))
            for node in ast.walk(function):
                inside.add(node)
                if isinstance(node, ast.Call):
                    yield from _of_call(node, texts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node not in inside:
            yield from _of_call(node, constants)


def _of_call(call: ast.Call, texts: dict[str, ast.expr]) -> Iterator[Told]:
    if _last_name(call.func) not in _MAKERS:
        return
    given = [*call.args, *(word.value for word in call.keywords if word.arg in ("code", "summary", "detail", "advice"))]
    for at, one in enumerate(given[:4]):
        codes = [code for code in map(_text, _branches(one)) if _is_code(code)]
        said = [_text(_resolved(rest, texts)) for rest in given[at + 1 : at + 3]]
        meaning, advice = (*said, "", "")[:2]
        if not advice and _is_note(call):
            advice = "Nothing; it is only told."
        for code in codes:
            yield Told(code.replace("…", "*"), meaning or OPEN, advice or OPEN)


def _is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text) or _FAMILY.fullmatch(text) or text == "….…")


def _is_note(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    level = first.value if isinstance(first, ast.Constant) else _last_name(call.func)
    return level in ("ok", "info")


def _branches(node: ast.expr) -> list[ast.expr]:
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]


def _assigned(nodes: Iterable[ast.AST]) -> dict[str, ast.expr]:
    """Texts that are given a name before they are said; what has two is not known."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _resolved(node: ast.expr, texts: dict[str, ast.expr]) -> ast.expr:
    return texts.get(node.id, node) if isinstance(node, ast.Name) else node


def _text(node: ast.expr) -> str:
    """A text as far as the sources have it; empty where they do not."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in parts)
        case ast.IfExp(body=first):
            return _text(first)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left) + (_text(right) or "…") if _text(left) else ""
    return ""


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
