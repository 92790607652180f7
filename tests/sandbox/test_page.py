"""The page about the sandbox says what the sandbox does: its first words, its paths, options, calls and gaps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from graphql import get_named_type

from reconciler_sandbox import faults, scan, seed_file, welcome
from reconciler_sandbox.cluedin import gateway
from reconciler_sandbox.command import main
from reconciler_sandbox.purview.glossary_api import UNPAGED_MAX
from reconciler_sandbox.server import URL_MAX, Running, running
from reconciler_sandbox.settings import CHANGEABLE, Settings
from reconciler_sandbox.web import Router

from .. import portal

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def part(name: str) -> str:
    """What stands between the mark of a part and the next heading or mark."""
    [found] = re.findall(rf"<!-- {name} -->\n(.*?)(?=\n<!-- |\n#+ |\Z)", PAGE, re.DOTALL)
    return str(found)


def quoted(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(seed="empty") as found:
        yield found


def test_it_starts_as_the_page_shows() -> None:
    told = "\n".join(welcome.lines("http://127.0.0.1:8180", Settings()))
    assert f"<!-- start -->\n\n```\n{told}\n```\n" in PAGE


def paths(router: Router) -> set[str]:
    """The patterns of a router as they were added."""
    found = {regex.pattern for routes in router._routes.values() for _, regex, _ in routes}
    return {re.sub(r"\(\?P<(\w+)>\[\^/\]\+\)", r"{\1}", one).replace("\\", "").removesuffix("$") for one in found}


def test_every_path_is_on_the_page_and_the_others_are_not(server: Running) -> None:
    box = server.sandbox
    routers = (box.purview._router, box.purview._account, box._cluedin_router, box.entra._router)
    served = {path or "/account" for router in routers for path in paths(router)}
    prefixes = {one for one in quoted(part("serves")) if one.startswith("/")}
    assert {path for path in served if not path.startswith(tuple(prefixes))} == set()
    assert {one for one in prefixes if not any(path.startswith(one) for path in served)} == set()


REFUSED = re.findall(r"\| `(GET|POST) (/\S+)` \| (\d+) \|", part("refuses"))


@pytest.mark.parametrize(("method", "path", "status"), REFUSED, ids=[path for _, path, _ in REFUSED])
def test_what_is_not_there_is_refused(method: str, path: str, status: str, server: Running) -> None:
    headers = {"authorization": "Bearer any-token"}
    assert portal.request(method, server.url + path, headers=headers).status_code == int(status)


def test_every_row_of_what_is_not_there_is_tried() -> None:
    assert len(REFUSED) == part("refuses").count("\n| ") - 1 > 0


def test_atlas_fails_where_it_has_nothing() -> None:
    with running(seed="empty", mode="atlas") as server:
        for method, path, _ in REFUSED:
            if path.startswith("/api/atlas"):
                answer = portal.request(method, server.url + path, auth=("admin", "admin"))
                assert answer.status_code == 500


def test_fields_with_nothing_behind_them_are_on_the_page(server: Running) -> None:
    schema = gateway._schema("4.8")
    served = server.sandbox.cluedin.gateway._resolvers
    sections = [
        get_named_type(field.type) for root in (schema.query_type, schema.mutation_type) if root
        for field in root.fields.values()
    ]  # fmt: skip
    names = {f"{section.name}.{name}" for section in sections for name in section.fields if name != "id"}  # type: ignore[union-attr]
    assert quoted(part("graphql")) == names - set(served)


def test_every_option_is_on_the_page() -> None:
    told = {word for one in quoted(part("options")) for word in one.split() if word.startswith("--")}
    assert told == {word for option in main.params for word in option.opts}


def test_every_control_is_on_the_page(server: Running) -> None:
    served = {
        f"{method} {re.sub(chr(92) * 2, '', regex.pattern).removesuffix('$')}"
        for routes in server.sandbox._control._routes.values()
        for method, regex, _ in routes
    }
    assert {one for one in quoted(part("control")) if " /_sandbox" in one} == served


def test_what_a_fault_a_scan_and_the_settings_may_say_is_on_the_page() -> None:
    words = quoted(PAGE) | set(re.findall(r'"(\w+)":', PAGE))
    assert faults._KEYS - words == set()
    assert scan._KNOWN - words == set()
    assert CHANGEABLE.keys() - words == set()


def test_limits_are_those_of_the_page() -> None:
    assert f"{URL_MAX:,} bytes" in PAGE
    assert f"more than {UNPAGED_MAX:,}\nterms" in PAGE


def test_the_seed_of_the_page_is_taken(tmp_path: Path) -> None:
    [text] = re.findall(r"```json\n(.*?)```", part("seed"), re.DOTALL)
    (tmp_path / "seed.json").write_text(text, encoding="utf-8")
    assert json.loads(text).keys() == {*seed_file.LISTS, "typedefs"}
    headers = {"authorization": "Bearer any-token"}
    with running(seed=str(tmp_path / "seed.json")) as server:
        path = "/datamap/api/atlas/v2/entity/uniqueAttribute/type/azure_sql_table"
        query = {"attr:qualifiedName": "mssql://shop/sales/dbo/orders"}
        found = portal.get(server.url + path, params=query, headers=headers).json()["entity"]
    assert found["collectionId"] == "sales1"
    assert [one["displayText"] for one in found["meanings"]] == ["Order_Line"]
    assert [one["typeName"] for one in found["classifications"]] == ["PII"]
    assert [one["displayText"] for one in found["relationshipAttributes"]["columns"]] == ["id"]


def test_the_command_of_the_page_is_the_command() -> None:
    assert isinstance(main, click.Command)
    assert f"{main.name} " in PAGE
