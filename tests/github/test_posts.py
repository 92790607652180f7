"""One comment and one issue for each environment: found again, brought up to date, and never one of people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.errors import ReconcilerError
from reconciler.forge.base import LABELS, Report, comment_on, label_as
from reconciler.forge.mark import Mark
from reconciler.github.api import Api
from reconciler.github.posts import GitHub as Forge
from reconciler.github.proposal import File, Proposals
from reconciler.report.markdown import LIMIT

from .stand_in import BOT, REPOSITORY, TOKEN, GitHub, github

PLAN, DRIFT = Mark("plan", "test", "."), Mark("drift", "test", ".")


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with github() as held:
        yield held


def api(hub: GitHub) -> Forge:
    return Forge(Api(hub.url, REPOSITORY, TOKEN))


def test_a_comment_is_made_once_and_then_replaced(hub: GitHub) -> None:
    for told in ("first", "second"):
        comment_on(api(hub), 7, PLAN, told)
    [comment] = hub.comments
    assert comment["on"] == 7
    assert comment["body"] == f"{PLAN}second"


@pytest.mark.parametrize(
    "other", [Mark("plan", "prod", "."), Mark("plan", "test", "mdm"), DRIFT], ids=["environment", "project", "verb"]
)
def test_another_one_has_a_comment_of_its_own(hub: GitHub, other: Mark) -> None:
    comment_on(api(hub), 7, PLAN, "ours")
    comment_on(api(hub), 7, other, "theirs")
    assert [one["body"] for one in hub.comments] == [f"{PLAN}ours", f"{other}theirs"]


def test_it_is_found_on_any_page(hub: GitHub) -> None:
    for _ in range(250):
        hub.comments.append({"id": len(hub.comments) + 1, "on": 7, "user": {"type": "User"}, "body": "words"})
    comment_on(api(hub), 7, PLAN, "first")
    comment_on(api(hub), 7, PLAN, "second")
    assert len(hub.comments) == 251
    assert hub.comments[-1]["body"].endswith("second")


@pytest.mark.parametrize("user", [{"type": "User"}, None])
def test_what_people_quote_stays_theirs(hub: GitHub, user: dict[str, str] | None) -> None:
    hub.comments.append({"id": 1, "on": 7, "user": user, "body": f"{PLAN}mine"})
    comment_on(api(hub), 7, PLAN, "told")
    assert [one["body"] for one in hub.comments] == [f"{PLAN}mine", f"{PLAN}told"]


@pytest.mark.parametrize(
    "body", [None, "", "<!-- reconciler-post {not json} -->", "<!-- reconciler-post {} -->", f"see {PLAN}"]
)
def test_what_only_looks_like_it_is_left(hub: GitHub, body: str | None) -> None:
    hub.comments.append({"id": 1, "on": 7, "user": BOT, "body": body})
    comment_on(api(hub), 7, PLAN, "told")
    assert hub.comments[0]["body"] == body
    assert len(hub.comments) == 2


def test_a_name_cannot_end_the_mark(hub: GitHub) -> None:
    mark = Mark("plan", "a --> b", "x/<y>")
    assert str(mark).count("-->") == 1
    comment_on(api(hub), 7, mark, "first")
    comment_on(api(hub), 7, mark, "second")
    assert len(hub.comments) == 1
    assert len(str(mark)) + mark.room == LIMIT


def test_an_issue_is_opened_kept_and_closed(hub: GitHub) -> None:
    hub.issues.append({"number": 1, "state": "open", "user": BOT, "body": f"{DRIFT}", "pull_request": {}})
    api(hub).open_drift(DRIFT, "Drift in test", Report("one", "plain"))
    api(hub).open_drift(DRIFT, "Drift in test", Report("two", "plain"))
    api(hub).close_drift(Mark("drift", "prod", "."), "clean")
    assert [(one["state"], one["body"]) for one in hub.issues[1:]] == [("open", f"{DRIFT}two")]
    api(hub).close_drift(DRIFT, "clean")
    assert hub.issues[1]["state"] == "closed"
    assert [(one["on"], one["body"]) for one in hub.comments] == [(hub.issues[1]["number"], "clean")]
    assert hub.issues[0]["state"] == "open", "a pull request is no issue"
    api(hub).open_drift(DRIFT, "Drift in test", Report("again", "plain"))
    assert len(hub.issues) == 3, "what was closed stays closed"


def test_a_refusal_is_told_with_what_to_do(hub: GitHub) -> None:
    hub.refuses = 403
    with pytest.raises(ReconcilerError) as refused:
        comment_on(api(hub), 7, PLAN, "told")
    [finding] = refused.value.diagnostics
    assert finding.code == "github.refused"
    assert "403 Resource not accessible by integration" in finding.summary
    assert "pull-requests: write" in finding.detail
    assert TOKEN not in str(finding)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "Give the job `permissions`"),
        (404, "Give the job `permissions`"),
        (502, "GitHub could not do it now; run the job again."),
        (422, "the rights of the job are not what it is about"),
    ],
)
def test_only_what_may_be_about_rights_asks_for_them(hub: GitHub, status: int, advice: str) -> None:
    hub.refuses = status
    with pytest.raises(ReconcilerError) as refused:
        comment_on(api(hub), 7, PLAN, "told")
    [finding] = refused.value.diagnostics
    assert advice in finding.detail
    assert ("permissions" in finding.detail) == (status in (401, 404))


def test_nobody_there_is_told() -> None:
    with pytest.raises(ReconcilerError, match=r"does not answer at 127\.0\.0\.1") as refused:
        comment_on(Forge(Api("http://127.0.0.1:9", REPOSITORY, TOKEN)), 7, PLAN, "told")
    assert refused.value.diagnostics[0].code == "github.unreachable"


@pytest.mark.parametrize(("url", "code"), [("http://hub.example", "host.not_encrypted"), ("hub", "host.invalid")])
def test_a_token_goes_over_no_open_line(url: str, code: str) -> None:
    with pytest.raises(ReconcilerError) as refused:
        Api(url, REPOSITORY, TOKEN)
    assert refused.value.diagnostics[0].code == code


def test_too_many_requests_are_sent_again(hub: GitHub) -> None:
    hub.busy = 3
    comment_on(api(hub), 7, PLAN, "told")
    assert len(hub.comments) == 1


def test_labels_are_put_on_and_taken_off_and_those_of_others_stay(hub: GitHub) -> None:
    other = Mark("plan", "prod", ".")
    hub.labels[7] = ["bug", "reconciler: by hand", "Reconciler: Deletes in test"]
    label_as(api(hub), 7, PLAN, {"deletes", "approval"})
    label_as(api(hub), 7, other, {"conflict"})
    assert hub.labels[7] == [
        *("bug", "reconciler: by hand", "Reconciler: Deletes in test"),
        *("reconciler: approval in test", "reconciler: conflict in prod"),
    ]
    assert hub.known_labels["reconciler: approval in test"]["color"] == LABELS["approval"][0]
    label_as(api(hub), 7, PLAN, set())
    label_as(api(hub), 8, PLAN, {"approval"})
    assert hub.labels[7] == ["bug", "reconciler: by hand", "reconciler: conflict in prod"]
    assert hub.labels[8] == ["reconciler: approval in test"], "one that the repository has already"


@pytest.mark.parametrize("word", LABELS)
def test_a_label_of_a_long_name_is_still_one(word: str) -> None:
    marks = [Mark("plan", "e" * 60 + end, "mdm") for end in "ab"]
    labels = {mark.label(word) for mark in marks}
    assert len(labels) == 2
    assert all(len(one) <= 50 for one in labels)
    assert all(len(text) <= 100 for _, text in LABELS.values())


def test_the_pull_request_that_a_commit_came_by(hub: GitHub) -> None:
    hub.merged["abc"] = [
        {"number": 5, "merged_at": None},
        {"number": 6, "merged_at": "2026-01-01", "merge_commit_sha": "def"},
        {"number": 7, "merged_at": "2026-01-02", "merge_commit_sha": "abc"},
    ]
    assert api(hub).merged_by("abc") == 7
    hub.merged["abc"].pop()
    assert api(hub).merged_by("abc") == 6
    hub.merged["abc"].pop()
    assert api(hub).merged_by("abc") == 0


def proposals(hub: GitHub) -> Proposals:
    return Proposals(api(hub).api, REPOSITORY, DRIFT)


def test_a_proposal_has_one_branch_and_one_pull_request(hub: GitHub) -> None:
    for text in ("one", "two"):
        proposals(hub).open("main", "c1", [File("manifests/a.yaml", text)], "Drift", text)
    [pull] = hub.pulls
    assert (pull["head"], pull["base"], pull["body"]) == ("reconciler/drift-test", "main", f"{DRIFT}two")
    commit = hub.objects[hub.refs["refs/heads/reconciler/drift-test"]]
    tree = hub.objects[commit["tree"]["sha"]]
    assert tree["tree"] == [{"path": "manifests/a.yaml", "mode": "100644", "type": "blob", "content": "two"}]
    assert (tree["below"], commit["parents"]) == ("of-c1", [{"sha": "c1"}])
    before = len(hub.objects)
    proposals(hub).open("main", "c1", [File("manifests/a.yaml", "two")], "Drift", "two")
    assert len(hub.objects) == before, "nothing new, no commit"
    proposals(hub).close("clean")
    assert (pull["state"], [(one["on"], one["body"]) for one in hub.comments]) == ("closed", [(500, "clean")])


def test_a_branch_of_people_is_left(hub: GitHub) -> None:
    hub.refs["refs/heads/reconciler/drift-test"] = "theirs"
    with pytest.raises(ReconcilerError) as refused:
        proposals(hub).open("main", "c1", [File("a", "b")], "Drift", "told")
    assert refused.value.diagnostics[0].code == "github.branch_of_people"
    assert hub.refs["refs/heads/reconciler/drift-test"] == "theirs"
    assert hub.pulls == []


def test_a_pull_request_of_people_is_left(hub: GitHub) -> None:
    hub.pulls.append(
        {"number": 1, "state": "open", "head": "reconciler/drift-test", "user": {"type": "User"}, "body": ""}
    )
    proposals(hub).close("clean")
    assert hub.pulls[0]["state"] == "open"
