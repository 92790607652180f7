"""What differs between two nested values: the one rule or column that changed, by its place, and not two trees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Line = tuple[str, str]
Step = str | int

MOST = 160
"""Values compared at most in each of the two, as what was moved and what was changed is told apart by trying pairs."""
CALLED = ("name", "displayName", "field", "key", "vocabularyKey", "Source", "qualifiedName", "typeName")
"""Members by which people know one of several objects in a list."""
_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*")


def differences(before: Any, after: Any) -> Iterator[Line]:
    """Signed lines, a place and a value each, in the order of their places; none where only the order differs.

    Where a place is a member of one of several objects, the line before says by its name which one.
    """
    from deepdiff import DeepDiff

    found = DeepDiff(before, after, view="tree", verbose_level=2, ignore_order=True, ignore_numeric_type_changes=True)
    items = [item for group in found.values() for item in group]
    last: tuple[Step, ...] = ()
    for item in sorted(items, key=lambda item: [(isinstance(step, str), step) for step in _steps(item)]):
        steps = _steps(item)
        holder = _named_holder(before, after, steps)
        if holder is not None and steps[: len(holder[0])] != last:
            last = steps[: len(holder[0])]
            yield " ", f"{_place(last)}: {holder[1]}"
        yield from _lines("-", steps, item.t1)
        yield from _lines("+", steps, item.t2)


def is_small(value: Any) -> bool:
    """Whether a value holds few enough others to be compared piece by piece."""
    left = MOST

    def fits(value: Any) -> bool:
        nonlocal left
        left -= 1
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        return left >= 0 and all(map(fits, inner))

    return fits(value)


def _steps(item: Any) -> tuple[Step, ...]:
    return tuple(item.path(output_format="list"))


def _named_holder(before: Any, after: Any, steps: Sequence[Step]) -> tuple[tuple[Step, ...], str] | None:
    """The innermost object of a list above a place, with what people call it; None when it has no such name."""
    for length in range(len(steps) - 1, 0, -1):
        if isinstance(steps[length - 1], int):
            for root in (after, before):
                if (name := _called(_at(root, steps[:length]))) is not None:
                    return tuple(steps[:length]), name
    return None


def _called(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return None
    names = (value.get(name) for name in CALLED)
    return next((json.dumps(name, ensure_ascii=False) for name in names if isinstance(name, str) and name), None)


def _at(root: Any, steps: Sequence[Step]) -> Any:
    for step in steps:
        try:
            root = root[step]
        except (IndexError, KeyError, TypeError):
            return None
    return root


def _lines(sign: str, steps: Sequence[Step], value: Any) -> Iterator[Line]:
    if type(value).__name__ == "NotPresent":
        return
    written = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str).split("\n")
    yield sign, f"{_place(steps)}: {written[0]}"
    yield from ((sign, line) for line in written[1:])


def _place(steps: Sequence[Step]) -> str:
    """A place as people write it: `rules[1].value[0]`."""
    parts = (f"[{step}]" if isinstance(step, int) else _member(step) for step in steps)
    return "".join(parts).removeprefix(".") or "all of it"


def _member(step: str) -> str:
    return f".{step}" if _PLAIN.fullmatch(step) else f"[{json.dumps(step, ensure_ascii=False)}]"
