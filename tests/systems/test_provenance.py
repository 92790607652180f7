"""Where manifests come from: by Git, by CI, by the machine; and whether two names are one person's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest

from reconciler.provenance import Person, provenance_of

from ..support_git import ADA, BOB, commit, git, repository


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of one commit by Ada."""
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    repository(tmp_path)
    commit(tmp_path, who=ADA)
    git(tmp_path, "config", "user.name", "Bob")
    git(tmp_path, "config", "user.email", "bob@example.com")
    return tmp_path


def event(folder: Path, **shape: object) -> str:
    path = folder.parent / "event.json"
    path.write_bytes(orjson.dumps(shape))
    return str(path)


def test_by_git(folder: Path) -> None:
    found = provenance_of(folder, {})
    assert (found.commit, found.uncommitted) == (git(folder, "rev-parse", "HEAD"), False)
    assert (found.author, str(found.actor), found.pull_request) == (ADA, BOB, 0)


@pytest.mark.parametrize("name", ["a.yaml", "new.yaml"])
def test_manifests_that_are_not_committed_are_told(folder: Path, name: str) -> None:
    (folder / "README.md").write_text("of no consequence", encoding="utf-8")
    assert not provenance_of(folder, {}).uncommitted
    (folder / "manifests" / name).write_text("a: 2\n", encoding="utf-8")
    found = provenance_of(folder, {})
    assert found.uncommitted
    assert found.wrote(Person("bob")), "who runs it wrote what is not committed"


def test_a_folder_outside_git_has_no_commit(tmp_path: Path) -> None:
    found = provenance_of(tmp_path, {})
    assert (found.commit, found.authors, found.unreadable) == ("", (), "")
    assert str(found.actor)


def test_manifests_that_git_does_not_keep_have_no_commit(folder: Path) -> None:
    inner = folder / "elsewhere"
    (inner / "manifests").mkdir(parents=True)
    (inner / "manifests" / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    assert provenance_of(inner, {}).commit == ""


def test_a_repository_that_does_not_read_says_why(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n", encoding="utf-8")
    found = provenance_of(tmp_path, {})
    assert found.commit == ""
    assert found.unreadable


def test_of_a_merge_who_wrote_what_it_brought(folder: Path) -> None:
    git(folder, "checkout", "-q", "-b", "topic")
    (folder / "manifests" / "a.yaml").write_text("a: 2\n", encoding="utf-8")
    commit(folder, who=ADA)
    git(folder, "checkout", "-q", "main")
    commit(folder, who="Eve <eve@example.com>")
    git(folder, "merge", "-q", "--no-ff", "-m", "merged", "topic", who=BOB)
    found = provenance_of(folder, {})
    assert found.author == ADA
    assert not found.wrote(Person("Bob", "bob@example.com"))


REQUEST = {"number": 12, "user": {"login": "ada-l"}}


@pytest.mark.parametrize(
    ("shape", "ref"),
    [
        ({"pull_request": REQUEST}, "refs/pull/12/merge"),
        ({"pull_request": REQUEST}, "refs/heads/main"),
        (
            {"issue": {**REQUEST, "pull_request": {"url": "x"}}, "comment": {"user": {"login": "bob"}}},
            "refs/heads/main",
        ),
    ],
    ids=["pull_request", "closed", "comment"],
)
def test_a_pull_request_at_github(folder: Path, shape: Mapping[str, object], ref: str) -> None:
    told = {"GITHUB_ACTOR": "bob", "GITHUB_REF": ref, "GITHUB_EVENT_PATH": event(folder, **shape)}
    found = provenance_of(folder, told)
    assert (found.pull_request, found.author, str(found.actor)) == (12, "ada-l", "bob")
    assert found.wrote(Person(login="Ada-L"))
    assert found.wrote(Person(email="ada@example.com")), "the author of the commit counts as well"
    assert not found.wrote(found.actor)


def test_an_issue_is_no_pull_request(folder: Path) -> None:
    told = {"GITHUB_EVENT_PATH": event(folder, issue=REQUEST), "GITHUB_REF": "refs/heads/main"}
    assert provenance_of(folder, told).pull_request == 0


def test_a_push_tells_the_login_of_the_author(folder: Path) -> None:
    head = {"id": git(folder, "rev-parse", "HEAD"), "author": {"name": "Ada", "username": "ada-l"}}
    found = provenance_of(folder, {"GITHUB_ACTOR": "ada-l", "GITHUB_EVENT_PATH": event(folder, head_commit=head)})
    assert found.author == ADA
    assert found.wrote(found.actor)


@pytest.mark.parametrize("text", ["", "[]", "no JSON", '{"pull_request": 3, "issue": [], "commits": "x"}'])
def test_an_event_that_is_none_tells_nothing(folder: Path, text: str) -> None:
    path = folder.parent / "event.json"
    path.write_text(text, encoding="utf-8")
    assert provenance_of(folder, {"GITHUB_EVENT_PATH": str(path)}).author == ADA
    assert provenance_of(folder, {"GITHUB_EVENT_PATH": str(folder)}).author == ADA


@pytest.mark.parametrize("name", ["SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"])
def test_a_pull_request_at_azure_devops(folder: Path, name: str) -> None:
    who = {"BUILD_REQUESTEDFOR": "Eve Adams", "BUILD_REQUESTEDFOREMAIL": "eve@example.com"}
    found = provenance_of(folder, {name: "7", **who})
    assert (found.pull_request, found.author) == (7, "Eve Adams <eve@example.com>")
    assert found.wrote(found.actor)
    assert provenance_of(folder, who).author == ADA


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Person("Ada"), Person("ada "), True),
        (Person("Ada", "a@example.com"), Person("A. L.", "A@example.com"), True),
        (Person("Ada", "1234+ada-l@users.noreply.github.com"), Person(login="Ada-L"), True),
        (Person("Ada", "ada-l@users.noreply.github.com"), Person(login="ada-l"), True),
        (Person("Ada", "ada@example.com"), Person("Bob", "bob@example.com"), False),
        (Person(), Person(), False),
    ],
)
def test_one_person_by_several_names(one: Person, other: Person, same: bool) -> None:
    assert one.is_same(other) is same


def test_another_commit_of_the_clone(folder: Path) -> None:
    first = git(folder, "rev-parse", "HEAD")
    (folder / "manifests" / "a.yaml").write_text("a: 2\n", encoding="utf-8")
    commit(folder, who=BOB)
    (folder / "manifests" / "a.yaml").write_text("a: 3\n", encoding="utf-8")
    found = provenance_of(folder, {}, first)
    assert (found.commit, found.uncommitted, found.author) == (first, False, ADA)
