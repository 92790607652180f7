"""Proposals in a copy of the manifests, planned against an empty ledger until the plan does nothing but adopt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path as File

from reconciler.desired import Wishes
from reconciler.desired.wishes import Draft
from reconciler.diff import Change
from reconciler.errors import Diagnostic, ManifestError
from reconciler.kinds import pullers
from reconciler.kinds.pulling import Added, Pulled
from reconciler.manifest.adding import with_entry, with_item
from reconciler.manifest.documents import Document
from reconciler.manifest.marks import find
from reconciler.manifest.variables import literal
from reconciler.plan import Plan
from reconciler.pull.proposal import Proposal, Steps
from reconciler.pull.workspace import Workspace, document_name, free_name
from reconciler.resources.keys import Address, field_of, steps_of

ROUNDS = 12
"""Plans until all that is left in the way goes as a whole."""
Load = Callable[[File], tuple[Draft, Wishes]]
"""Loads and expands the project in a folder, whatever its findings are."""
PlanOf = Callable[[Wishes], Plan]
"""The plan of wishes against an empty ledger."""
_WORDS = {"create": "it is not there", "conflict": "it has another value", "adopt": "it is empty"}
Leave = Callable[[str, str], None]
"""Told why something is left out, and what."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stands against proposals at a place: a change that is no adoption, or a finding."""

    document: str
    line: int
    column: int | None
    what: str
    why: str
    type: str = ""
    names: tuple[str, ...] = ()
    is_finding: bool = False
    """Whether documents together are not valid, and it is no change."""


class Trial:
    """The proposals in their workspace."""

    def __init__(self, workspace: Workspace, load: Load, plan_of: PlanOf, leave: Leave) -> None:
        self.workspace, self._load, self._plan_of, self._leave = workspace, load, plan_of, leave
        self.proposals: list[Proposal] = []
        self._before: dict[str, bytes] = {}

    def settle(self, found: Sequence[Pulled | Added], documents: Iterable[Document]) -> None:
        """Writes what holds of the proposals into the workspace."""
        self._place(found, documents)
        for proposal in self.proposals:
            for path in sorted(proposal.secrets(), key=_later, reverse=True):
                self._leave("a secret of this run stands in it", proposal.document)
                proposal.remove(proposal.nearest(path))
        for number in range(ROUNDS + 1):
            self._write(wide=False)
            if not any(not one.gone for one in self.proposals):
                break
            troubles = list(self._troubles())
            if not self._solved(troubles, last=number == ROUNDS):
                break
        self._write(wide=True)

    def _place(self, found: Sequence[Pulled | Added], documents: Iterable[Document]) -> None:
        """Gives every proposal a name, a file, and its place in the `spec`."""
        names = {(one.kind, one.name) for one in documents}
        files: set[str] = set()
        counts: dict[tuple[int, tuple[str | int, ...]], int] = {}
        for one in found:
            if isinstance(one, Pulled):
                name = one.name if one.exact else free_name(one.kind, document_name(one.name), names)
                names.add((one.kind, name))
                file = self.workspace.free_file(one.folder, name, files)
                files.add(file)
                self.proposals.append(Proposal(one, one.kind, name, file))
                continue
            document, path = one.document, tuple(one.path)
            place, exact = find([document.top], ("spec", *path))
            length = len(place.data) if exact and isinstance(place.data, list) else 0
            nth = counts[id(document), path] = counts.get((id(document), path), -1) + 1
            at: Steps = (*path, one.word) if one.word else (*path, length + nth)
            self._before.setdefault(document.file, self.workspace.read(document.file))
            self.proposals.append(Proposal(one, document.kind, document.name, document.file, at))

    def _write(self, *, wide: bool) -> None:
        """The files as the proposals are now."""
        contents: dict[str, bytes | None] = dict(self._before)
        for one in self.proposals:
            if isinstance(one.found, Pulled):
                spec = literal(one.data)
                text = self.workspace.text(one.file, one.found, one.name, spec, wide=wide)
                contents[one.file] = None if one.gone else text
            elif not one.gone:
                now = contents[one.file] or b""
                added = _added(now, one)
                if added is None:
                    one.gone = True
                    self._leave(f"cannot be written into {one.file} where it belongs: write it by hand", _named(one))
                else:
                    contents[one.file] = added
        for name, content in contents.items():
            self.workspace.write(name, content)

    # -- what stands in the way ------------------------------------------------------------------------------

    def _troubles(self) -> Iterator[Trouble]:
        draft, wishes = self._load(self.workspace.folder)
        self._documents = {f"{one.kind}/{one.name}": one for one in draft.project.documents}
        by_file = {one.file: one for one in self.proposals}
        errors = [one for one in (*draft.findings, *wishes.findings) if one.severity == "error"]
        if errors:
            ours = [one for one in errors if one.source is not None and one.source.file in by_file]
            if not ours:
                raise ManifestError(*errors)
            yield from self._of_findings(ours)
            return
        if wishes.held:
            yield from self._of_findings(finding for held in wishes.held.values() for finding in held.findings)
        plan = self._plan_of(wishes)
        changes = [change for change in plan.changes if change.action != "adopt"]
        yield from _of_changes([one for one in changes if one.action != "blocked"] or changes)
        refused = (one for one in plan.diagnostics if one.severity == "error")
        yield from self._of_findings(refused)

    def _of_findings(self, findings: Iterable[Diagnostic]) -> Iterator[Trouble]:
        files = {one.file: one.document for one in self.proposals}
        for one in dict.fromkeys(findings):
            if one.source is not None and one.source.file in files:
                document, line = files[one.source.file], one.source.line or 1
                type = Address.of(one.address).type if one.address else ""
                has_way = type in pullers()[document.partition("/")[0]].gives_way
                what, type = one.address or document, type if has_way else ""
                yield Trouble(document, line, one.source.column, what, one.summary, type, is_finding=True)

    # -- and what becomes of it ------------------------------------------------------------------------------

    def _solved(self, troubles: Sequence[Trouble], *, last: bool) -> bool:
        """Takes out what stands in the way; False where nothing does.

        Where a room gives way, that alone is tried first: it may be all that stood in the way of other documents.
        """
        changed = False
        unsolved: list[tuple[Proposal, Steps, Trouble]] = []
        removals: dict[Proposal, set[Steps]] = {}
        given: set[tuple[int, str, Steps]] = set()
        for trouble in sorted(troubles, key=lambda one: bool(one.names)):
            for proposal, path in self._meant(trouble):
                if last:
                    changed = proposal.gone = True
                    self._leave(trouble.why, trouble.what)
                    continue
                changed = True
                if not self._gives_way(proposal, path, trouble, given):
                    unsolved.append((proposal, path, trouble))
        if given:
            return True
        for proposal, path, trouble in unsolved:
            removals.setdefault(proposal, set()).add(self._way_out(proposal, path, trouble))
        for proposal, paths in removals.items():
            for path in sorted(paths, key=_later, reverse=True):
                if not proposal.gone and (not path or proposal.value(path) is not None):
                    proposal.remove(path)
        return changed

    def _gives_way(self, proposal: Proposal, path: Steps, trouble: Trouble, given: set[tuple[int, str, Steps]]) -> bool:
        """Whether a room's way out is taken, or was in this round; a field of the name goes first."""
        way = pullers()[proposal.kind].gives_way.get(trouble.type)
        if way is None:
            return False
        token = (id(proposal), way.field, path if way.of_item else ())
        if token in given:
            return True
        here = proposal.value(path)
        if isinstance(here, dict) and any(name in here and proposal.may_go((*path, name)) for name in trouble.names):
            return False
        if not proposal.give_way(way, path):
            return False
        given.add(token)
        why = trouble.why if trouble.is_finding else way.why
        self._leave(f"`{way.field}` {'is left out' if way.value is None else 'is off'}: {why}", proposal.document)
        return True

    def _way_out(self, proposal: Proposal, path: Steps, trouble: Trouble) -> Steps:
        """What has to go: the field that is told, else the least that the document can do without."""
        here = proposal.value(path)
        for name in trouble.names if isinstance(here, dict) else ():
            if name in here and proposal.may_go((*path, name)):
                self._leave(f"`{name}` is left out, as {trouble.why} of what hangs on it", trouble.what)
                return (*path, name)
        self._leave(trouble.why, trouble.what)
        return proposal.nearest(path)

    def _meant(self, trouble: Trouble) -> Iterator[tuple[Proposal, Steps]]:
        """The proposals that stand at the place of a trouble, each with the path in its data."""
        document = self._documents.get(trouble.document)
        if document is None:
            yield from ((one, ()) for one in self.proposals if one.document == trouble.document and not one.gone)
            return
        places = _places(document, trouble)
        for proposal in self.proposals:
            if proposal.document != trouble.document or proposal.gone:
                continue
            inner = next((one for path in places if (one := proposal.inner(path)) is not None), None)
            if inner is None and isinstance(proposal.found, Pulled):
                inner = ()
            if inner is not None:
                yield proposal, inner


def _places(document: Document, trouble: Trouble) -> list[Steps]:
    """The paths that stand at a place, the likeliest first: of a change the outermost, of a finding the innermost."""
    found: list[tuple[Steps, int | None]] = []

    def walk(data: object, path: Steps) -> None:
        source = document.source(path) if path else None
        if source is not None and source.line == trouble.line:
            found.append((path, source.column))
        inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        for step, value in inner:
            walk(value, (*path, step))

    walk(document.data, ())
    if trouble.type or trouble.column is None:
        return [path for path, _ in found]
    exact = [path for path, column in found if column == trouble.column]
    return (exact or [path for path, _ in found])[::-1]


def _of_changes(changes: Iterable[Change]) -> Iterator[Trouble]:
    for change in changes:
        names = dict.fromkeys(
            name for item in change.fields for name in (*reversed(steps_of(item.path)), field_of(item.path))
        )
        why = _WORDS.get(change.action, f"a plan would {change.action} it")
        for origin in change.origins:
            yield Trouble(
                f"{origin.kind}/{origin.name}",
                origin.line,
                None,
                change.address,
                why,
                change.type.full_name,
                tuple(names) if change.action != "create" else (),
            )


def _added(content: bytes, one: Proposal) -> bytes | None:
    assert isinstance(one.found, Added)
    document, path = one.found.document, ("spec", *one.found.path)
    data = literal(one.data)
    if one.found.word:
        return with_entry(content, one.file, document.index, path, one.found.word, data)
    return with_item(content, one.file, document.index, path, data)


def _named(one: Proposal) -> str:
    data = one.data
    name = data.get("name") if isinstance(data, dict) else None
    return f"{one.document}: {name or (one.found.word if isinstance(one.found, Added) else '')}"


def _later(path: Steps) -> tuple[tuple[int, str | int], ...]:
    """Sorts paths by place, so that what is taken out last in a list is taken out first."""
    return tuple((0, step) if isinstance(step, int) else (1, step) for step in path)
