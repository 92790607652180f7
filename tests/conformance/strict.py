"""`pytest --strict-contract`: every request of every test is held against what is proven of the systems.

The tests' own connections are looked at where all requests pass, `Connection.send`; people's portals and foreign
clients in tests go other ways. What is not proven fails the test that sent it, unless it stands in `reviewed.py`.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from reconciler.systems.http import Connection

from . import facts, reviewed
from .reference import folder

OUTSIDE = {
    "tests/systems": "connections themselves, tried with paths of the tests' own",
}
"""Tests whose requests are not looked at, and why."""

OWN_SIDE = "/_sandbox/"
"""Where the sandbox is steered: an address that no system has, which tests give as a wrong one."""


class Strict:
    """The plugin: looks at requests while a test runs, and tells at the end which exceptions nobody needed."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.faults: set[str] = set()
        self.used: set[str] = set()
        self.requests = 0
        self.reference = folder() is not None
        self.met = Path(config.getoption("--strict-met") or "-")
        self.second_half = self.met.is_file()
        """Another run, of the other half of the suite, has left what it met."""
        if self.second_half:
            self.used |= set(self.met.read_text(encoding="utf-8").splitlines())
        self._send = Connection.send

    def pytest_sessionstart(self) -> None:
        """From here on every request is seen.

        The contracts are read now and by one thread: in Python 3.11 parsing source in several at once may fail.
        """
        facts.read_contracts()
        send, plugin = self._send, self

        def seen(connection: Connection, method: str, path: str, **more: Any) -> Any:
            plugin.look(connection, method, path, more)
            return send(connection, method, path, **more)

        Connection.send = seen  # type: ignore[method-assign]

    def look(self, connection: Connection, method: str, path: str, more: dict[str, Any]) -> None:
        """Notes what a request goes beyond."""
        query = more.get("query") or ()
        names = tuple(dict.fromkeys(query if isinstance(query, dict) else [key for key, _ in query]))
        where = urlsplit(connection.base).path.rstrip("/") + path
        if where.startswith(OWN_SIDE):
            return
        self.requests += 1
        self.faults |= self.check(connection.system, method, where, names, more.get("json"))

    def check(self, system: str, method: str, path: str, query: tuple[str, ...], body: Any) -> set[str]:
        """What is not proven of a request."""
        if system == "purview":
            plane = facts.data_map if path.startswith(("/datamap/", "/catalog/", "/api/atlas")) else facts.account
            return plane(method, path, query, body)
        if system != "cluedin":
            return {f"no contract for {system}"}
        if not self.reference:
            return set()
        if path.endswith("/graphql"):
            return set(facts.graphql(body["query"]))
        return facts.rest(method, path, query, body)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Fails the test that sent something unproven, where nothing else has."""
        yield
        found, self.faults = self.faults, set()
        if any(item.nodeid.startswith(f"{place}/") for place in OUTSIDE):
            return
        known = reviewed.FIELDS.keys() | reviewed.GRAPHQL.keys() | reviewed.SUITE.keys()
        self.used |= found & known
        if found - known:
            text = "\n".join(sorted(found - known))
            pytest.fail(f"not proven, and not in tests/conformance/reviewed.py:\n{text}", pytrace=False)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Back to how it was; the run fails for exceptions that are not needed any more."""
        if self.unneeded() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        Connection.send = self._send  # type: ignore[method-assign]
        if self.met.name != "-" and not hasattr(self.config, "workerinput"):
            self.met.write_text("\n".join(sorted(self.used)), encoding="utf-8")
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["strict"] = [self.requests, sorted(self.used)]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """What a worker of pytest-xdist saw."""
        requests, used = getattr(node, "workeroutput", {}).get("strict", (0, ()))
        self.requests += requests
        self.used |= set(used)

    def unneeded(self) -> set[str]:
        """Exceptions that nothing met, when the whole suite ran with every document at hand."""
        whole = list(self.config.args) == list(self.config.getini("testpaths"))
        words = ("keyword", "lf") if self.second_half else ("keyword", "lf", "markexpr")
        chosen = any(self.config.getoption(word, default=None) for word in words)
        worker = hasattr(self.config, "workerinput")
        return set() if not whole or chosen or worker or not self.reference else set(reviewed.SUITE) - self.used

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """How many requests were looked at."""
        without = "" if self.reference else "; CluedIn's were not: set RECONCILER_REFERENCE"
        terminalreporter.write_line(f"strict contract: {self.requests} requests looked at{without}")
        if self.used:
            terminalreporter.write_line(f"reviewed exceptions met: {', '.join(sorted(self.used))}")
        for one in sorted(self.unneeded()):
            terminalreporter.write_line(f"no longer needed in tests/conformance/reviewed.py: {one}", red=True)
