"""The table of the README says what the tests do."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import (
    test_account,
    test_apache_atlas,
    test_cluedin,
    test_datamap,
    test_pyapacheatlas,
    test_quirks,
    test_toolkit,
)

README = Path(__file__).parent / "README.md"
END = "<!-- end -->"


def table() -> str:
    """One line a client."""
    account, lists = len(test_account.CASES), len(test_account.NOT_BY)
    whole = account + len(test_account.LEFT_OUT)
    rows = [
        ("azure-purview-datamap", len(test_datamap.CASES), len(test_datamap.CASES)),
        (
            "pyapacheatlas",
            len(test_pyapacheatlas.CASES),
            len(test_pyapacheatlas.CASES) + len(test_pyapacheatlas.LEFT_OUT),
        ),
        (
            "apache-atlas",
            len(test_apache_atlas.CASES),
            len(test_apache_atlas.CASES) + len(test_apache_atlas.LEFT_OUT),
        ),
        ("azure-purview-administration (account)", account, whole),
        ("azure-purview-account", account - lists, whole),
        ("cluedin", test_cluedin.OFFERED - len(test_cluedin.LEFT_OUT), test_cluedin.OFFERED),
    ]
    lines = ["| Client | Operations exercised | Of how many |", "|---|---:|---:|"]
    return "\n".join([*lines, *(f"| {name} | {done} | {offered} |" for name, done, offered in rows)]) + "\n"


def quirks() -> str:
    """One line a quirk."""
    lines = ["| Quirk | Seen in | Test |", "|---|---|---|"]
    rows = [f"| {quirk} | {seen} | `{name}` |" for name, (quirk, seen) in test_quirks.QUIRKS.items()]
    return "\n".join([*lines, *rows]) + "\n"


def toolkit() -> str:
    """The operations of CluedIn's toolkit that run, and why the others do not."""
    lines = ["| Operations | |", "|---|---|"]
    rows = [("run: " + ", ".join(f"`{name}`" for name in test_toolkit.STEPS), str(len(test_toolkit.STEPS)))]
    rows += [(f"`{call}`", reason) for call, reason in test_toolkit.LEFT_OUT.items()]
    return "\n".join([*lines, *(f"| {first} | {second} |" for first, second in rows)]) + "\n"


TABLES = {"table": table, "quirks": quirks, "toolkit": toolkit}


@pytest.mark.parametrize("name", TABLES)
def test_the_table_is_current(name: str, request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    start = f"<!-- {name} -->\n"
    head, _, rest = text.partition(start)
    _, _, tail = rest.partition(END)
    current = f"{head}{start}\n{TABLES[name]()}\n{END}{tail}"
    if request.config.getoption("--update"):
        README.write_text(current, encoding="utf-8")
    assert current == README.read_text(encoding="utf-8"), "run pytest --update tests/conformance/test_readme.py"
