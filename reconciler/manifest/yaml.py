"""YAML files → plain dicts and lists, with the position of every key and item, or findings in plain words.

Parsing is libyaml's; values are resolved as in YAML 1.2 (see `scalars`). Nothing here raises for what a file
contains: whatever is wrong becomes a finding.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from yaml import MappingNode, Node, ScalarNode, SequenceNode, YAMLError

from reconciler.errors import Diagnostic, Source
from reconciler.manifest import scalars
from reconciler.manifest.build import Builder
from reconciler.manifest.complaints import control_character, too_deep, unreadable_yaml
from reconciler.manifest.composer import Composer, TooDeep
from reconciler.manifest.escapes import disguised, put_right
from reconciler.manifest.garbage import garbage_collection_paused
from reconciler.manifest.marks import Marks, Place, find
from reconciler.manifest.marks import Path as DataPath

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 100
_LINE_SEPARATORS = ("\x85", "\u2028", "\u2029", "\ufeff")
_LINE_BREAK = re.compile("\r\n|\r|\n")
_PLAIN_WORD = re.compile(r"""[^\s,\[\]{}"'|>&*!$][^\s,\]}]*""")
_KEY = re.compile(r"""("[^"]*"|'[^']*'|[^,}]*?):(?:[\s,}]|$)""")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """One document of a file: its data, the marks of the data, its index and its first line (from 1)."""

    file: str
    index: int
    line: int
    data: Any
    marks: Marks

    @property
    def place(self) -> Place:
        """The top of the document, from which positions are found."""
        return Place(self.file, self.data, self.marks)


@dataclass
class YamlFile:
    """What one file holds; `treacherous` when it has plain words that other readers take for non-text."""

    name: str
    text: str = ""
    documents: list[YamlDocument] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    treacherous: bool = False
    _lines: list[str] = field(default_factory=list, repr=False)

    @cached_property
    def may_have_variables(self) -> bool:
        """Whether a variable may stand in the file: it is asked for each of its documents."""
        return "${" in self.text

    @cached_property
    def may_have_secrets(self) -> bool:
        """Whether a reference to a secret may stand in the file."""
        return "env" in self.text or "vault" in self.text

    def word_at(self, line: int, column: int) -> str:
        """The plain word that is written at a place (from 0), or nothing when what stands there is quoted."""
        self._lines = self._lines or _LINE_BREAK.split(self.text)
        found = _PLAIN_WORD.match(self._lines[line], column) if line < len(self._lines) else None
        return found[0] if found else ""

    def follows_comma(self, line: int, column: int) -> bool:
        """Whether a key at a place (from 0) has no `:` and follows a comma, on its line or at the end of one above."""
        self._lines = self._lines or _LINE_BREAK.split(self.text)
        if line >= len(self._lines) or _KEY.match(self._lines[line], column):
            return False
        above = (self._lines[at] for at in range(line - 1, -1, -1) if self._lines[at].strip())
        return (self._lines[line][:column].strip() or next(above, "")).rstrip().endswith(",")


def position(document: YamlDocument, path: DataPath = ()) -> Source:
    """Where the value at `path` stands, or its nearest ancestor that is there."""
    return find([document.place], path)[0].source


def read_yaml(path: Path, name: str) -> YamlFile:
    """Reads one file; `name` is what findings call it."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            about = os.fstat(stream.fileno())
            if not stat.S_ISREG(about.st_mode):
                return _refused(name, "manifest.not_a_file", "This is not an ordinary file", "Remove it.")
            content = stream.read(MAX_BYTES + 1) if about.st_size <= MAX_BYTES else None
    except OSError as error:
        return _refused(
            name,
            "manifest.unreadable",
            f"The file cannot be read: {error.strerror or error}",
            "Check that it exists and that you may read it.",
        )
    if content is None or len(content) > MAX_BYTES:
        return _refused(
            name,
            "manifest.too_large",
            f"The file is larger than {MAX_BYTES // 1024 // 1024} MB",
            "Split it into several files.",
        )
    return parse_yaml(content, name)


def parse_yaml(content: bytes, name: str) -> YamlFile:
    """Parses the bytes of one file."""
    if content.startswith(_UTF16):
        return _refused(name, "manifest.encoding", "The file is saved as UTF-16", "Save it as UTF-8.", line=1, column=1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        return _refused(
            name,
            "manifest.encoding",
            f"The file is not UTF-8: byte 0x{content[error.start]:02x} at offset {error.start} is no text",
            "Save it as UTF-8.",
            line=before.count("\n") + 1,
            column=len(before) - before.rfind("\n"),
        )
    file = YamlFile(name, text)
    separators = [] if text.isascii() else [at for at in map(text.find, _LINE_SEPARATORS) if at >= 0]
    if separators:
        file.findings.append(control_character(text, min(separators), name))
    else:
        with garbage_collection_paused():
            _parse_documents(file)
    return file


def _parse_documents(file: YamlFile) -> None:
    composer: Composer | None = None
    try:
        hidden = disguised(file.text)
        composer = Composer(hidden or file.text, MAX_DEPTH)
        builder = Builder(file.name, file.text, file.findings, MAX_DEPTH)
        while composer.check_node():
            node = composer.get_node()
            if node is not None and hidden is not None:
                put_right(node)
            if node is not None and not _is_empty(node):
                _add_document(file, builder, node)
    except TooDeep as error:
        file.findings.append(too_deep(MAX_DEPTH, Source(file.name, error.line + 1, error.column + 1)))
    except YAMLError as error:
        file.findings.append(unreadable_yaml(error, file.text, file.name, MAX_DEPTH))
    file.treacherous = composer is not None and composer.treacherous


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.tag == scalars.NULL and node.value == ""


def _add_document(file: YamlFile, builder: Builder, node: Node) -> None:
    mark = node.start_mark
    if not isinstance(node, MappingNode):
        kind = "a list" if isinstance(node, SequenceNode) else "a single value"
        file.findings.append(
            Diagnostic(
                "error",
                "manifest.not_a_mapping",
                f"The document is {kind}, not a mapping",
                "Start it with `apiVersion:`, `kind:`, `metadata:` and `spec:`.",
                Source(file.name, mark.line + 1, mark.column + 1),
            )
        )
        return
    built = builder.build(node)
    if built is not None:
        file.documents.append(YamlDocument(file.name, len(file.documents), mark.line + 1, *built))


def _refused(
    name: str, code: str, summary: str, detail: str, line: int | None = None, column: int | None = None
) -> YamlFile:
    finding = Diagnostic("error", code, summary, detail, Source(name, line, column))
    return YamlFile(name, findings=[finding])
