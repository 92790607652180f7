"""Text that people format: its canonical form, its readable text, and what the author wrote.

A text has three forms, as three questions are asked of it:

* *the author's*: exact but for line ends, blanks at ends, and NFC. Whether the manifest changed is asked of it.
* *canonical*: the text, addresses of links and images, kinds and numbers of lists, cells of tables. Whether people
  changed the live text is asked of it. Bold, colours, entity spelling, blanks and wrappers mean nothing.
* *readable*: the words alone. A plain text in a manifest matches a formatted one in a portal by it.

The canonical form is written as Markdown would, since that is what a plan shows.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any


class Prose(str):
    """The canonical form of a text, with its other two; equal and digested as the canonical form."""

    exact: str
    readable: str

    __slots__ = ("exact", "readable")

    def __new__(cls, canonical: str, exact: str, readable: str) -> Prose:
        """The canonical form, the author's, and the words alone."""
        made = super().__new__(cls, canonical)
        made.exact, made.readable = exact, readable
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies keep the other forms."""
        return Prose, (str(self), self.exact, self.readable)


def plain_text(value: Any) -> Any:
    """Text with LF line ends, no trailing blanks on its lines, and no outer blanks; NFC."""
    if not isinstance(value, str):
        return value
    if value.isascii() and "\r" not in value and " \n" not in value and "\t\n" not in value:
        return value.strip()
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def flat(text: str) -> str:
    """The text with every run of blanks and line ends as one blank."""
    return " ".join(text.split())


def exact(wanted: Any) -> Any:
    """What an author said, of a canonical value: a text is no less changed when only its formatting is."""
    return wanted.exact if isinstance(wanted, Prose) else wanted


def reads_as(live: Any, wanted: Any) -> bool:
    """Whether a canonical live value is the wanted one for readers: formatting is welcome on a plain text."""
    if wanted == live:
        return True
    if not (isinstance(wanted, Prose) and isinstance(live, Prose)):
        return False
    return live != live.exact and wanted == wanted.exact and flat(wanted) in (flat(live), flat(live.readable))


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int = 1


@dataclass(slots=True)
class _Table:
    cells: int = 0
    """Cells so far of the row under way."""
    open: bool = False
    """Whether one of them is: there, what would end a line is a blank."""


@dataclass(slots=True)
class _Link:
    address: str
    start: int
    line: int


@dataclass(slots=True)
class Lines:
    """Writes formatted text line by line; without `marks`, only its words."""

    marks: bool = True
    done: list[str] = field(default_factory=list)
    _line: list[str] = field(default_factory=list)
    _lists: list[_List] = field(default_factory=list)
    _bullet: str = ""
    _tables: list[_Table] = field(default_factory=list)
    _links: list[_Link] = field(default_factory=list)
    _kept: int = 0
    """How many blocks are open whose blanks and line ends count."""

    def text(self, said: str) -> None:
        """Words, with blanks and line ends as they stand in the source."""
        if not self._kept:
            self._line.append(said)
            return
        first, *more = said.split("\n")
        self._line.append(first)
        for line in more:
            self.end()
            self._line.append(line)

    def end(self) -> None:
        """Ends the line, even an empty one."""
        if self._inside:
            self._line.append(" ")
        else:
            self._flush(empty=True)

    def block(self) -> None:
        """What comes next stands on a line of its own."""
        if self._inside:
            self._line.append(" ")
        else:
            self._flush(empty=False)

    def _flush(self, *, empty: bool) -> None:
        line = "".join(self._line)
        line = line.rstrip() if self._kept else flat(line)
        if not line and not empty:
            self._line.clear()
            return
        self._line.clear()
        indent = "  " * (len(self._lists) - 1)
        if self._bullet:
            line = f"{indent}{self._bullet} {line}"
        elif self._lists and line:
            line = f"{indent}  {line}"
        self._bullet = ""
        self.done.append(line.rstrip())

    # -- lists ---------------------------------------------------------------------------------------------

    def open_list(self, *, ordered: bool, start: int = 1) -> None:
        """A list begins, perhaps within another."""
        self.block()
        self._lists.append(_List(ordered, start))

    def close_list(self) -> None:
        """The innermost list ends."""
        self.close_item()
        if self._lists:
            self._lists.pop()

    def item(self, number: int | None = None) -> None:
        """An item begins; one outside of any list counts as one of an unordered."""
        self.close_item()
        mark = "-"
        if self._lists and self._lists[-1].ordered:
            now = self._lists[-1]
            now.number = number if number is not None else now.number
            mark = f"{now.number}."
            now.number += 1
        self._bullet = mark if self.marks and not self._inside else ""

    def close_item(self) -> None:
        """An item ends, even an empty one."""
        self.block()
        if self._bullet:
            self._flush(empty=True)

    # -- tables --------------------------------------------------------------------------------------------

    @property
    def _inside(self) -> bool:
        return any(table.open for table in self._tables)

    def open_table(self) -> None:
        """A table begins, perhaps within a cell of another."""
        self.block()
        self._tables.append(_Table())

    def close_table(self) -> None:
        """The innermost table ends."""
        if self._tables:
            self._tables.pop()
        self.block()

    def open_row(self) -> None:
        """A row begins, and ends the one before it."""
        self.close_row()
        if not self._tables:
            self._tables.append(_Table())
        self._tables[-1].cells = 0

    def close_row(self) -> None:
        """A row ends, and with it its last cell."""
        self.close_cell()
        self.block()

    def open_cell(self) -> None:
        """A cell begins, and ends the one before it."""
        self.close_cell()
        if not self._tables:
            self.open_table()
        table = self._tables[-1]
        if table.cells:
            self._line.append(" | " if self.marks else " ")
        table.cells, table.open = table.cells + 1, True

    def close_cell(self) -> None:
        """A cell ends."""
        if self._tables:
            self._tables[-1].open = False

    # -- what has an address -------------------------------------------------------------------------------

    def open_link(self, address: str) -> None:
        """A link begins; an empty address is none."""
        self._links.append(_Link(flat(address), len(self._line), len(self.done)))

    def close_link(self) -> None:
        """The innermost link ends; one whose words are its address is as good as the address alone."""
        if not self._links:
            return
        link = self._links.pop()
        if not self.marks or not link.address:
            return
        if link.line != len(self.done):
            self._line.append(f" ({link.address})")
            return
        label = "".join(self._line[link.start :])
        if _same_address(flat(label), link.address):
            return
        self._line[link.start :] = [label[: len(label) - len(label.lstrip())], f"[{flat(label)}]({link.address})"]
        self._line.append(label[len(label.rstrip()) :] if label.strip() else "")

    def image(self, address: str, label: str) -> None:
        """A picture."""
        if self.marks:
            self._line.append(f"![{flat(label)}]({flat(address)})")

    def rule(self) -> None:
        """A line across."""
        self.block()
        if self.marks:
            self.text("---")
        self.block()

    def keep_blanks(self, *, on: bool) -> None:
        """Blanks and line ends count from here on, or no longer."""
        self.block()
        self._kept = max(0, self._kept + (1 if on else -1))

    def finish(self) -> str:
        """The text."""
        while self._links:
            self.close_link()
        self._tables.clear()
        self.close_item()
        text: str = plain_text("\n".join(self.done))
        return text


def _same_address(label: str, address: str) -> bool:
    """Whether a portal made the link by itself of an address that somebody typed."""
    return address.removeprefix("mailto:").rstrip("/") == label.rstrip("/")
