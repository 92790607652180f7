"""pydantic's errors → problems at paths of the data, with each union's errors reduced to what helps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from reconciler.manifest.words import wanted_by


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a path of the data.

    `forks` are the unions on the way, each with the path of the value and the member that was tried.
    """

    path: tuple[str | int, ...]
    type: str
    message: str
    value: Any
    context: Mapping[str, Any] = field(default_factory=dict)
    forks: tuple[tuple[tuple[str | int, ...], str], ...] = ()
    on_key: bool = False


def problems_in(error: ValidationError, data: Any) -> list[Problem]:
    """Every problem, with one problem instead of one for each member of a union."""
    found = _settle([_problem(dict(detail), data) for detail in error.errors(include_url=False)])
    return [one for one in found if not _follows(one, found)]


def _follows(problem: Problem, found: Sequence[Problem]) -> bool:
    """Whether a list is called too short for no other reason than that items of it are wrong."""
    if problem.type != "too_short" or not problem.value:
        return False
    long = len(problem.path)
    return any(len(one.path) > long and one.path[:long] == problem.path for one in found)


def _problem(detail: dict[str, Any], data: Any) -> Problem:
    path: list[str | int] = []
    forks: list[tuple[tuple[str | int, ...], str]] = []
    on_key = False
    location = detail["loc"]
    here = data
    for at, step in enumerate(location):
        inside_list = isinstance(here, list) and isinstance(step, int) and step < len(here)
        if inside_list or (isinstance(here, dict) and step in here):
            here = here[step]
            path.append(step)
        elif step == "[key]":
            on_key = True
        elif at == len(location) - 1 and detail["type"] == "missing":
            path.append(step)
        else:
            forks.append((tuple(path), str(step)))
    context = detail.get("ctx") or {}
    below = context.get("path")
    if isinstance(below, (list, tuple)):
        path.extend(step for step in below if isinstance(step, (str, int)))
    return Problem(tuple(path), detail["type"], detail["msg"], detail.get("input"), context, tuple(forks), on_key)


def _settle(problems: Iterable[Problem]) -> list[Problem]:
    settled: list[Problem] = []
    for fork, group in groupby(problems, key=lambda problem: problem.forks[0][0] if problem.forks else None):
        if fork is None:
            settled.extend(group)
        else:
            settled.extend(_settle_union(fork, list(group)))
    return settled


def _settle_union(fork: tuple[str | int, ...], problems: list[Problem]) -> list[Problem]:
    """The problems of the member that was most likely meant, or one problem that names all members."""
    members: dict[str, list[Problem]] = {}
    for problem in problems:
        members.setdefault(problem.forks[0][1], []).append(replace(problem, forks=problem.forks[1:]))
    if len(members) == 1:
        return _settle(next(iter(members.values())))
    settled = [_settle(inner) for inner in members.values()]
    accepting = [inner for inner in settled if not any(_refuses_outright(problem, fork) for problem in inner)]
    if accepting:
        return min(accepting, key=len)
    outright = [problem for inner in settled for problem in inner if problem.path == fork]
    wishes = list(dict.fromkeys(str(wanted_by(problem.type, problem.context)) for problem in outright))
    merged = {"expected": " or ".join(wishes)}
    choice = any(problem.type in ("literal_error", "enum") for problem in outright)
    return [replace(outright[0], type="literal_error" if choice else "no_member", context=merged, forks=())]


def _refuses_outright(problem: Problem, fork: tuple[str | int, ...]) -> bool:
    refused = problem.type == "no_member" or wanted_by(problem.type, problem.context) is not None
    return problem.path == fork and refused
