"""The order of an apply: what is needed before what needs it, removals last and the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.diff import Change


def waves(changes: Sequence[Change]) -> Iterable[list[Change]]:
    """Changes in waves: what is needed before what needs it, removals last and the other way round."""
    removals = [change for change in changes if change.action in ("delete", "retire")]
    forgotten = [change for change in changes if change.action == "forget"]
    others = [change for change in changes if change.action not in ("delete", "retire", "forget")]
    by_level: dict[int, list[Change]] = {}
    for change in others:
        by_level.setdefault(change.level, []).append(change)
    for level in sorted(by_level):
        yield from _turns(by_level[level])
    depth = _depths({change.address: change.depends_on for change in removals})
    by_depth: dict[int, list[Change]] = {}
    for change in removals:
        by_depth.setdefault(depth[change.address], []).append(change)
    for level in sorted(by_depth, reverse=True):
        yield by_depth[level]
    if forgotten:
        yield forgotten  # what went with its host, once that is gone


def _turns(changes: list[Change]) -> Iterable[list[Change]]:
    """Changes that need nothing of each other: what frees a name comes before what takes it."""
    if not any(change.after for change in changes):
        return [changes]
    aside = {change.address for change in changes if change.aside}  # gave its name up before, and has the last turn
    depth = _depths({change.address: [one for one in change.after if one not in aside] for change in changes})
    by_depth: dict[int, list[Change]] = {}
    for change in changes:
        by_depth.setdefault(depth[change.address], []).append(change)
    return [by_depth[turn] for turn in sorted(by_depth)]


def _depths(needs: Mapping[str, Iterable[str]]) -> dict[str, int]:
    depth: dict[str, int] = {}
    for start in needs:
        stack = [start]
        while stack:
            address = stack[-1]
            open_ = [need for need in needs[address] if need in needs and need not in depth and need not in stack]
            if open_:
                stack.append(open_[0])
                continue
            depth[address] = 1 + max((depth.get(need, 0) for need in needs[address] if need in needs), default=0)
            stack.pop()
    return depth


def in_batches(changes: list[Change], size: int) -> list[list[Change]]:
    """The changes in batches of at most a size."""
    return [changes[start : start + size] for start in range(0, len(changes), size)]
