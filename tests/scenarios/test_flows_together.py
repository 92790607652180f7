"""Sources and exports are made many in one document: each ends as if it had been sent by itself.

CluedIn takes a second object of the same name of most of these types, so that whatever is sent twice shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import Exit
from reconciler_sandbox.cluedin import gateway
from reconciler_sandbox.cluedin.errors import CluedInError

from ..support import Project, project
from ..support_flows import live_flows, write_flows

SOURCES, EXPORTS = 8, 5
MADE = {
    "data_source": SOURCES,
    "data_set": SOURCES,
    "annotation": SOURCES,
    "column_mapping": 2 * SOURCES,
    "identifier": SOURCES,
    "export_target": EXPORTS,
    "stream": EXPORTS,
}
MAKING = {
    "InboundMutation.createDataSource",
    "InboundMutation.createDataSets",
    "InboundMutation.createConnection",
    "ManagementMutation.createManualAnnotation",
    "ManagementMutation.addPropertyMappingToCluedMappingConfiguration",
    "PreparationMutation.createAnnotationCode",
    "ConsumeMutation.createStream",
}


@pytest.fixture
def flows(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as made:
        write_flows(made, sources=SOURCES, exports=EXPORTS)
        yield made


def everything_is_there_once(made: Project) -> None:
    found = live_flows(made)
    assert {name: set(keys.values()) for name, keys in found.items()} == {name: {1} for name in MADE}
    assert {name: len(keys) for name, keys in found.items()} == MADE
    session = made.session()
    entries = session.book(session.draft()).load().entries.values()
    assert [entry.address for entry in entries if entry.intent] == []
    ours = {entry.address for entry in entries if entry.address.split(":")[0].removeprefix("cluedin.") in MADE}
    assert {entry.how for entry in entries if entry.address in ours} == {"created"}
    assert made.actions() == []


def documents(made: Project) -> int:
    """How many documents wrote something at CluedIn so far."""
    return len([one for one in made.writes() if one["path"] == "/graphql"])


@pytest.mark.parametrize(("most", "requests"), [(None, 30), (7, 60), (1, 140)])
def test_in_documents_as_large_as_the_server_takes(flows: Project, most: int | None, requests: int) -> None:
    flows.http("POST", "/_sandbox/settings", json={"most_fields": most})
    result = flows.apply()
    assert result.exit_code == Exit.OK, [o.as_dict() for o in result.outcomes if o.status != "done"][:3]
    assert documents(flows) <= requests
    everything_is_there_once(flows)


@pytest.mark.parametrize("every", [1, *(pytest.param(every, marks=pytest.mark.long) for every in (2, 5))])
def test_where_the_work_is_done_and_the_answer_is_lost(flows: Project, every: int) -> None:
    """What was in a document without an answer is not known, and the next run finds it."""
    flows.http("POST", "/_sandbox/faults", json={"path": "^/graphql", "every": every, "times": 6, "after": "response"})
    codes = [int(flows.apply().exit_code) for _ in range(4)]
    flows.http("DELETE", "/_sandbox/faults")
    assert flows.apply().exit_code == Exit.OK, codes
    everything_is_there_once(flows)


def half_refused(monkeypatch: pytest.MonkeyPatch, *, status: int = 200) -> Counter[str]:
    """Every second call that makes something is refused, until each was twice; how often each was called."""
    run, answered, calls = gateway.Gateway.run, gateway._answered, Counter[str]()

    def refusing(self: Any, name: str, caller: Any, args: Any, otherwise: Any) -> Any:
        if name in MAKING:
            calls[name] += 1
            if calls[name] in (2, 4):
                raise CluedInError(422, "It may not be now.")
        return run(self, name, caller, args, otherwise)

    def told(result: Any) -> Any:
        answer = answered(result)
        if result.errors:
            answer.status = status
        return answer

    monkeypatch.setattr(gateway.Gateway, "run", refusing)
    monkeypatch.setattr(gateway, "_answered", told)
    return calls


@pytest.mark.parametrize("status", [200, 400])
def test_where_half_of_a_document_is_refused_the_rest_is_not_sent_again(
    flows: Project, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some servers answer 400 whatever has errors, also where the rest was carried out."""
    calls = half_refused(monkeypatch, status=status)
    first = flows.apply()
    assert first.exit_code == Exit.PARTIAL
    assert calls["InboundMutation.createDataSource"] == SOURCES, "each once"
    assert calls["InboundMutation.createConnection"] == EXPORTS
    failed = [o for o in first.outcomes if o.status == "failed"]
    assert all("It may not be now." in o.message for o in failed)
    assert Counter(o.change.type.name for o in failed)["data_source"] == 2
    for _ in range(6):
        if flows.apply().exit_code == Exit.OK:
            break
    everything_is_there_once(flows)
