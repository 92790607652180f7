"""What others wrote runs no command where a runner reads the log, and hides from nobody who reads it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from reconciler.errors import Diagnostic, Source
from reconciler.report import github, html, htmlresult, jsonform, junit, markdown, text
from reconciler.report.logs import harmless, harmless_json
from reconciler.report.seen import visible
from tests.report import samples

from .conftest import Ran

COMMANDS = "a ::notice file=x,line=1::b ##vso[task.logissue type=warning]c ##[section]d ##VSO[x]"
RUNS = re.compile(r"(?<!:)::[A-Za-z]|##\w*\[")
HIDDEN = "a\U000e0062b\u200bc\u3164d\ufe0fe\u2066f\u00adg\U000e0101h\u2800i"


def told() -> dict[str, object]:
    change = samples.change("update", f"E/{COMMANDS}{HIDDEN}", fields=[samples.field("description", "x", COMMANDS)])
    return samples.plan(change)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "junit"])
def test_no_format_has_a_command_and_each_shows_what_hides(form: str) -> None:
    shape = told()
    shown = {"text": text.plan, "markdown": markdown.plan, "html": html.plan, "junit": junit.plan}[form](shape)
    shown = harmless(shown)
    assert not RUNS.search(shown)
    for number in ("e0062", "200b", "3164", "fe0f", "2066", "e0101", "2800"):
        assert re.search(rf"\\?\\u\\?{{{number}\\?}}", shown), number
    assert not set(HIDDEN) & set(shown.replace("\u200b", "")) - set("abcdefghi")


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_no_report_of_an_apply_has_a_command(form: str) -> None:
    outcome = (f"E/{COMMANDS}{HIDDEN}", "create", "failed")
    shape = samples.result(outcome, diagnostics=[Diagnostic("error", "x.y", COMMANDS, COMMANDS).as_dict()])
    shown = {"text": text.result, "markdown": markdown.result, "html": htmlresult.result}[form](shape, told())
    shown = harmless(shown)
    assert not RUNS.search(shown)
    assert not set(HIDDEN) & set(shown.replace("\u200b", "")) - set("abcdefghi")


def test_json_keeps_its_meaning() -> None:
    shape = told() | {"more": [HIDDEN, "\U0001f600", ":::x", "a::1"]}
    shown = jsonform.dump(shape)
    assert not RUNS.search(shown)
    assert json.loads(shown) == shape == orjson.loads(shown)
    assert not set(HIDDEN) - set("abcdefghi") & set(shown)


def test_text_without_commands_stays_as_it_is() -> None:
    for plain in ("http://[::1]:8180", "a: b # c", ":::class", "## Plan", "#1 [x]"):
        assert harmless(plain) == plain == harmless_json(plain)


def test_only_our_own_annotations_are_commands() -> None:
    shown = github.findings([Diagnostic("error", "x.y", COMMANDS, COMMANDS, Source(f"m/{COMMANDS}.yaml", 3))])
    nothing, ours, message = shown.split("::", 2)
    assert nothing == ""
    assert ours.startswith("error file=")
    assert not RUNS.search(ours + " " + message)


def test_a_joiner_and_a_selector_are_shown_by_their_numbers() -> None:
    assert visible("a\u200bb\ufe0f\n\x1b") == "a\\u{200b}b\\u{fe0f}\\n\\x1b"


def test_a_refused_word_and_the_name_of_a_file_are_harmless(run: Callable[..., Ran], tmp_path: Path) -> None:
    for words in (("::notice ::x",), ("show", "##[section]x.json"), ("--project", f"::notice ::{tmp_path}", "plan")):
        ran = run(*words)
        assert ran.code == 1
        assert not RUNS.search(ran.err + ran.out)


def test_no_verb_writes_past_the_one_place_that_makes_text_harmless() -> None:
    folder = Path(__file__).parents[2] / "reconciler"
    for path in folder.rglob("*.py"):
        if path.name == "common.py" and path.parent.name == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("click.echo", "click.secho", "print", "sys.stdout.write", "sys.stderr.write"), (
                    f"{path}:{node.lineno}"
                )
