"""Generated projects: many terms and many keys."""

from __future__ import annotations

from .support import Project


def write_many(project: Project, *, terms: int, keys: int, per_document: int = 100) -> None:
    """Documents with terms only, and documents with keys only."""
    for number in range(-(-terms // per_document)):
        rows = "\n".join(
            f"    - {{name: Term {number}-{n}, definition: 'What term {number}-{n} means.'}}"
            for n in range(min(per_document, terms - number * per_document))
        )
        project.write(
            f"terms/{number}.yaml",
            f"""apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {{name: terms-{number}}}
spec:
  glossary: Large
  term: {{name: Group {number}, definition: A group.}}
  terms:
{rows}
""",
        )
    for number in range(-(-keys // per_document)):
        rows = "\n".join(
            f"    - {{name: Key {n}, key: key{n}, term: false, data_type: Identifier}}"
            for n in range(min(per_document, keys - number * per_document))
        )
        project.write(
            f"keys/{number}.yaml",
            f"""apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {{name: keys-{number}}}
spec:
  vocabulary:
    name: Large {number}
    key_prefix: large{number}
    active: true
    entity_type: {{name: Large {number}, code: /Large{number}, icon: User}}
  terms:
{rows}
  assign_terms: false
""",
        )
