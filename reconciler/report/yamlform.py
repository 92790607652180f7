"""YAML that every reader takes for the same, whether it goes by YAML 1.1 or 1.2; the same bytes for the same data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from reconciler.manifest import scalars
from reconciler.manifest.build import CURLY
from reconciler.report.logs import command_marks

_WIDTH = 120
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


class _Writer(yaml.SafeDumper):
    """Quotes what any reader could take for no text; lists stand below their key, indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def write_double_quoted(self, text: str, split: bool = True) -> None:  # noqa: ARG002
        """By numbers what cannot be seen, and what a runner would take for a command in a log."""
        commands = command_marks(text)
        shown = "".join(_numbered(one) if at in commands else _shown(one) for at, one in enumerate(text))
        self.write_indicator(f'"{shown}"', True)


def _shown(letter: str) -> str:
    return _ESCAPED.get(letter) or (letter if letter.isprintable() else _numbered(letter))


def _numbered(letter: str) -> str:
    number = ord(letter)
    return f"\\x{number:02X}" if number < 0x100 else f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    taken_for_another = scalars.tag_of(text) != scalars.TEXT or scalars.is_treacherous(text) or text[:1] in CURLY
    if command_marks(text) or taken_for_another:
        style = '"'
    elif not text.isprintable():
        lines = text.split("\n")
        style = "|" if all(line.isprintable() and line == line.strip() for line in lines) and lines[0] else '"'
    return writer.represent_scalar(scalars.TEXT, text, style=style)


_Writer.add_representer(str, _text)


def written(data: Mapping[str, Any]) -> str:
    """One document, in the order of its keys."""
    text: str = yaml.dump(dict(data), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return text
