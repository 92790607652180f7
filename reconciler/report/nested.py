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
    """Signed lines, a place and a value each, in the order of their places.

    None where only the order differs, or how often something stands in a list: pieces would not show that.

    What went stands at its place before, what came at its place after. Where a place is a member of one of several
    objects, the line before says by its name which one: of the two that were compared, not of what stands there.
    """
    from deepdiff import DeepDiff

    found = DeepDiff(
        before, after, view="tree", verbose_level=2, ignore_order=True, ignore_numeric_type_changes=True,
        report_repetition=True,
        threshold_to_diff_deeper=0,
        cutoff_distance_for_pairs=0.7,
        cutoff_intersection_for_pairs=1,
    )  # fmt: skip
    if "repetition_change" in found:
        return
    items = [item for group in found.values() for item in group]
    last: Any = None
    for item in sorted(items, key=lambda item: [(isinstance(step, str), step) for step in _steps(item)]):
        holder = _named_holder(item)
        if holder is not None and holder != last:
            yield " ", f"{_place(holder[0])}: {holder[1]}"
        last = holder
        yield from _lines("-", _steps(item), item.t1)
        yield from _lines("+", _steps(item, after=True), item.t2)


def is_small(value: Any) -> bool:
    """Whether a value holds few enough others to be compared piece by piece."""
    left = MOST

    def fits(value: Any) -> bool:
        nonlocal left
        left -= 1
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        return left >= 0 and all(map(fits, inner))

    return fits(value)


def _steps(item: Any, *, after: bool = False) -> tuple[Step, ...]:
    return tuple(item.path(output_format="list", use_t2=after))


def _named_holder(item: Any) -> tuple[tuple[Step, ...], str] | None:
    """The innermost object of a list above a place, with what people call it; None when it has no such name."""
    level = item.up
    while level is not None:
        steps = _steps(level)
        if steps and isinstance(steps[-1], int) and (name := _called(level.t2) or _called(level.t1)) is not None:
            return steps, name
        level = level.up
    return None


def _called(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return None
    names = (value.get(name) for name in CALLED)
    return next((json.dumps(name, ensure_ascii=False) for name in names if isinstance(name, str) and name), None)


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
