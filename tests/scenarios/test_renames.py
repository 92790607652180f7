"""Renames that people leave in the manifest after they were applied."""

from __future__ import annotations

from ..support import Project

CUSTOMER = "glossary/customer.yaml"
TOP = "purview.term:Enterprise/Party"


def test_a_key_renamed_after_its_concept_was(applied: Project) -> None:
    applied.edit(CUSTOMER, "    name: Customer\n    parent", "    name: Client\n    moved_from: Customer\n    parent")
    applied.edit("environments/sandbox.yaml", "Party/Customer", "Party/Client")
    assert ("rename", f"{TOP}/Client") in applied.actions()
    assert applied.apply().complete
    guid = applied.terms("Enterprise")["Full Name"]["guid"]
    applied.edit(CUSTOMER, "{name: Full Name,", "{name: Whole Name, moved_from: Full Name,")
    terms = [(action, address) for action, address in applied.actions() if address.startswith("purview.term:")]
    assert terms == [("rename", f"{TOP}/Client/Whole Name")]
    assert applied.apply().complete
    assert applied.terms("Enterprise")["Whole Name"]["guid"] == guid
    assert applied.actions() == []
