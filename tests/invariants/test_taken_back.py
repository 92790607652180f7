"""Every field of every spec, first mentioned or edited by a later commit: `--ref` brings back what was before it."""

from __future__ import annotations

import copy
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from reconciler.errors import ReconcilerError, RefusedError
from reconciler.plan import Plan
from reconciler_sandbox.server import running

from ..support import Project
from ..support_git import commit, repository
from .documents import SCANS, THERE
from .fields import Data, SpecField, spec_fields
from .stages import Stage
from .test_rolled_back import VOLATILE, leaves
from .told import stages_of

pytestmark = pytest.mark.long

_NOT_HEALTHY = ("ExportContract/database",)
"""Documents of a stage that are there to be compared, and whose streams cannot start."""
REMOVES = frozenset({"delete", "retire", "replace"})
NOT_DELETED = {
    "cluedin/annotation": "no public call deletes the mapping of a data set",
    "cluedin/annotation-code": "no public call deletes a further identifier",
    "cluedin/category": "no call deletes it",
    "cluedin/clean-project": "it holds people's work, and goes where its manifest says `on_remove: delete`",
    "cluedin/data-set": "no public call deletes it",
    "cluedin/data-source": "no public call deletes it",
    "cluedin/data-source-set": "no public call deletes it",
    "cluedin/deduplication-project": "it holds people's work, and goes where its manifest says `on_remove: delete`",
    "cluedin/entity-type": "it is only made sure of: others may have records of it",
    "cluedin/key": "it is put away as obsolete, where its manifest does not say `removed: delete`",
    "cluedin/rule": "it is switched off, where its manifest does not say `on_remove: delete`",
    "cluedin/policy": "likewise",
    "cluedin/ai-agent": "it stays, where its manifest does not say `on_remove: delete`",
    "cluedin/ai-job": "it is switched off, where its manifest does not say `on_remove: delete`",
    "cluedin/ai-run": "what was asked is kept",
    "purview/collection": "it is only made sure of: others may have assets in it",
    "purview/glossary": "it is only made sure of: others may have terms in it",
    "purview/term": "it expires, where its rule does not say `removed: delete`",
    "purview/typedef": "it is only made sure of: others may have assets of it",
}
"""What a later commit added and stays, by type of the sandbox's state, and why."""
PUT_AWAY: Mapping[str, Callable[[Any], bool]] = {
    "cluedin/key": lambda one: one["isObsolete"],
    "cluedin/rule": lambda one: not one["isActive"],
    "cluedin/policy": lambda one: not one["isActive"],
    "cluedin/ai-job": lambda one: not one["enabled"],
    "purview/term": lambda one: one["status"] == "Expired",
}
"""Of these, what stays is put away."""
NOT_CHANGED = {
    r"/cluedin/annotation/[^/]+/properties/[^/]+/annotationEdges/": "no public call changes or deletes a relation",
    r"/cluedin/provider-definition/[^/]+/users/": "no call that is documented takes somebody's right away",
    r"/purview/typedef/[^/]+/(attribute|element)Defs/\d+/(?!description)": "types only grow",
    r"/purview/typedef/[^/]+/(superTypes|entityTypes)/": "types only grow",
    r"/purview/typedef/[^/]+/(defaultValue|relationshipLabel)": "no call is known that takes it away",
    r"/cluedin/ownership/[0-9a-f-]{36}/": "who owns something again has another row; without ids they are counted",
    r"/cluedin/vocabulary/[^/]+/isActive": "no call deactivates a vocabulary",
    r"/helperConfiguration/authorization": "no call shows a secret, and the plan says that it stays",
    r"/cluedin/setting/[^/]*secret/value": "no call shows a secret, so what was there before it is not known",
    r"/cluedin/policy/[^/]+/rules/\d+/(id|createdAt)": "what does something else is another rule",
    r"/cluedin/stream/[^/]+/status": "a stream that was started can be stopped, and not as if it never ran",
}
"""Places of what was there that stay, and why."""
SAID = re.compile(
    "stays as it is: (the system cannot change it|CluedIn has no call that deactivates a vocabulary"
    "|the system does not show what it holds"
    "|a source always has a quality"
    "|a type only grows, as there may be assets that need it"
    "|it held something before us, and what that was is not known)$"  # found as it was wanted, so nothing differs
)


def first_mentioned_or_edited(field: SpecField, stage: Stage) -> Iterator[tuple[Data, Data]]:
    """Specs of an older commit and of a later one."""
    before, after = stage.examples.pair(field, stage.spec)
    if before != after:
        yield before, after
    if not field.info.is_required() and field.word in stage.examples._holder(field, copy.deepcopy(before)):
        without = copy.deepcopy(before)
        del stage.examples._holder(field, without)[field.word]
        yield without, before


def valid_stages(field: SpecField) -> list[Stage]:
    """The stages of Purview on which a field is told with a value that is right."""
    return [stage for stage in stages_of(field) if "wrong" not in stage.about and not stage.atlas]


_GUARD = "derived.nothing_selected"
STEP = int(os.environ.get("RECONCILER_TAKEN_BACK_STEP", "6"))
"""Of so many fields one is tried, as each takes seconds; 1 by hand, whenever going back is changed."""


@pytest.mark.parametrize("field", list(spec_fields())[::STEP], ids=str)
def test_taken_back(field: SpecField, tmp_path: Path) -> None:
    refused, gone_back = [], 0
    for stage in valid_stages(field):
        for before, after in first_mentioned_or_edited(field, stage):
            tmp = tmp_path / f"{len(refused)}-{gone_back}"
            with running(seed="demo") as sandbox:
                story = Story(tmp, sandbox.url, stage)
                try:
                    story.begins(before, after)
                except ReconcilerError as error:
                    refused.append(str(error))
                    continue
                try:
                    story.goes_back()
                except RefusedError as error:
                    if "definition[required]" in str(error):  # what was loosened stays so, as assets may lack it
                        gone_back += 1
                        continue
                    if {one.code for one in error.diagnostics} != {_GUARD}:
                        raise
                    refused.append(str(error))  # a rule that selects nothing never takes away what it made
                    continue
                gone_back += 1
    if not gone_back:
        pytest.skip(f"refused: {refused[0] if refused else 'it has one value'}")


class Story:
    """One project on a sandbox of its own: an older commit, a later one, and the way back."""

    def __init__(self, root: Path, url: str, stage: Stage) -> None:
        self.project, self.stage = Project(root, url), stage
        self.others = {word: spec for word, spec in stage.others.items() if word not in _NOT_HEALTHY}
        self.removes = False
        for scan in SCANS:
            self.project.http("POST", "/_sandbox/scan", json=scan)
        _write(self.project, {"ExportContract/there": THERE})
        assert self.project.apply().complete
        (root / "manifests/there.yaml").unlink()
        shutil.rmtree(root / ".reconciler")  # nobody here made it
        repository(root)

    def begins(self, before: Data, after: Data) -> None:
        """Applies the older commit and the later one. Raises `ReconcilerError` where one of them is refused."""
        _write(self.project, {**self.others, self.stage.kind: before})
        commit(self.project.root)
        self._apply()
        self.before = self.state()
        _write(self.project, {**self.others, self.stage.kind: after})
        commit(self.project.root)
        self.removes = any(change.action in REMOVES for change in self._apply(prune=True).changes)

    def goes_back(self) -> None:
        """Rolls back, after which nothing is left to do and all is as it was."""
        plan = self._apply(ref="HEAD~1", prune=True)
        again = self.project.plan(ref="HEAD~1", prune=True)
        assert [(change.action, change.address) for change in again.changes] == []
        left = [one.summary for one in plan.diagnostics if one.code == "ref.field_left"]
        found = _differences(self.before, self.state(), strict=not self.removes)
        assert ([one for one in left if not SAID.search(one)], found) == ([], {})

    def _apply(self, **options: Any) -> Plan:
        plan = self.project.plan(**options)
        if plan.guarded:
            removed = sum(change.action in REMOVES for change in plan.changes)
            options["allow_deletes"] = removed
        result = self.project.apply(**options)
        if unfinished := [(one.change.address, one.message) for one in result.outcomes if one.status != "done"]:
            raise ReconcilerError.of("test.unfinished", str(unfinished))
        return plan

    def state(self) -> dict[str, Any]:
        """What is alive in the systems."""
        found = self.project.http("GET", "/_sandbox/state")
        return {
            f"{system}/{type}": {id: _in_order(one) for id, one in objects.items() if _is_alive(one)}
            for system, types in found.items()
            for type, objects in types.items()
        }


def _is_alive(one: Any) -> bool:
    return not (isinstance(one, dict) and one.get("status") == "DELETED")


def _in_order(one: Any) -> Any:
    """An object whose mapped columns stand in the order of their keys: they are added several at once."""
    if not isinstance(one, dict) or not isinstance(one.get("properties"), list):
        return one
    return {**one, "properties": sorted(one["properties"], key=lambda item: str(item.get("vocabKey")))}


def _write(project: Project, documents: Data) -> None:
    for word, spec in documents.items():
        kind, _, name = word.partition("/")
        metadata = {"name": (name or kind).lower()}
        document = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": metadata, "spec": spec}
        project.write(f"{metadata['name']}.yaml", orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def _differences(before: dict[str, Any], after: dict[str, Any], *, strict: bool) -> dict[str, tuple[Any, Any]]:
    """Where two states differ beyond what no call takes back.

    What was made anew has other ids, and what ties two things together always has: of those it is compared what they
    are made of.
    """
    configured = _configurations(after) - _configurations(before)
    after = {type: _without_added(type, objects, before.get(type, {})) for type, objects in after.items()}
    if definitions := after.get(_CONFIGURATION):
        after[_CONFIGURATION] = {id: one for id, one in definitions.items() if id not in configured}
    found: dict[str, tuple[Any, Any]] = {}
    if strict:
        then, now = _places(before), _places(after)
        found = {
            at: (then.get(at), now.get(at))
            for at in then | now
            if then.get(at) != now.get(at) and not at.startswith("/purview/relation/")
        }
    one, two = (Counter(_without_ids(state, alone=strict)) for state in (before, after))
    found |= {f"{place}": (one[place], two[place]) for place in one | two if one[place] != two[place]}
    return {at: values for at, values in found.items() if not any(re.search(known, at) for known in NOT_CHANGED)}


_CONFIGURATION = "cluedin/provider-definition"


def _configurations(state: dict[str, Any]) -> set[str]:
    """The ids of what is behind data sources, and stays with them."""
    return {str(one["connectorConfigurationId"]).lower() for one in state.get("cluedin/data-source", {}).values()}


def _without_added(type: str, objects: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The objects without what was added and stays; a key only once it is obsolete, a term once it has expired."""
    if type not in NOT_DELETED:
        return objects
    put_away = PUT_AWAY.get(type, lambda one: True)
    return {id: one for id, one in objects.items() if id in before or not put_away(one)}


def _places(state: dict[str, Any]) -> dict[str, Any]:
    return {at: value for at, value in leaves(state) if value not in ("", None) and not _VOLATILE.search(at)}


_VOLATILE = re.compile(rf"{VOLATILE.pattern}|updatedAt|createdAt|createdDate", re.IGNORECASE)


def _without_ids(state: dict[str, Any], *, alone: bool) -> Iterator[tuple[str, Any]]:
    """Places and values without ids; `alone` those of relations."""
    ids = {id for objects in state.values() for id in objects}
    for at, value in _places(state).items():
        if alone and not at.startswith("/purview/relation/"):
            continue
        place = "/".join("#" if step in ids or step.isdigit() else step for step in at.split("/"))
        masked = _ID.fullmatch(str(value)) and not (alone and place.endswith("/guid") and "/end" in place)
        yield place, "#" if masked else str(value)


_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", re.IGNORECASE)
