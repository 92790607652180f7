"""What the YAML parser complains about, in plain words."""

from __future__ import annotations

import re

from yaml.error import Mark, MarkedYAMLError, YAMLError

from reconciler.errors import Diagnostic, Source

_SYNTAX = "manifest.yaml_syntax"

# fragment of the parser's words → what is wrong, what to do
_PLAIN_WORDS: tuple[tuple[str, str, str], ...] = (
    ("mapping values are not allowed",
     "A `:` stands where no key can be",
     "Check the indentation of this line and the one before it, and put text that contains `: ` in quotes."),
    ("found unexpected end of stream",
     "A quoted text is opened here and never closed",
     "Add the closing quote."),
    ("found unexpected document indicator",
     "A quoted text is opened here and not closed before the next `---` or `...`",
     "Add the closing quote."),
    ("did not find expected ',' or ']'",
     "A list opened with `[` is not closed, or two of its items have no comma between them",
     "Add the missing `,` or `]`."),
    ("did not find expected ',' or '}'",
     "A mapping opened with `{` is not closed, or two of its entries have no comma between them",
     "Add the missing `,` or `}`."),
    ("did not find expected '-' indicator",
     "This line is indented like the items of a list but does not start with `- `",
     "Start it with `- `, or indent it differently from the list."),
    ("did not find expected key",
     "This line does not fit the mapping it stands in",
     "Indent it like its neighbours, and check that quotes and brackets before it are closed."),
    ("did not find expected node content",
     "A value is missing here",
     "Write a value, or remove the bracket or comma."),
    ("could not find expected ':'",
     "A key without `:` after it",
     "Write `key: value`; a key must fit on one line."),
    ("block sequence entries are not allowed",
     "A list item `- ` cannot start here",
     "Put the list on the lines below its key, one item a line."),
    ("found undefined alias",
     "The alias used here was never defined",
     "Define it first with `&name`, or quote the text if the `*` is meant as text."),
    ("second occurrence",
     "The anchor defined here has been defined before",
     "Give each anchor its own name."),
    ("found unknown escape character",
     "A backslash in double quotes is followed by a character that has no meaning",
     "Write `\\\\` for a backslash, or use single quotes, in which backslashes are ordinary."),
    ("hexdecimal number",
     "A `\\x` or `\\u` escape lacks its hexadecimal digits",
     "Write all digits, or use single quotes, in which backslashes are ordinary."),
    ("invalid Unicode character escape",
     "A `\\u` escape names no character",
     "Write the character itself."),
    ("found incompatible YAML document",
     "The `%YAML` line asks for a version that is not supported",
     "Remove the line, or write `%YAML 1.2`."),
    ("directive",
     "A line that starts with `%` is not a YAML directive",
     "Remove the line, or quote the text."),
    ("undefined tag handle",
     "The tag used here is unknown",
     "Remove the tag (the word that starts with `!`), or quote the text."),
    ("tag",
     "The tag used here is not well formed",
     "Remove the tag (the word that starts with `!`), or quote the text."),
    ("alphabetic or numeric character",
     "A `&` or `*` is not followed by a name",
     "Quote the text if the character is meant as text."),
    ("expected comment or line break",
     "After `|` or `>` the line must end",
     "Move the text to the next line, and indent it."),
    ("expected <document start>",
     "This text follows the end of a document",
     "Separate documents with `---`."),
)  # fmt: skip

_NOT_ALLOWED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_GIVES_UP_ON_DEPTH = ("while increasing flow level", "while increasing block level")
_POINTS_AT_START = ("unexpected end of stream", "unexpected document indicator", "expected ',' or")


def too_deep(levels: int, source: Source) -> Diagnostic:
    """The finding for a document that nests too deeply."""
    return Diagnostic(
        "error",
        "manifest.too_deep",
        f"The nesting is deeper than {levels} levels",
        "Flatten the structure; check for brackets that are never closed.",
        source,
    )


def unreadable_yaml(error: YAMLError, text: str, file: str, levels: int) -> Diagnostic:
    """The parser's error as one finding with its position; `levels` is how deep a document may nest."""
    found = _NOT_ALLOWED.search(text)
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return control_character(text, found.start(), file) if found else _other("not YAML", Source(file))
    problem = " ".join(filter(None, (error.context, error.problem)))
    if found and "special characters" in problem:
        return control_character(text, found.start(), file)
    at_start = any(words in problem for words in _POINTS_AT_START)
    mark = error.context_mark if at_start and error.context_mark is not None else error.problem_mark
    source = Source(file, mark.line + 1, mark.column + 1)
    if any(words in problem for words in _GIVES_UP_ON_DEPTH):
        return too_deep(levels, source)
    if "tab character" in problem or "cannot start any token" in problem:
        return _bad_start(mark, text, source)
    for fragment, summary, detail in _PLAIN_WORDS:
        if fragment in problem:
            return Diagnostic("error", _SYNTAX, summary, detail, source)
    return _other(error.problem or "not YAML", source)


def control_character(text: str, at: int, file: str) -> Diagnostic:
    """The finding for a character that no manifest may contain."""
    line = text.count("\n", 0, at)
    column = at - (text.rfind("\n", 0, at) + 1)
    return Diagnostic(
        "error",
        "manifest.control_character",
        f"The invisible character U+{ord(text[at]):04X} is not allowed in a manifest",
        "Delete it; it often comes with pasted text or from a file that is not text.",
        Source(file, line + 1, column + 1),
    )


def _bad_start(mark: Mark, text: str, source: Source) -> Diagnostic:
    lines = re.split("\r\n|\n|\r", text)
    line = lines[mark.line] if mark.line < len(lines) else ""
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation or line[mark.column : mark.column + 1] == "\t":
        return Diagnostic(
            "error",
            "manifest.tab",
            "A tab is used as indentation",
            "Indent with spaces; YAML does not allow tabs there.",
            source,
        )
    character = line[mark.column : mark.column + 1]
    return Diagnostic("error", _SYNTAX, f"A value cannot start with `{character}`", "Put the text in quotes.", source)


def _other(problem: str, source: Source) -> Diagnostic:
    return Diagnostic("error", _SYNTAX, f"The file is not valid YAML: {problem}", "Check this line.", source)
