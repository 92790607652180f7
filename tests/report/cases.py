"""Six plans that a steward meets, made of the worked example against a sandbox as a user would make them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ..support import Project, project

ROOT = Path(__file__).parents[2]
CUSTOMER, EXPORT, ENVIRONMENT = "glossary/customer.yaml", "exports/customers_wide_v1.yaml", "environments/sandbox.yaml"
ASKS = (
    ("    allow_disruptive: [", "    allow_disruptive: true # ["),
    ("    approved_labels: [PII] #", "    approved_labels: [] #"),
)
BIRTHDAY = "    - {name: Birthday, key: birthday, data_type: DateTime, labels: [PII]}\n"
COLUMN = "    - {name: customer_birthday, from: customer.birthday}\n"
CONCEPTS, TERMS = 12, 10
"""So many concepts with so many terms each, a key, a column and an assignment beside each term, are 500 changes."""


def six(root: Path) -> dict[str, Any]:
    """The plans by name, as JSON holds them."""
    with project(root) as made:
        shutil.rmtree(root / "manifests")
        shutil.copytree(ROOT / "manifests", root / "manifests")
        found = {"the first apply": made.plan()}
        assert made.apply().complete
        found["nothing to do"] = made.plan()
        found["an approval that is missing"] = _asking(made)
        found["500 changes"] = _many(made)
        _edited(made)
        found["drift"] = made.plan()
        found["conflicts with deletes"] = _conflicting(made)
        return {what: plan.as_dict() for what, plan in found.items()}


def _asking(made: Project) -> Any:
    """A key with personal data comes, and an export gets it; nobody has agreed yet."""
    before = {name: _read(made, name) for name in (ENVIRONMENT, CUSTOMER, EXPORT)}
    for said, instead in ASKS:
        made.edit(ENVIRONMENT, said, instead)
    made.edit(CUSTOMER, "    - {name: Segment,", f"{BIRTHDAY}    - {{name: Segment,")
    made.edit(EXPORT, "    - {name: customer_segment,", f"{COLUMN}    - {{name: customer_segment,")
    made.edit(EXPORT, '"PII:customer_email"', '"PII:customer_email", "PII:customer_birthday"')
    found = made.plan()
    for name, text in before.items():
        made.write(name, text)
    return found


def _many(made: Project) -> Any:
    """A dozen concepts come at once."""
    before = _read(made, ENVIRONMENT)
    prefixes = ", ".join(f"part{at}" for at in range(CONCEPTS))
    made.edit(ENVIRONMENT, "key_prefixes: [customer, product]", f"key_prefixes: [customer, product, {prefixes}]")
    paths = [made.write(f"glossary/part{at}.yaml", _concept(at)) for at in range(CONCEPTS)]
    found = made.plan()
    for path in paths:
        path.unlink()
    made.write(ENVIRONMENT, before)
    return found


def _concept(number: int) -> str:
    terms = "".join(
        f"    - {{name: Figure {at}, key: figure{at}, data_type: Number, definition: Figure {at} of part {number}.}}\n"
        for at in range(TERMS)
    )
    return f"""\
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {{name: part-{number}}}
spec:
  glossary: Enterprise
  term: {{name: Part {number}, definition: Part {number} of what we sell., status: Draft}}
  vocabulary:
    {{name: Part {number}, key_prefix: part{number}, active: true, entity_type: {{name: Part {number}, icon: Tag}}}}
  terms:
{terms}"""


def _edited(made: Project) -> None:
    """What people did in the portals since the last apply."""
    terms = made.terms("Enterprise")
    made.edit_term(terms["Email"]["guid"], longDescription="The address that the newsletter goes to.")
    made.edit_term(terms["Product"]["guid"], longDescription="Goods, and services.")
    made.http("DELETE", f"/datamap/api/atlas/v2/glossary/term/{terms['Title']['guid']}")


def _conflicting(made: Project) -> Any:
    """Git changes what people changed, and an export with its keys goes."""
    made.edit(CUSTOMER, "Primary contact address.", "The address that we write to first.")
    (made.root / "manifests" / EXPORT).unlink()
    (made.root / "manifests" / "sources/crm-contacts.yaml").unlink()
    made.edit(
        CUSTOMER, "    - {name: Customer Id, key: id, data_type: Identifier, definition: Number in the CRM.}\n", ""
    )
    return made.plan(prune=True)


def _read(made: Project, name: str) -> str:
    return (made.root / "manifests" / name).read_text(encoding="utf-8")
