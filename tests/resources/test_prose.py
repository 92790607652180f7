"""What of a text is formatting, and what its canonical and readable forms keep."""

from __future__ import annotations

import copy
import html
import pickle

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.resources import types
from reconciler.resources.markup import html_prose
from reconciler.resources.prose import plain_text
from reconciler.resources.rules import Definition, RichText, canonical_of
from reconciler.resources.slate import rich_prose, slate

LINK = '<a href="{}">page</a>'


@pytest.mark.parametrize(
    "text",
    [
        "Format: <country>-<number>",
        "List<String>",
        "Map<String, List<Object>>",
        "List<Object> and <code>-<number>",
        "score<limit and age>18",
        "a<b and c>d",
        "a < b > c",
        "<",
        "<b",
        "a <!-- not closed",
        "<b>never closed",
        "</b>never opened",
        "a<i",
        "<3",
        "x <y@z.example>",
        "<!DOCTYPE html>",
        "<?xml version='1.0'?>",
        "q?a=1&copy=2",
        "  - indented\n    more",
    ],
)
def test_what_html_does_not_know_is_text(text: str) -> None:
    assert html_prose(text) == html_prose(text).readable == plain_text(text)


@pytest.mark.parametrize(
    ("text", "canonical", "readable"),
    [
        ("<b>x</b> <country>", "x <country>", "x <country>"),
        ("a<b>b</b><limit and age>18", "ab<limit and age>18", "ab<limit and age>18"),
        ("<p>a &lt;b&gt; &amp;lt; &amp;</p>", "a <b> &lt; &", "a <b> &lt; &"),
        ("AT&amp;T", "AT&T", "AT&T"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b", "a\nb"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b", "a\nb"),
        ("<ol start='3'><li>a<li>b</ol>", "3. a\n4. b", "a\nb"),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", "- a\n  1. b\n- c", "a\nb\nc"),
        ("<ul><li><p>a</p></li><li></li></ul>", "- a\n-", "a"),
        (f"See {LINK.format('https://x/?a=1&amp;b=2')}.", "See [page](https://x/?a=1&b=2).", "See page."),
        ("<a href='https://x'>https://x</a> <a>x</a> <a name='n'>y</a>", "https://x x y", "https://x x y"),
        ("<a href=u><img src=i.png alt=pic></a>", "[![pic](i.png)](u)", ""),
        ("<table><tr><td>a</td><td><p>b</p></td></tr><tr><td><td>d</table>e", "a | b\n| d\ne", "a b\nd\ne"),
        ("<div>a</div>\n\n<div>b<br></div><div><br></div><div><br></div>c", "a\nb\n\nc", "a\nb\n\nc"),
        ("<p>a\n  b&nbsp; c</p>", "a b c", "a b c"),
        ("<pre>a\n  b</pre>", "a\n  b", "a\n  b"),
        ("a<!-- note --><b>c</b>", "ac", "ac"),
        ("<script>if (a<b) x</script>", "if (a<b) x", "if (a<b) x"),
        ("<p></p>", "", ""),
        ("a<hr>b", "a\n---\nb", "a\nb"),
    ],
)
def test_html(text: str, canonical: str, readable: str) -> None:
    found = html_prose(text)
    assert found == canonical
    assert " ".join(found.readable.split()) == " ".join(readable.split())
    assert found.exact == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Format: <country>-<number>", "Format: <region>"),
        ("List<String>", "List<Integer>"),
        ("score<limit and age>18", "score<limit and age>21"),
        ("<ul><li>a</li></ul>", "<ol><li>a</li></ol>"),
        ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        (LINK.format("https://x"), LINK.format("https://y")),
        ("<td>a</td><td>b</td>", "<td>ab</td>"),
        ("<td>a b</td>", "<td>a</td><td>b</td>"),
        ("<img src='a.png'>", "<img src='b.png'>"),
        ("<p>&lt;a&gt;</p>", "<p>&lt;b&gt;</p>"),
        ("<p>&amp;lt;</p>", "<p>&lt;</p>"),
    ],
)
def test_what_people_see_or_rely_on_makes_a_difference(one: str, other: str) -> None:
    assert html_prose(one) != html_prose(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<div>a</div>\n<div>b</div>", "<div>a</div><div>b</div>"),
        ("<p>a &amp; b</p>", "<p>a &#38; b</p>"),
        ('<a href="u" title="t" style="color:red">x</a>', "<A STYLE='' HREF=u>x</A>"),
        ("<b>x</b>", "<strong>x</strong>"),
        ("<p>x&nbsp;y</p>", "<div><span>x y</span></div>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    ],
)
def test_noise_makes_none(one: str, other: str) -> None:
    assert html_prose(one) == html_prose(other)


TEXT = st.text(st.sampled_from("ab <>&;/=\"'-.\n\t\r#é\u0301xlip1"), max_size=40)


@given(TEXT)
@example("<p")
@example("<a <b>x</b>")
@example("<td><li><a href=x><table></a>")
def test_any_text_has_forms(text: str) -> None:
    found = html_prose(text)
    assert found.exact == plain_text(text)
    assert found == html_prose(text)
    assert type(pickle.loads(pickle.dumps(found))) is type(copy.deepcopy(found)) is type(found)
    assert orjson.loads(orjson.dumps(found)) == found


@given(st.lists(st.text(st.sampled_from("ab<>& \"'&;lt-é"), max_size=12), max_size=5))
def test_escaped_text_reads_as_the_text(lines: list[str]) -> None:
    """What a portal makes of plain text says the same, whatever signs are in it."""
    wrapped = "<div>" + "<br>".join(html.escape(line) for line in lines) + "</div>"
    assert html_prose(wrapped).readable.split() == " ".join(lines).split()


@given(TEXT)
def test_plain_text_comes_back_from_slate_as_it_is(text: str) -> None:
    exact = plain_text(text)
    found = rich_prose(slate(exact))
    assert (found, found.exact, found.readable) == (exact, exact, exact)


def paragraph(*children: object) -> dict[str, object]:
    return {"type": "paragraph", "children": list(children)}


def leaf(text: object, **marks: object) -> dict[str, object]:
    return {"text": text, **marks}


def block(type: str, *children: object, **more: object) -> dict[str, object]:
    return {"type": type, "children": list(children), **more}


@pytest.mark.parametrize(
    ("nodes", "canonical"),
    [
        ([paragraph(leaf(None))], ""),
        ([paragraph(leaf("a"), leaf(None), leaf("b", bold=True))], "ab"),
        ([paragraph(leaf("a"))] * 2, "a\na"),
        ([paragraph(leaf("See ")), block("unknown", leaf("a")), block("other", leaf("b"))], "See\na\nb"),
        ([block("unknown", block("inner", leaf("a")), block("inner", leaf("b")))], "a\nb"),
        ([paragraph(leaf("See "), block("link", leaf("page"), url="https://x"), leaf("."))], "See [page](https://x)."),
        ([paragraph(leaf("By "), block("mention", leaf("Ada")), leaf("."))], "By Ada."),
        ([block("bulleted-list", block("list-item", leaf("a")), block("list-item", leaf("b")))], "- a\n- b"),
        ([block("numbered-list", block("list-item", paragraph(leaf("a"))))], "1. a"),
        ([block("ul", block("li", block("lic", leaf("a")), block("ol", block("li", leaf("b")))))], "- a\n  1. b"),
        (
            [block("table", block("table-row", block("table-cell", leaf("a")), block("table-cell", leaf("b"))))],
            "a | b",
        ),
        ([block("image", leaf(""), url="https://x/i.png")], "![](https://x/i.png)"),
    ],
)
def test_slate(nodes: list[object], canonical: str) -> None:
    assert rich_prose(orjson.dumps(nodes).decode()) == canonical


@pytest.mark.parametrize("text", ["[draft]", "[1, 2]", '["a"]', "[see below] more", "[", '[{"a": 1}]'])
def test_what_only_looks_like_slate_is_text(text: str) -> None:
    assert rich_prose(text) == rich_prose(text).exact == text


def test_only_plain_paragraphs_are_exactly_their_text() -> None:
    assert rich_prose(slate("a\nb")).exact == "a\nb"
    formatted = orjson.dumps([paragraph(leaf("a", bold=True))]).decode()
    assert rich_prose(formatted) == "a" != rich_prose(formatted).exact


def test_empty_texts_are_nothing() -> None:
    for rule, empty in ((Definition(), "<p><br></p>"), (RichText(), slate("")), (RichText(), "[]")):
        assert canonical_of(str, (rule,))(empty) is None


def test_the_types_with_formatted_texts_know_that_their_form_is_new() -> None:
    formatted = {
        type.full_name: type.canon
        for type in types().values()
        if any(field.has(Definition) or field.has(RichText) for field in type.fields.values())
    }
    assert (
        formatted.items()
        >= {
            "cluedin.glossary_term": 2,
            "cluedin.stream": 2,
            "cluedin.vocabulary": 2,
            "cluedin.vocabulary_key": 2,
            "purview.glossary": 2,
            "purview.term": 2,
        }.items()
    )
