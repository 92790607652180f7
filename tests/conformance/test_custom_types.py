"""pyapacheatlas, unmodified, reads back the types and assets that manifests make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.kinds import models
from reconciler.manifest.spec import example

from ..support import Project, project
from .tables import need

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as found:
        for kind in ("LabelMap", "CustomType", "Asset"):
            found.write(f"{kind.lower()}.yaml", example(models()[kind]))
        assert found.apply().complete
        yield found


@pytest.fixture
def client(made: Project) -> Any:
    core, auth = need("pyapacheatlas.core"), need("pyapacheatlas.auth")
    signed = auth.BasicAuthentication("user", "password")
    return core.AtlasClient(endpoint_url=f"{made.url}/datamap/api/atlas/v2", authentication=signed)


def entity_type(client: Any, name: str) -> dict[str, Any]:
    """A type as the client reads it."""
    found: dict[str, Any] = client.get_typedef(need("pyapacheatlas.core.typedef").TypeCategory.ENTITY, name=name)
    return found


def test_it_reads_the_types(client: Any) -> None:
    held = entity_type(client, "pi_database")
    assert {one["name"]: one["typeName"] for one in held["attributeDefs"]} == {
        "server": "string", "tags": "array<string>", "state": "pi_state",
    }  # fmt: skip
    assert held["options"]["schemaElementsAttribute"] == "elements"
    assert held["serviceType"] == "OSI PI"


def test_what_it_read_it_can_upload_again_and_nothing_differs(client: Any, made: Project) -> None:
    names = ("pi_database", "pi_element")
    client.upload_typedefs(entityDefs=[entity_type(client, name) for name in names], force_update=True)
    assert made.actions() == []


def test_it_reads_the_assets_with_what_is_on_them(client: Any) -> None:
    answer = client.get_entity(qualifiedName="pi://srv1/plant", typeName="pi_database")
    [plant] = answer["entities"]
    assert plant["attributes"]["tags"] == ["hot", "cold"]
    assert plant["labels"] == ["ot"]
    assert plant["businessAttributes"] == {"pi_quality": {"score": 0.9}}
    parts = {one["displayText"]: one["guid"] for one in plant["relationshipAttributes"]["elements"]}
    assert parts.keys() == {"temp", "pressure"}
    marks = client.get_entity_classifications(parts["temp"])["list"]
    assert [one["typeName"] for one in marks] == ["CONTOSO.TAG"]
