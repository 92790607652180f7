"""The CluedIn half of an export contract: target, stream, export, state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds.export_contract.condition import compared_keys, condition_of
from reconciler.kinds.export_contract.delivery import mode_of
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schema import physical_schema
from reconciler.kinds.project.exported import MODES, PropertyOf
from reconciler.kinds.project.references import (
    entity_questions,
    key_questions,
    refer_to_entity,
    refer_to_keys,
    type_questions,
)
from reconciler.questions import Question
from reconciler.questions.catalogue import Connectors
from reconciler.questions.outbound import StreamNamed, StreamProperties, TargetNamed, TargetsCalled
from reconciler.resources import types
from reconciler.resources.base import Desired


def cluedin_questions(contract: Contract) -> Iterator[Question]:
    """What to ask CluedIn before the contract expands."""
    if contract.cluedin is None or not contract.wanted:
        return
    yield Connectors()
    yield from entity_questions(contract.world, contract.spec.entity or "")
    yield from key_questions(contract.world, contract.all_keys)
    yield from type_questions(contract.world, compared_keys(contract))
    yield StreamNamed(contract.stream_key)
    if any(isinstance(one.from_, PropertyOf) for one in contract.spec.columns):
        yield StreamProperties()
    if not contract.delivery.target.manage:
        yield TargetNamed(contract.target_key)
    elif not contract.delivery.target.secrets:
        yield TargetsCalled(contract.target_name)


def cluedin_resources(contract: Contract, before_start: Iterable[str]) -> Iterator[Desired]:
    """Target, stream and export, and the state last: after what `before_start` names."""
    origin, approvals = contract.origin(("delivery",)), approvals_of(contract)
    yield from refer_to_entity(contract.world, contract.code, contract.origin(("entity",)))
    yield from refer_to_keys(contract.world, contract.all_keys, contract.origin(("columns",)))
    yield _target(contract, approvals)
    described: dict[str, Any] = {"description": contract.document.description} if contract.document.description else {}
    entity_type = f"cluedin.entity_type:{contract.code}"
    filtering = [f"cluedin.vocabulary_key:{key}" for key in compared_keys(contract)]
    used = [f"cluedin.export_target:{contract.target_key}", *(f"cluedin.vocabulary_key:{one}" for one in contract.keys)]
    yield types()["cluedin.stream"].desired(
        contract.stream_key,
        contract.origin(("entity",)),
        needs=tuple(dict.fromkeys((entity_type, *filtering, *used))),  # so that it goes before what it uses
        approvals=approvals,
        condition=condition_of(contract),
        **described,
    )
    yield _export(contract, approvals)
    state = state_of(contract)
    if state is not None:
        yield types()["cluedin.stream_state"].desired(
            contract.stream_key,
            origin,
            needs=(
                f"cluedin.stream_export:{contract.stream_key}",
                f"cluedin.export_target:{contract.target_key}",
                *before_start,
            ),
            approvals=approvals,
            state=state,
        )


def approvals_of(contract: Contract) -> frozenset[str]:
    """Labels of the export that somebody has to approve."""
    return frozenset(physical_schema(contract).approvals)


def state_of(contract: Contract) -> str | None:
    """The state to bring the stream to; None for none. A stream that never ran cannot be paused or stopped, and
    sends nothing as it is."""
    wanted = contract.delivery.state
    if wanted == "leave" or contract.spec.status == "draft":
        return None
    live = contract.world.answers.of(StreamNamed(contract.stream_key)) or ()
    if wanted == "started" or any(state != "new" for state in live):
        return wanted
    return None


def _target(contract: Contract, approvals: frozenset[str]) -> Desired:
    kind = types()["cluedin.export_target"]
    target, origin = contract.delivery.target, contract.origin(("delivery", "target"))
    if not target.manage:
        return kind.desired(contract.target_key, origin, mode="refer", on_remove="forget")
    secrets: dict[str, Any] = {"secrets": dict(target.secrets)} if target.secrets else {}
    return kind.desired(contract.target_key, origin, approvals=approvals, config=contract.options, **secrets)


def _export(contract: Contract, approvals: frozenset[str]) -> Desired:
    schema = physical_schema(contract)
    taken = [column for column in schema.columns if not column.system]
    keys = (f"cluedin.vocabulary_key:{key}" for key in contract.keys)
    return types()["cluedin.stream_export"].desired(
        contract.stream_key,
        contract.origin(("columns",)),
        needs=(
            f"cluedin.stream:{contract.stream_key}",
            f"cluedin.export_target:{contract.target_key}",
            *keys,
        ),
        approvals=approvals,
        labels=schema.label_words,
        target=contract.target_key,
        container=contract.name,
        export_mode=MODES[mode_of(contract.form, contract.delivery)],
        outgoing_edges=contract.delivery.relations.outgoing,
        incoming_edges=contract.delivery.relations.incoming,
        columns=[f"{column.source}:{column.key}" for column in taken],
    )
