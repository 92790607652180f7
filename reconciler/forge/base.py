"""What a job asks of the place where its pull requests are, and what is done with it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from reconciler.forge.mark import Mark


@dataclass(frozen=True, slots=True)
class Post:
    """A comment that the identity of the job wrote: where it is, and what it says."""

    where: str
    body: str


class Forge(Protocol):
    """Pull requests as GitHub and Azure DevOps have them. Everything raises `ReconcilerError`."""

    def own_comments(self, number: int) -> Iterator[Post]:
        """The comments on a pull request that no person wrote: people may quote one."""

    def comment(self, number: int, body: str) -> None:
        """Puts a new comment on a pull request."""

    def replace(self, post: Post, body: str) -> None:
        """Gives a comment another text."""

    def merged_by(self, commit: str) -> int:
        """The pull request by which a commit came to its branch; 0 where there is none."""

    def labels(self, number: int) -> set[str]:
        """The labels of a pull request."""

    def label(self, number: int, name: str, colour: str, description: str) -> None:
        """Puts a label on a pull request, which is made where it is missing."""

    def take_label(self, number: int, name: str) -> None:
        """Takes a label off a pull request; of the repository it stays one."""

    def open_drift(self, mark: Mark, title: str, report: Report) -> None:
        """Opens the one post of drift, or brings the open one up to date."""

    def close_drift(self, mark: Mark, word: str) -> None:
        """Closes it with a last word, where one is open."""


@dataclass(frozen=True, slots=True)
class Report:
    """The same report twice, for places that read Markdown and those that do not."""

    markdown: str
    text: str


def comment_on(forge: Forge, number: int, mark: Mark, markdown: str) -> None:
    """Puts a comment on a pull request, in place of the one of before. Raises `ReconcilerError`."""
    found = told_on(forge, number, mark)
    if found is not None:
        return forge.replace(found, f"{mark}{markdown}")
    return forge.comment(number, f"{mark}{markdown}")


def told_on(forge: Forge, number: int, mark: Mark) -> Post | None:
    """The comment with a mark, where there is one. Raises `ReconcilerError`."""
    return next((one for one in forge.own_comments(number) if mark.begins(one.body)), None)


LABELS: Mapping[str, tuple[str, str]] = {
    "deletes": ("b60205", "Something is deleted, retired or replaced."),
    "conflict": ("d93f0b", "The manifests and people in a system changed the same."),
    "approval": ("fbca04", "A label needs somebody's agreement."),
}
"""What a plan may be labelled with, each with the colour and the description of a new label."""


def label_as(forge: Forge, number: int, mark: Mark, wanted: Iterable[str]) -> None:
    """Gives a pull request the labels of one environment that its plan wants, and takes its others off.

    Labels of anybody else, and of other environments, stay. Raises `ReconcilerError`.
    """
    there, wanted = {one.casefold(): one for one in forge.labels(number)}, set(wanted)
    for word, (colour, description) in LABELS.items():
        name = mark.label(word)
        if word in wanted and name.casefold() not in there:
            forge.label(number, name, colour, description)
        elif word not in wanted and name.casefold() in there:
            forge.take_label(number, there[name.casefold()])
