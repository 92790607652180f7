r"""Text that goes to a log: nothing in it is a command to the machinery that reads the log.

Runners act on lines that a program prints. GitHub's takes `::name …::` at the start of a line and `##[name …]`
anywhere in it ([A], `ActionCommand.cs` of actions/runner; a name it does not know is text); the agent of Azure
DevOps takes `##vso[area.event …]` anywhere, and shows `##[name]` as a heading or a fault ([B], its documentation).
One character of each is shown by its number.
"""

from __future__ import annotations

import re

from reconciler.report.seen import UNSEEN

_COMMAND = re.compile(r"(?<!:):(?P<colon>:)(?=[A-Za-z])|#(?P<hash>#)(?=\[|[A-Za-z]{1,16}\[)")
_IN_JSON = re.compile(rf"{_COMMAND.pattern}|(?P<unseen>{UNSEEN.pattern})")


def harmless(text: str) -> str:
    r"""The text with `::notice` as `:\u{3a}notice` and `##[` as `#\u{23}[`."""
    if "::" not in text and "##" not in text:
        return text
    return _COMMAND.sub(lambda found: r":\u{3a}" if found["colon"] else r"#\u{23}", text)


def command_marks(text: str) -> frozenset[int]:
    """Where in a text the letters stand that make commands of it, for forms with a way of their own to write them."""
    if "::" not in text and "##" not in text:
        return frozenset()
    return frozenset(
        found.start("colon") if found["colon"] else found.start("hash") for found in _COMMAND.finditer(text)
    )


def harmless_json(text: str) -> str:
    r"""JSON of the same meaning: `::notice` as `:\u003anotice`, what cannot be seen by its number too."""
    if text.isascii() and "::" not in text and "##" not in text:
        return text
    return _IN_JSON.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    if found["colon"]:
        return r":\u003a"
    if found["hash"]:
        return r"#\u0023"
    if found[0] < " ":
        return found[0]  # white space between values; within a text it is escaped already
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(rf"\u{units[at : at + 4]}" for at in range(0, len(units), 4))
