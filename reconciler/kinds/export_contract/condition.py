"""Which records go into an export: the condition of its stream, and the keys that it looks at."""

from __future__ import annotations

from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.project.conditions import Node, all_of, entity_type_is, key_exists
from reconciler.kinds.project.references import key_type


def condition_of(contract: Contract, *, typed: bool = True) -> Node:
    """The condition of the stream: the entity type, `where`, and the columns that filter.

    Nodes name the data type of their key where it is known; two revisions are compared without, because one of them
    may have been read where no system was asked.
    """
    exists = [one.from_ for one in contract.spec.columns if one.required == "filter" and isinstance(one.from_, str)]
    types = {key: key_type(contract.world, key) if typed else "" for key in compared_keys(contract)}
    nodes = [one.node(types.get(one.key or "", "")) for one in contract.spec.where]
    there = [key_exists(key, data_type=types[key]) for key in dict.fromkeys(exists)]
    return all_of(entity_type_is(contract.code), *nodes, *there)


def compared_keys(contract: Contract) -> list[str]:
    """The keys that the condition looks at: those of `where`, and those of columns that filter."""
    columns = (one.from_ for one in contract.spec.columns if one.required == "filter")
    wanted = (*(one.key for one in contract.spec.where), *columns)
    return list(dict.fromkeys(key for key in wanted if isinstance(key, str)))
