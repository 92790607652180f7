"""`pull --from` of types in JSON, as Purview's custom-type tools and connectors keep them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ConfigurationError
from reconciler.kinds.pulling import Limits
from reconciler.workflow import pull_from

from ..support import Project, project

TABLE: dict[str, Any] = {
    "category": "ENTITY",
    "guid": "7d92a449-f7e8-812f-5fc8-ca6127ba90bd",
    "createdBy": "somebody",
    "createTime": 1700000000000,
    "version": 3,
    "lastModifiedTS": "3",
    "name": "cobol_file",
    "description": "A file of the mainframe.",
    "typeVersion": "1.0",
    "serviceType": "Mainframe",
    "superTypes": ["DataSet"],
    "subTypes": [],
    "options": {"schemaElementsAttribute": "fields", "purviewEntityExtDef": "{}"},
    "attributeDefs": [
        {"name": "volume", "typeName": "string", "isOptional": False, "cardinality": "SINGLE", "isUnique": False},
        {"name": "keys", "typeName": "array<string>", "isOptional": True, "cardinality": "SET"},
    ],
    "relationshipAttributeDefs": [{"name": "fields", "typeName": "array<cobol_field>"}],
}
FIELD = {"category": "ENTITY", "name": "cobol_field", "serviceType": "Mainframe", "superTypes": ["DataSet"],
         "attributeDefs": [{"name": "picture", "typeName": "string", "isOptional": True, "cardinality": "SINGLE"}],
         "options": {"schemaAttributes": '["picture"]'}}  # fmt: skip
FIELDS = {
    "category": "RELATIONSHIP",
    "name": "cobol_file_fields",
    "serviceType": "Mainframe",
    "relationshipCategory": "COMPOSITION",
    "endDef1": {"type": "cobol_file", "name": "fields", "isContainer": True, "cardinality": "SET"},
    "endDef2": {"type": "cobol_field", "name": "file", "isContainer": False, "cardinality": "SINGLE"},
}
TURNED = {**FIELDS, "name": "cobol_turned", "endDef1": {**FIELDS["endDef2"], "name": "whole"},  # type: ignore[dict-item]
          "endDef2": {**FIELDS["endDef1"], "name": "parts"}}  # fmt: skip
LISTS = {"entityDefs": [TABLE, FIELD], "relationshipDefs": [FIELDS]}
FORMS = {
    "a document of lists": json.dumps(LISTS),
    "a list": json.dumps([TABLE, FIELD, FIELDS]),
    "one behind the other": "\n".join(json.dumps(one, indent=1) for one in (TABLE, FIELD, FIELDS)),
}
EXPECTED = """\
  service_type: Mainframe
  entities:
    - name: cobol_file
      description: A file of the mainframe.
      schema_tab: fields
"""


@pytest.fixture
def made(tmp_path: Path) -> Any:
    with project(tmp_path / "project") as found:
        yield found


def pulled(made: Project, text: str) -> str:
    """What stands in the manifest that comes of a file."""
    file = made.root.parent / "types.json"
    file.write_text(text, encoding="utf-8")
    found = pull_from(made.session(), [file], Limits())
    assert found.findings == []
    [path] = (made.root / "manifests/types").glob("*.yaml")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", FORMS)
def test_each_form_becomes_a_manifest_that_can_be_applied(made: Project, form: str) -> None:
    text = pulled(made, FORMS[form])
    assert EXPECTED in text
    assert "guid" not in text
    assert "purviewEntityExtDef" not in text
    assert made.apply().complete
    assert made.actions() == []
    assert pulled(made, FORMS[form]) == text, "the same again changes no byte"


def test_what_the_fields_cannot_say_stays_as_it_is_written(made: Project) -> None:
    """Ends the other way round: the container is the second one."""
    text = pulled(made, json.dumps([{**TABLE, "options": {}}, FIELD, TURNED]))
    assert "typedefs:\n" in text
    assert made.apply().complete
    live = made.http("GET", "/datamap/api/atlas/v2/types/typedef/name/cobol_turned")
    assert (live["endDef1"]["name"], live["endDef2"]["isContainer"]) == ("whole", True)
    assert made.actions() == []


def test_a_file_that_is_cut_is_refused(made: Project) -> None:
    with pytest.raises(ConfigurationError, match="is no sound JSON"):
        pulled(made, FORMS["a list"][:-40])
