"""The table of the README says what the tests do."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import test_account, test_apache_atlas, test_cluedin, test_datamap, test_pyapacheatlas

README = Path(__file__).parent / "README.md"
START, END = "<!-- table -->\n", "<!-- end -->"


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
        ("cluedin", len(test_cluedin.SERVED), test_cluedin.OFFERED),
    ]
    lines = ["| Client | Operations exercised | Of how many |", "|---|---:|---:|"]
    return "\n".join([*lines, *(f"| {name} | {done} | {offered} |" for name, done, offered in rows)]) + "\n"


def test_the_table_is_current(request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    current = f"{head}{START}\n{table()}\n{END}{tail}"
    if request.config.getoption("--update"):
        README.write_text(current, encoding="utf-8")
    assert current == README.read_text(encoding="utf-8"), "run pytest --update tests/conformance/test_readme.py"
