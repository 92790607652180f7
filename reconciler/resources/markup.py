"""HTML that portals keep in texts: what of a text is HTML at all, and its canonical and readable forms.

Only names that HTML knows make tags (the elements of the HTML standard, and those of its past that editors still
write). `<country>`, `List<String>` and `score<limit and age>18` are text, in manifests as in portals.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from html.parser import HTMLParser

from reconciler.resources.prose import Lines, Prose, plain_text


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VOID = _names(
    """
    area base basefont br col embed frame hr img input link meta param source track wbr
    """
)
_OPEN_ENDED = _names(
    """
    p li dt dd tr td th thead tbody tfoot colgroup option optgroup rp rt
    """
)
"""Elements whose end tag may be left out; of all others a tag without its other half is text."""
_PAIRED = _names(
    """
    a abbr acronym address applet article aside audio b bdi bdo big blockquote body button canvas caption
    center cite code data datalist del details dfn dialog dir div dl em fieldset figcaption figure font footer
    form frameset h1 h2 h3 h4 h5 h6 head header hgroup html i iframe ins kbd label legend main map mark menu
    meter nav nobr noframes noscript o:p object ol output picture pre progress q ruby s samp script search
    section select slot small span strike strong style sub summary sup svg table template textarea time title
    tt u ul var video
    """
)
_BLOCKS = _names(
    """
    address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hgroup legend main nav p section summary tbody tfoot thead
    """
)
_BARE = _names(
    """
    allowfullscreen async autofocus autoplay checked compact controls default defer disabled download hidden
    inert ismap itemscope loop multiple muted nohref noresize noshade novalidate nowrap open playsinline
    readonly required reversed selected
    """
)
"""Attributes that may stand without a value."""
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:]*)(?=[\s/>])")
_ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_MAX_NUMBER = 10**6


def html_prose(value: str) -> Prose:
    """The forms of a text that may be HTML."""
    if "<" not in value and "&" not in value and value.isascii():
        exact = plain_text(value)
        return Prose(exact, exact, exact)
    return _forms(value)


@lru_cache(maxsize=4096)
def _forms(value: str) -> Prose:
    exact = plain_text(value)
    source = _only_tags(exact)
    if source is None:
        text = plain_text(_ENTITY.sub(lambda found: html.unescape(found[0]), exact).replace("\xa0", " "))
        return Prose(text, exact, text)
    return Prose(_render(source, marks=True), exact, _render(source, marks=False))


def _render(source: str, *, marks: bool) -> str:
    reader = _Reader(marks)
    reader.feed(source)
    reader.close()
    return _with_single_gaps(reader.lines.finish())


def _with_single_gaps(text: str) -> str:
    """Empty lines that follow each other as one, as editors add and drop them at will."""
    lines = text.split("\n")
    return "\n".join(line for line, before in zip(lines, ["", *lines], strict=False) if line or before)


def _only_tags(text: str) -> str | None:
    """The text with every `<` that begins no tag escaped, and without comments; None when there is no tag."""
    text = _without_comments(text)
    found = {(match[0][1] == "/", match[1].lower()) for match in _NAME.finditer(text)}
    tags = {
        (closing, name)
        for closing, name in found
        if name in _OPEN_ENDED or (name in _VOID and not closing) or (name in _PAIRED and (not closing, name) in found)
    }
    if not tags:
        return None
    last = text.rfind(">")
    pieces: list[str] = []
    done = 0
    kept = False
    while (start := text.find("<", done)) >= 0:
        match = _NAME.match(text, start)
        is_tag = match is not None and start < last and (match[0][1] == "/", match[1].lower()) in tags
        kept = kept or is_tag
        pieces += [text[done:start], "<" if is_tag else "&lt;"]
        done = start + 1
    return "".join([*pieces, text[done:]]) if kept else None


def _without_comments(text: str) -> str:
    while (start := text.find("<!--")) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        text = text[:start] + text[end + 3 :]
    return text


class _Reader(HTMLParser):
    """Writes what a browser would show, with what it would not show but people rely on."""

    def __init__(self, marks: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = Lines(marks)

    def set_cdata_mode(self, *_args: object, **_more: object) -> None:
        """No element's content is anything but text and tags, in every release of Python alike."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens what the tag stands for; words in brackets without a value are no attributes, so it is no tag."""
        lines, given = self.lines, {name: value or "" for name, value in attrs}
        if any(value is None and name not in _BARE for name, value in attrs):
            self.handle_data(self.get_starttag_text() or "")
        elif tag == "br":
            lines.end()
        elif tag == "hr":
            lines.rule()
        elif tag in ("ul", "menu", "dir", "ol"):
            lines.open_list(ordered=tag == "ol", start=_number(given.get("start")) or 1)
        elif tag == "li":
            lines.item(_number(given.get("value")))
        elif tag == "table":
            lines.open_table()
        elif tag == "tr":
            lines.open_row()
        elif tag in ("td", "th"):
            lines.open_cell()
        elif tag == "a":
            lines.open_link(given.get("href", ""))
        elif tag in ("img", "embed", "iframe", "audio", "video", "source"):
            if given.get("src"):
                lines.image(given["src"], given.get("alt", ""))
        elif tag == "pre":
            lines.keep_blanks(on=True)
        elif tag in _BLOCKS:
            lines.block()

    def handle_endtag(self, tag: str) -> None:
        """Closes what the tag stands for."""
        lines = self.lines
        if tag in ("ul", "menu", "dir", "ol"):
            lines.close_list()
        elif tag == "li":
            lines.close_item()
        elif tag == "table":
            lines.close_table()
        elif tag == "tr":
            lines.close_row()
        elif tag in ("td", "th"):
            lines.close_cell()
        elif tag == "a":
            lines.close_link()
        elif tag == "pre":
            lines.keep_blanks(on=False)
        elif tag in _BLOCKS:
            lines.block()

    def handle_data(self, data: str) -> None:
        """Text."""
        self.lines.text(data.replace("\xa0", " "))


def _number(value: str | None) -> int | None:
    """The number of a list or an item; what is none counts as not given."""
    text = (value or "").strip()
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() and abs(int(text)) < _MAX_NUMBER else None
