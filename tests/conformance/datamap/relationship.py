"""Relationships between entities."""

from __future__ import annotations

from typing import Any

import pytest

from .world import EXTRACT, REPORT, TABLE, World


def _copy(client: Any, w: World) -> Any:
    body = {
        "typeName": "warehouse_copy",
        "attributes": {"since": "2024"},
        "end1": {"guid": w.extract},
        "end2": {"typeName": TABLE, "uniqueAttributes": {"qualifiedName": REPORT}},
    }
    return client.relationship.create(body)


def create(client: Any, w: World) -> None:
    made = _copy(client, w)
    assert (made["typeName"], made["status"], made["attributes"]) == ("warehouse_copy", "ACTIVE", {"since": "2024"})
    assert w.entity(w.extract)["relationshipAttributes"]["copies"][0]["guid"] == w.report
    taken = pytest.importorskip("azure.core.exceptions").ResourceExistsError
    with pytest.raises(taken, match="ATLAS-409-00-004"):
        _copy(client, w)


def update(client: Any, w: World) -> None:
    made = _copy(client, w)
    changed = {"guid": made["guid"], "typeName": "warehouse_copy", "attributes": {"since": "2025"}}
    client.relationship.update(changed | {"end1": {"guid": w.extract}, "end2": {"guid": w.report}})
    assert client.relationship.get(made["guid"])["relationship"]["attributes"] == {"since": "2025"}


def get(client: Any, w: World) -> None:
    guid = _copy(client, w)["guid"]
    found = client.relationship.get(guid, extended_info=True)
    assert found["relationship"]["end1"]["uniqueAttributes"] == {"qualifiedName": EXTRACT}
    assert set(found["referredEntities"]) == {w.extract, w.report}
    assert "referredEntities" not in client.relationship.get(guid)


def delete(client: Any, w: World) -> None:
    guid = _copy(client, w)["guid"]
    client.relationship.delete(guid)
    missing = pytest.importorskip("azure.core.exceptions").ResourceNotFoundError
    with pytest.raises(missing):
        client.relationship.get(guid)
    assert not w.entity(w.extract)["relationshipAttributes"].get("copies")
