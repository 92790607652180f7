"""Threads, labels and a work item of Azure DevOps: found again, brought up to date, and never those of people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.azure_devops.api import Api
from reconciler.azure_devops.posts import AzureDevOps
from reconciler.errors import ReconcilerError
from reconciler.forge.base import Report, comment_on, label_as
from reconciler.forge.mark import Mark

from .stand_in import ADA, ME, PROJECT, REPOSITORY, TOKEN, Azure, azure

PLAN, DRIFT = Mark("plan", "test", "."), Mark("drift", "test", ".")


@pytest.fixture
def held() -> Iterator[Azure]:
    with azure() as served:
        yield served


def devops(held: Azure, token: str = TOKEN) -> AzureDevOps:
    return AzureDevOps(Api(held.url, token), PROJECT, REPOSITORY)


def thread(held: Azure, author: dict[str, str], body: str, **more: object) -> None:
    comment = {"id": 1, "author": author, "content": body, "commentType": "text"}
    held.threads.append({"id": len(held.threads) + 1, "on": 7, "comments": [comment], **more})


def test_a_thread_is_begun_once_and_then_replaced(held: Azure) -> None:
    for told in ("first", "second"):
        comment_on(devops(held), 7, PLAN, told)
    comment_on(devops(held), 7, Mark("plan", "prod", "."), "other")
    first, other = held.threads
    assert (first["on"], first["status"]) == (7, "closed")
    assert first["comments"][0]["content"] == f"{PLAN}second"
    assert other["comments"][0]["content"].endswith("other")


def test_what_people_quote_and_what_is_gone_is_left(held: Azure) -> None:
    thread(held, ADA, f"{PLAN}mine")
    thread(held, ME, f"{PLAN}taken away", isDeleted=True)
    held.threads.append({"id": 3, "on": 7, "comments": []})
    comment_on(devops(held), 7, PLAN, "told")
    assert [one["content"] for one in held.threads[0]["comments"]] == [f"{PLAN}mine"]
    assert held.threads[-1]["comments"][0]["content"] == f"{PLAN}told"


def test_nobody_is_mentioned(held: Azure) -> None:
    comment_on(devops(held), 7, PLAN, "`@<66DDA6C5-07D0-4484-9979-116241219397>`")
    assert "@<" not in held.threads[0]["comments"][0]["content"]


def test_labels_of_others_stay(held: Azure) -> None:
    held.labels[7] = ["bug"]
    label_as(devops(held), 7, PLAN, {"deletes", "conflict"})
    assert held.labels[7] == ["bug", "reconciler: deletes in test", "reconciler: conflict in test"]
    label_as(devops(held), 7, PLAN, {"conflict"})
    label_as(devops(held), 7, Mark("plan", "prod", "."), set())
    assert held.labels[7] == ["bug", "reconciler: conflict in test"]


def test_the_pull_request_that_a_commit_came_by(held: Azure) -> None:
    held.merged["commit c1"] = [{"pullRequestId": 5, "status": "active"}, {"pullRequestId": 6, "status": "completed"}]
    assert devops(held).merged_by("c1") == 6
    held.merged["lastMergeCommit c1"] = [{"pullRequestId": 7, "status": "completed"}]
    assert devops(held).merged_by("c1") == 7
    assert devops(held).merged_by("c2") == 0


def test_a_work_item_is_made_kept_and_ended(held: Azure) -> None:
    forge = devops(held)
    for told in ("one", "two & <three>"):
        forge.open_drift(DRIFT, "Drift in test", Report("markdown", told))
    [item] = held.items
    assert item["fields"]["System.Title"] == "Drift in test"
    assert item["fields"]["System.Description"] == "<pre>two &amp; &lt;three&gt;</pre>"
    forge.close_drift(Mark("drift", "prod", "."), "clean")
    assert item["fields"]["System.State"] == "New"
    forge.close_drift(DRIFT, "clean")
    assert (item["fields"]["System.State"], item["fields"]["System.History"]) == ("Closed", "clean")
    forge.open_drift(DRIFT, "Drift in test", Report("", "again"))
    assert len(held.items) == 2, "what was ended stays ended"


def test_it_is_found_among_many_and_those_of_people_are_left(held: Azure) -> None:
    tags = "mdm; reconciler-drift-test"
    fields = {"System.WorkItemType": "Task", "System.Tags": tags, "System.CreatedBy": ME, "System.State": "Closed"}
    held.items += [{"id": one, "fields": dict(fields)} for one in range(1, 451)]
    for other in (
        {"System.CreatedBy": ADA},
        {"System.Tags": "reconciler-drift-test-2"},
        {"System.WorkItemType": "Bug"},
        {},
    ):
        held.items.append({"id": len(held.items) + 1, "fields": {**fields, "System.State": "Active", **other}})
    devops(held).open_drift(DRIFT, "Drift in test", Report("", "told"))
    assert [one["id"] for one in held.items if "System.Description" in one["fields"]] == [454]


@pytest.mark.parametrize("signs_in", [False, True], ids=["401", "203 with the page of the sign-in"])
def test_a_token_that_is_not_known_is_told(held: Azure, signs_in: bool) -> None:
    held.signs_in = signs_in
    with pytest.raises(ReconcilerError) as refused:
        comment_on(devops(held, "eyJ-another-token"), 7, PLAN, "told")
    [finding] = refused.value.diagnostics
    assert finding.code == "azure_devops.sign_in"
    assert "SYSTEM_ACCESSTOKEN: $(System.AccessToken)" in finding.detail
    assert "eyJ-another-token" not in str(finding)


def test_a_refusal_is_told_with_what_to_do(held: Azure) -> None:
    held.refuses = 403
    with pytest.raises(ReconcilerError) as refused:
        comment_on(devops(held), 7, PLAN, "told")
    [finding] = refused.value.diagnostics
    assert finding.code == "azure_devops.refused"
    assert "PullRequestContribute" in finding.summary
    assert "build service" in finding.detail


@pytest.mark.parametrize("status", [500, 503])
def test_what_fails_there_is_not_about_rights(held: Azure, status: int) -> None:
    held.refuses = status
    with pytest.raises(ReconcilerError) as refused:
        devops(held).open_drift(DRIFT, "Drift in test", Report("", "told"))
    assert refused.value.diagnostics[0].detail == "Azure DevOps could not do it now; run the job again."


def test_a_type_of_work_item_that_is_not_there_is_named(held: Azure) -> None:
    with pytest.raises(ReconcilerError) as refused:
        AzureDevOps(Api(held.url, TOKEN), PROJECT, REPOSITORY, "Issue").open_drift(DRIFT, "Drift", Report("", "told"))
    [finding] = refused.value.diagnostics
    assert "404 VS402323" in finding.summary
    assert "no work items of type 'Issue'" in finding.detail
    assert "--work-item-type NAME" in finding.detail
    assert "build service" not in finding.detail


def test_too_many_requests_are_sent_again(held: Azure) -> None:
    held.busy = 3
    comment_on(devops(held), 7, PLAN, "told")
    assert len(held.threads) == 1
    held.busy = 4
    with pytest.raises(ReconcilerError, match="429"):
        comment_on(devops(held), 7, PLAN, "told")


@pytest.mark.parametrize(("url", "code"), [("http://dev.example/acme", "host.not_encrypted"), ("acme", "host.invalid")])
def test_a_token_goes_over_no_open_line(url: str, code: str) -> None:
    with pytest.raises(ReconcilerError) as refused:
        Api(url, TOKEN)
    assert refused.value.diagnostics[0].code == code


def test_nobody_there_is_told() -> None:
    with pytest.raises(ReconcilerError, match=r"does not answer at 127\.0\.0\.1"):
        comment_on(AzureDevOps(Api("http://127.0.0.1:9/acme", TOKEN), PROJECT, REPOSITORY), 7, PLAN, "told")
