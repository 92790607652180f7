"""Whatever is wrong with a manifest is said once, in plain words, with its code and its place."""

# ruff: noqa: E501 - a table reads best with a row a line

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from reconciler.manifest.project import Project

HEAD = "apiVersion: reconciler/v1\nkind: GlossaryMapping\nmetadata: {name: one}\nspec:\n  glossary: G\n"  # lines 1-5


@dataclass(frozen=True)
class Case:
    name: str
    content: str | bytes
    code: str
    says: str
    line: int | None
    column: int | None
    advice: str = ""


def bomb() -> str:
    levels = "".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 9))
    return HEAD + "  attributes:\n    l: 1\nx:\n  l0: &l0 [a]\n" + levels


CASES = [
    # the file
    Case("UTF-16", "a: 1".encode("utf-16"), "manifest.encoding", "UTF-16", 1, 1, "UTF-8"),
    Case("Latin-1", HEAD.encode() + b"  since: caf\xe9\n", "manifest.encoding", "0xe9 at offset", 6, 13, "UTF-8"),
    Case("NUL", HEAD + "  since: a\0b\n", "manifest.control_character", "U+0000", 6, 11),
    Case("escape character", HEAD + "  since: a\x1bb\n", "manifest.control_character", "U+001B", 6, 11),
    Case("line separator", HEAD + "  since: a\u2028b\n", "manifest.control_character", "U+2028", 6, 11),
    Case("BOM inside", HEAD + "  since: \ufeffb\n", "manifest.control_character", "U+FEFF", 6, 10),
    Case("escaped NUL", HEAD + '  since: "a\\0b"\n', "manifest.control_character", "as an escape", 6, 10),
    Case("binary", bytes(range(256)), "manifest.encoding", "not UTF-8", None, None),
    # syntax
    Case("tab", HEAD + "\tsince: x\n", "manifest.tab", "tab", 6, 1, "spaces"),
    Case("tab after a plain value", HEAD + "  since: x\n\tterms: []\n", "manifest.tab", "tab", 7, 1),
    Case("colon in text", HEAD + "  since: a: b\n", "manifest.yaml_syntax", "`:`", 6, 11, "quotes"),
    Case("open single quote", HEAD + "  since: 'a\n", "manifest.yaml_syntax", "never closed", 6, 10, "quote"),
    Case("open double quote", HEAD + '  since: "a\n', "manifest.yaml_syntax", "never closed", 6, 10),
    Case("quote over documents", HEAD + "  since: 'a\n---\nb'\n", "manifest.yaml_syntax", "before the next", 6, 10),
    Case("open bracket", HEAD + "  terms: [a,\n", "manifest.yaml_syntax", "value is missing", 7, 1),
    Case("open list", HEAD + "  terms: [a\nb: 1\n", "manifest.yaml_syntax", "`[` is not closed", 6, 10, "`]`"),
    Case("open brace", HEAD + "  attributes: {a: 1\nb: 2\n", "manifest.yaml_syntax", "`{` is not closed", 6, 15),
    Case("at sign", HEAD + "  since: @x\n", "manifest.yaml_syntax", "start with `@`", 6, 10, "quotes"),
    Case("backtick", HEAD + "  since: `x`\n", "manifest.yaml_syntax", "start with ``", 6, 10, "quotes"),
    Case("odd indentation", HEAD + "   since: x\n", "manifest.yaml_syntax", "`:`", 6, 9, "indentation"),
    Case("too little indentation", HEAD + " since: x\n", "manifest.yaml_syntax", "does not fit", 6, 2, "Indent"),
    Case("list in mapping", HEAD + "  - a\n", "manifest.yaml_syntax", "does not fit", 6, 3),
    Case("mapping in list", HEAD + "  terms:\n  - name: a\n  x: 1\n  - b\n", "manifest.yaml_syntax", "", 9, 3),
    Case("unknown escape", HEAD + '  since: "\\q"\n', "manifest.yaml_syntax", "backslash", 6, 11, "single quotes"),
    Case("text after list", HEAD + "  terms: []]\n", "manifest.yaml_syntax", "does not fit", 6, 12),
    Case("YAML 2", "%YAML 2.0\n---\na: 1\n", "manifest.yaml_syntax", "%YAML", 1, 1),
    Case("directive", "%FOO\n---\na: 1\n", "manifest.yaml_syntax", "%", 1, 5),
    Case("block header", HEAD + "  since: | x\n   a\n", "manifest.yaml_syntax", "the line must end", 6, 12),
    # structure
    Case("duplicate key", HEAD + "  glossary: H\n", "manifest.duplicate_key", "line 5 already", 6, 3, "Keep one"),
    Case("duplicate deep key", HEAD + "  terms:\n    - {name: a, name: b}\n", "manifest.duplicate_key", "`name`", 7, 17),
    Case("duplicate top key", HEAD + "spec: {}\n", "manifest.duplicate_key", "`spec`", 6, 1),
    Case("number as key", HEAD + "  attributes:\n    1: x\n", "manifest.key_not_text", "`1` is not text", 7, 5, '"1"'),
    Case("boolean as key", HEAD + "  attributes: {true: x}\n", "manifest.key_not_text", "`true`", 6, 16, '"true"'),
    Case("empty key", HEAD + "  attributes:\n    ~: x\n", "manifest.key_not_text", "empty", 7, 5),
    Case("list as key", HEAD + "  attributes:\n    [a]: x\n", "manifest.key_not_text", "a list", 7, 5),
    Case("list at the top", "- a\n- b\n", "manifest.not_a_mapping", "is a list", 1, 1, "apiVersion"),
    Case("text at the top", "\n\nhello\n", "manifest.not_a_mapping", "single value", 3, 1),
    Case("python object", HEAD + "  since: !!python/object:os.system x\n", "manifest.unknown_tag", "!!python", 6, 10),
    Case("own tag", HEAD + "  since: !foo x\n", "manifest.unknown_tag", "`!foo`", 6, 10),
    Case("tag on mapping", HEAD + "  attributes: !foo {a: 1}\n", "manifest.unknown_tag", "`!foo`", 6, 15),
    Case("unknown tag handle", HEAD + "  since: !e!foo x\n", "manifest.yaml_syntax", "tag", 6, 10),
    Case("tag that does not fit", HEAD + "  weight: !!int abc\n", "manifest.bad_scalar", "'abc'", 6, 11),
    Case("more than 64 bits", HEAD + "  weight: 9223372036854775808\n", "manifest.bad_scalar", "no number", 6, 11),
    Case("no number", HEAD + "  weight: .nan\n", "manifest.bad_scalar", "`.nan` is no number", 6, 11, "Quote"),
    Case("infinite", HEAD + "  weight: -.inf\n", "manifest.bad_scalar", "`-.inf` is no number", 6, 11),
    Case("a list for a spec", HEAD.replace("\n  glossary: G", " []"), "manifest.wrong_type", "not a list", 4, 7),
    Case("endless number", HEAD + "  weight: " + "9" * 5000 + "\n", "manifest.bad_scalar", "digits", 6, 11),
    Case("deep flow", HEAD + "  attributes: {a: " + "[" * 5000 + "\n", "manifest.too_deep", "100", 6, None),
    Case("deep block", HEAD + "  terms:\n    " + "- " * 5000 + "a\n", "manifest.too_deep", "100", 7, None),
    Case("alias bomb", bomb(), "manifest.too_many_aliases", "100,000", 1, 1, "Defaults"),
    Case("alias of itself", HEAD + "  attributes: &a\n    b: *a\n", "manifest.recursive_alias", "itself", 6, 15),
    Case("unknown alias", HEAD + "  since: *nowhere\n", "manifest.yaml_syntax", "never defined", 6, 10),
    Case("anchor twice", HEAD + "  since: &a x\n  source: &a y\n", "manifest.yaml_syntax", "before", 7, 11),
    Case("merge of text", HEAD + "  <<: text\n", "manifest.bad_merge", "`<<`", 6, 7, "alias"),
    # the envelope
    Case("no kind", "apiVersion: reconciler/v1\nmetadata: {name: a}\nspec: {}\n", "manifest.missing_field", "`kind`", 1, 1),
    Case("no version", "kind: Label\nmetadata: {name: a}\nspec: {name: a}\n", "manifest.missing_field", "`apiVersion`", 1, 1),
    Case("no spec", "apiVersion: reconciler/v1\nkind: Label\nmetadata: {name: a}\n", "manifest.missing_field", "`spec`", 1, 1),
    Case("version", HEAD.replace("v1", "v2"), "manifest.unknown_version", "reconciler/v2", 1, 13, "reconciler/v1"),
    Case("kind", HEAD.replace("GlossaryM", "Glosary_m"), "manifest.unknown_kind", "`Glosary_mapping`", 2, 7, "GlossaryMapping"),
    Case("envelope key", HEAD + "status: {}\n", "manifest.unknown_field", "`status`", 6, 1),
    Case("metadata key", HEAD.replace("name: one", "name: one, tag: [a]"), "manifest.unknown_field", "`tag`", 3, 23, "`tags`"),
    Case("name", HEAD.replace("name: one", "name: -one"), "manifest.invalid_name", "`-one`", 3, 18, "letter"),
    Case("name is a number", HEAD.replace("name: one", "name: 2024"), "manifest.wrong_type", "text", 3, 18, '"2024"'),
    Case("spec is a list", HEAD[: HEAD.index("spec")] + "spec: [a]\n", "manifest.wrong_type", "a mapping", 4, 7),
    # the spec
    Case("unknown field", HEAD + "  sorce: git\n", "manifest.unknown_field", "no field `sorce`", 6, 3, "`source`"),
    Case("deep unknown field", HEAD + "  terms:\n    - name: a\n      lables: []\n", "manifest.unknown_field", "`spec.terms[0]`", 8, 7, "`labels`"),
    Case("missing field", HEAD + "  terms:\n    - name: a\n    - key: b\n", "manifest.missing_field", "`spec.terms[1].name`", 8, 7, "`name:`"),
    Case("choice", HEAD + "  source: gti\n", "manifest.invalid_value", "'git', 'purview' or 'cluedin'", 6, 11, "`git`"),
    Case("exponent as text", HEAD + "  since: 1e3\n", "manifest.wrong_type", "text", 6, 10, '"1e3"'),
    Case("version as text", HEAD + "  since: 4.10\n", "manifest.wrong_type", "text", 6, 10, '"4.10"'),
    Case("boolean as text", HEAD + "  since: True\n", "manifest.wrong_type", "`true`", 6, 10, '"True"'),
    Case("null as text", HEAD.replace("glossary: G", "glossary: ~"), "manifest.wrong_type", "empty", 5, 13, "leave"),
    Case("text as number", HEAD + "  weight: heavy\n", "manifest.wrong_type", "a number", 6, 11),
    Case("octal", HEAD + "  terms: [{name: a, order: 012}]\n", "manifest.ambiguous_number", "`012`", 6, 28, "decimal"),
    Case("sexagesimal", HEAD + "  terms: [{name: a, order: 1:30}]\n", "manifest.wrong_type", "`1:30`", 6, 28),
    Case("underscores", HEAD + "  terms: [{name: a, order: 1_000}]\n", "manifest.ambiguous_number", "`1_000`", 6, 28),
    Case("yes", HEAD + "  terms: [{name: a, hidden: yes}]\n", "manifest.loose_boolean", "`yes`", 6, 29, "true or false: `true`"),
    Case("not a boolean", HEAD + "  terms: [{name: a, hidden: never}]\n", "manifest.wrong_type", "`true` or `false`", 6, 29, "true or false"),
    Case("text as list", HEAD + "  terms: a\n", "manifest.wrong_type", "a list", 6, 10, "as a list"),
    Case("block value of wrong type", HEAD + "  terms:\n    name: a\n", "manifest.wrong_type", "not a mapping", 6, 3),
    Case("pattern", HEAD + "  terms: [{name: a, key: 9x}]\n", "manifest.invalid_value", "must match pattern", 6, 26),
    Case("own rule", HEAD + "  terms:\n    - name: a\n    - name: a\n", "mapping.same_name", "`a` is there twice", 8, 13, "Rename one."),
    Case("union, text", HEAD + "  condition: autp\n", "manifest.invalid_value", "'auto' or a mapping", 6, 14, "`auto`"),
    Case("union, list", HEAD + "  condition: []\n", "manifest.invalid_value", "'auto' or a mapping, not a list", 6, 14),
    Case("union, mapping", HEAD + "  condition: {key: a, exist: true}\n", "manifest.unknown_field", "`exist`", 6, 23, "`exists`"),
    Case("form", HEAD + "  target: {form: wbe, url: a}\n", "manifest.invalid_value", "'file', 'web'", 6, 11, "`web`"),
    Case("no form", HEAD + "  target: {url: a}\n", "manifest.missing_field", "which form", 6, 11, "`form:`"),
    Case("field of a form", HEAD + "  target: {form: web, ulr: a, url: b}\n", "manifest.unknown_field", "`ulr`", 6, 23),
    # secrets and variables
    Case("plain secret", HEAD + "  target: {form: web, url: a, password: hunter2}\n", "secret.plain_value", "reference to a secret", 6, 41, "env: NAME"),
    Case("secret in text", HEAD + "  since: {env: CLUEDIN_PASSWORD}\n", "secret.not_allowed_here", "not a secret", 6, 10),
    Case("secret in anything", HEAD + "  attributes:\n    a: {env: pw, version: '1'}\n", "secret.not_allowed_here", "`spec.attributes.a`", 7, 8),
    Case("secret's field", HEAD + "  target: {form: web, url: a, password: {env: A, vresion: '2'}}\n", "manifest.unknown_field", "`vresion`", 6, 50, "`version`"),
    Case("undefined variable", HEAD + "  since: ${var.NOWHERE}\n", "variable.undefined", "`NOWHERE`", 6, 10, "RECONCILER_VAR_NOWHERE"),
    Case("other expression", HEAD + "  since: a ${env.HOME}\n", "variable.unknown_form", "`${env.HOME}`", 6, 10, "${var.NAME}"),
    Case("open expression", HEAD + "  since: ${var.A\n", "variable.unknown_form", "`${var.A`", 6, 10),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_finding_says_what_is_wrong_and_where(case: Case, load: Callable[..., Project]) -> None:
    project = load({"a.yaml": case.content})
    assert [finding.code for finding in project.findings] == [case.code], project.findings
    finding = project.findings[0]
    assert case.says in finding.summary
    assert case.advice in finding.detail
    assert finding.source is not None
    assert finding.source.file == "manifests/a.yaml"
    if case.line is not None:
        assert finding.source.line == case.line
    if case.column is not None:
        assert finding.source.column == case.column
    assert project.ok == (finding.severity == "warning")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_words_of_the_libraries_and_values_of_secrets_do_not_show(case: Case, load: Callable[..., Project]) -> None:
    for finding in load({"a.yaml": case.content}).findings:
        text = finding.summary + finding.detail
        assert "hunter2" not in text
        assert not any(word in text for word in ("pydantic", "Input should", "<class", "while scanning", "token"))


def test_findings_of_all_files_come_in_one_run_sorted(load: Callable[..., Project]) -> None:
    project = load({f"{n:03}.yaml": case.content for n, case in enumerate(CASES) if case.code != "variable.undefined"})
    places = [(f.source.file, f.source.line or 0) for f in project.findings if f.source]
    assert places == sorted(places)
    assert {f.code for f in project.findings} >= {case.code for case in CASES} - {"variable.undefined"}


@pytest.mark.parametrize("content", ["", "# only a comment\n", "---\n", "---\n---\n# nothing\n...\n", "\ufeff", "\r\n"])
def test_empty_files_hold_no_documents(content: str, load: Callable[..., Project]) -> None:
    project = load({"a.yaml": content})
    assert (project.documents, project.findings) == ([], [])
