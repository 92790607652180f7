"""Real vocabularies of the Common Data Model, turned into manifests, apply and then plan empty.

The data is not part of the project. It is read from `corpus/` of the folder that RECONCILER_REFERENCE names
(default: `shared` beside the repository), and the test is skipped where there is none.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..support import project

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("RECONCILER_REFERENCE", ROOT.parent / "shared")) / "corpus" / "cdm-vocabularies-sample.json"


def manifest(vocabulary: dict[str, Any], number: int) -> dict[str, Any]:
    """One vocabulary as a mapping: its keys, and a term for each of them."""
    name, group = vocabulary["name"], (vocabulary["groups"] or [None])[0]
    code = vocabulary["entityType"]
    return {
        "apiVersion": "reconciler/v1",
        "kind": "GlossaryMapping",
        "metadata": {"name": f"cdm-{number}"},
        "spec": {
            "glossary": "Common Data Model",
            "term": {"name": name, "definition": f"{name}."},
            "vocabulary": {
                "name": name,
                "key_prefix": vocabulary["keyPrefix"],
                "active": True,
                "entity_type": {"name": code.strip("/"), "code": code, "icon": "User"},
                **({"group": group} if group else {}),
            },
            "terms": [
                {"name": key["name"], "key": key["name"], "data_type": key["dataType"]} for key in vocabulary["keys"]
            ],
            "assign_terms": False,
        },
    }


@pytest.mark.long
@pytest.mark.skipif(not DATA.exists(), reason=f"no corpus at {DATA.name}; RECONCILER_REFERENCE names its folder")
@pytest.mark.parametrize("normalise", [False, True], ids=["plain", "normalising"])
def test_real_vocabularies_apply_and_plan_empty(tmp_path: Path, normalise: bool) -> None:
    vocabularies = json.loads(DATA.read_text(encoding="utf-8"))
    with project(tmp_path, normalise=normalise) as made:
        for number, vocabulary in enumerate(vocabularies):
            made.write(f"cdm/{number}.yaml", yaml.safe_dump(manifest(vocabulary, number), sort_keys=False))
        result = made.apply()
        assert [o.as_dict() for o in result.outcomes if o.status != "done"][:5] == []
        assert len(result.outcomes) > 10 * len(vocabularies)
        plan = made.plan()
        assert [(c.action, c.address, c.reason) for c in plan.changes][:5] == []
