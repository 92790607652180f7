"""Plans and results as plain data: every action, long texts, members, secrets, and values that try to break out."""

from __future__ import annotations

import json
from typing import Any

from reconciler.errors import Diagnostic, Source

DIGEST = "sha256:" + "0123456789abcdef" * 4
FILE = "manifests/glossary/customer.yaml"
ACTIONS = (
    "create", "update", "rename", "replace", "delete", "retire", "adopt", "forget",
    "drift", "conflict", "pending", "blocked",
)  # fmt: skip
INJECTION = (
    '</details><script>alert("x")</script> `tick` ```fence @team #12 **bold** '
    "[a](http://evil.example) | <!-- --> ${{ x }}"
)


def change(action: str, key: str, fields: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """One change of a term, as a plan holds it."""
    shape = {
        "address": f"purview.term:{key}",
        "system": "purview",
        "type": "term",
        "action": action,
        "reason": "manifest_changed",
        "digest": DIGEST,
        "origins": [{"kind": "GlossaryMapping", "name": "customer", "file": FILE, "line": 12}],
        "fields": fields or [],
        "depends_on": [],
        "approvals": [],
        "disruptive": False,
    }
    return shape | more


def two_types(number: int) -> dict[str, Any]:
    """A plan that creates vocabularies and terms in turn."""
    types = ("cluedin.vocabulary", "purview.term")
    return plan(*(change("create", "", address=f"{types[at % 2]}:{at}", reason="new") for at in range(number)))


def field(path: str, before: Any, after: Any, reason: str = "manifest_changed") -> dict[str, Any]:
    """One field change."""
    return {"path": path, "before": before, "after": after, "reason": reason}


def plan(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A plan with these changes."""
    summary = dict.fromkeys((*ACTIONS, "unchanged"), 0) | {"unchanged": 12}
    for one in changes:
        summary[one["action"]] = summary.get(one["action"], 0) + 1
    shape = {
        "format_version": "1.0",
        "tool_version": "0.1.0",
        "created_at": "2025-01-31T08:00:00+00:00",
        "environment": "test",
        "ledger": "6f7c9a",
        "systems": {"cluedin": "https://cluedin.example/contoso", "purview": "https://contoso.purview.example"},
        "options": {"prune": False, "targets": []},
        "digest": DIGEST,
        "summary": summary,
        "changes": list(changes),
        "orphans": [],
        "diagnostics": [],
    }
    return shape | more


POEM = "A customer buys.\nA customer returns.\nA customer complains.\nA customer stays.\nThe end.\n"
SENTENCES = "A person or a company that has bought at least once. It has one account. It may have several addresses."
MAPPING = json.dumps([{"source": "crm", "columns": {"mail": "email", "name": "full_name"}}])


def every_action() -> dict[str, Any]:
    """A plan with every action, orphans, remarks and refusals."""
    return plan(
        change("create", "E/Customer", _created(), reason="new"),
        change("update", "E/Customer/Email", _updated(), approvals=["PII", "Legal"]),
        change("rename", "E/Customer/Phone", reason="renamed_in_manifest", message="lives as E/Customer/Telephone"),
        change("replace", "E/Customer/Key", [field("usage", "old", "new")], reason="immutable"),
        change("delete", "E/Old", [field("definition", "Gone.", None, "removed")], reason="removed", origins=[_lost()]),
        change("retire", "E/Older", reason="removed", origins=[_lost()]),
        change("adopt", "E/Found", [field("summary", None, "Found.", "newly_managed")], reason="matches"),
        change("forget", "E/Left", reason="removed", message="stays in the system; only the ledger forgets it"),
        change("update", "E/Stream", [field("status", "Draft", "Approved")], **_disruptive()),
        change("drift", "E/Kept", [field("definition", "By hand.", "Ours.", "drift")], reason="drift", message="kept"),
        change("drift", "E/Missed", reason="gone"),
        change(
            "conflict", "E/Both", [field("usage", "theirs", "ours", "conflict")], reason="conflict", message=_both()
        ),
        change("pending", "E/Wait", reason="pending", message="was accepted and does not show"),
        change("blocked", "E/Needs", reason="waits", message="waits for purview.term:E/Wait"),
        orphans=[change("delete", "E/Nobody", reason="removed", origins=[_lost()])],
        diagnostics=[diagnostic.as_dict() for diagnostic in _diagnostics()],
    )


def _created() -> list[dict[str, Any]]:
    return [
        field("definition", None, POEM, "new"),
        field("templates", None, ["Base", "Finance"], "new"),
        field("experts[anna@example.com]", None, True, "new"),
        field("attributes[Base][critical]", None, True, "new"),
        field("password", None, "(sensitive value), version 2", "new"),
    ]


def _updated() -> list[dict[str, Any]]:
    return [
        field("definition", POEM, POEM.replace("complains", "praises")),
        field("summary", SENTENCES, SENTENCES.replace("several", "two")),
        field("abbreviation", "EM", "EML", "drift"),
        field("usage", "old", None),
        field("resources", [{"url": "https://a.example"}, {"url": "b"}], [{"url": "b"}, {"url": "https://c.example"}]),
        field("experts[bob@example.com]", True, False),
        field("attributes[Base][critical]", True, False),
        field("column_mapping", MAPPING, MAPPING.replace("full_name", "name")),
        field("secret", "(sensitive value)", "(sensitive value), version 3", "rotated"),
    ]


def _lost() -> dict[str, Any]:
    return {"kind": "GlossaryMapping", "name": "old", "file": "", "line": 0}


def _disruptive() -> dict[str, Any]:
    return {"disruptive": True, "disruptive_because": ["Everything is processed again."]}


def _both() -> str:
    return "usage: changed both in the manifest and in the system; take the live value into the manifest"


def _diagnostics() -> list[Diagnostic]:
    return [
        Diagnostic("warning", "conflict.conflict", "repeats the conflict", address="purview.term:E/Both"),
        Diagnostic("warning", "scope.narrow", "the scope leaves out cluedin", source=Source("manifests/env.yaml", 3)),
        Diagnostic(
            "error", "guard.deletes", "the plan removes 3 of 3 of type purview.term: all of them",
            "Plan again with --allow-deletes 3.",
        ),
    ]  # fmt: skip


def hostile() -> dict[str, Any]:
    """A plan in which every text tries to break out of its report."""
    control = f"{INJECTION}\x1b[31m\u202e\r\nnext"
    fields = [
        field("definition", f"```\n{INJECTION}\n````\n</pre>", f"```\n{control}\n</details>"),
        field(f"attributes[{INJECTION}]", None, INJECTION, INJECTION),
    ]
    texts = {"message": control, "approvals": [control], "disruptive": True, "disruptive_because": [control]}
    origins = [{"kind": control, "name": control, "file": control, "line": 1}]
    one = {"reason": "manifest_changed", "origins": origins, **texts}
    return plan(
        *(change(action, f"{control}{action}", fields, **one) for action in ACTIONS),
        environment=control,
        digest=control,
        ledger=control,
        systems={control: control},
        commit=f"{INJECTION[:5]}{control}",
        author=control,
        pull_request=control,
        uncommitted=True,
        orphans=[change("forget", control, origins=origins)],
        diagnostics=[
            Diagnostic(severity, control, control, control, Source(control, 1, 1), control, control).as_dict()
            for severity in ("error", "warning", "info")
        ],
    )


def many(action: str, count: int, size: int = 10) -> dict[str, Any]:
    """A plan of so many changes of one action, with definitions of so many characters."""
    text = "word " * (size // 5)
    return plan(*(change(action, f"E/{index:05}", [field("definition", None, text, "new")]) for index in range(count)))


def findings() -> list[Diagnostic]:
    """Findings of every severity, with and without a place."""
    return [
        Diagnostic("info", "manifest.hint", "a shorter form exists"),
        Diagnostic("warning", "manifest.unused", "the variable is not used", source=Source("manifests/a b,c.yaml", 7)),
        Diagnostic(
            "error", "manifest.unknown_field", "defintion is not known", "Did you mean definition?\nSee the schema.",
            Source(FILE, 12, 5), "purview.term:E/Customer", "req-1",
        ),
    ]  # fmt: skip


def result(*outcomes: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    """A result; outcomes are key, action and status."""
    shapes = []
    summary: dict[str, int] = {}
    for key, action, status in outcomes:
        shape = {"address": f"purview.term:{key}", "action": action, "status": status}
        if status not in ("done", "not_started"):
            shape |= {"message": "the system said no", "request_id": "req-42"}
        shapes.append(shape)
        word = action if status == "done" else status
        summary[word] = summary.get(word, 0) + 1
    return {
        "format_version": "1.0",
        "environment": "test",
        "digest": DIGEST,
        "complete": all(status == "done" for *_, status in outcomes),
        "interrupted": False,
        "summary": summary,
        "outcomes": shapes,
        "diagnostics": [],
    } | more


def incomplete() -> dict[str, Any]:
    """A result with every status."""
    done = [(f"E/Done{index}", "create", "done") for index in range(3)]
    statuses = ("not_started", "failed", "stale", "pending", "unverified", "unknown", "skipped")
    open_ = [("E/Customer" if status == "failed" else f"E/{status}", "update", status) for status in statuses]
    return result(*done, *open_)
