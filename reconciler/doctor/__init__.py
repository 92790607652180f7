"""Looks at everything a run needs, and says what is wrong before a run does: it reads, and never writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from reconciler.connect import connect_cluedin, connect_purview
from reconciler.doctor import claims, cluedin, project, purview
from reconciler.doctor.check import Check
from reconciler.doctor.needs import Needs
from reconciler.environment.sign_in import CluedInSystem, PurviewSystem
from reconciler.environment.spec import Environment
from reconciler.systems.base import System
from reconciler.systems.purview import Purview

__all__ = ["Check", "examine"]

S = TypeVar("S", bound=System)
PATIENCE = 20.0
"""Seconds for one answer; a doctor that waits as long as an apply would helps nobody."""


def examine(
    root: Path,
    name: str,
    environment: Environment,
    process_env: Mapping[str, str],
    stop: threading.Event | None = None,
    documents: Iterable[Any] = (),
    trace: Callable[[str], None] | None = None,
    needs: Needs | None = None,
) -> list[Check]:
    """Every check of an environment: the project first, then each system, whatever becomes of the other.

    `documents` are the specs of the other manifests, which may name secrets too. `trace` is called with a line about
    each request. With `needs` the claims of CluedIn's accounts are looked at too.
    """
    halt = stop or threading.Event()
    checks = [*project.systems(environment), *project.secrets([environment, *documents], process_env)]
    ledger, found = project.ledger(environment, name, root, process_env)
    checks += found
    checks += project.audit(environment, name, root, process_env)
    opened: list[System] = []

    def hasty(made: S) -> S:
        made.connection.trace = trace
        made.connection.timeout = min(made.connection.timeout, PATIENCE)
        made.connection.attempts, made.connection.connect_attempts = 2, 1
        opened.append(made)
        return made

    def of_cluedin(spec: CluedInSystem) -> tuple[list[Check], tuple[str, ...]]:
        made = partial(connect_cluedin, spec, process_env, halt)
        return cluedin.examine(
            lambda: hasty(made()), spec, environment, needs, verifying=lambda: hasty(made(verifying=True))
        )

    def of_purview(spec: PurviewSystem) -> tuple[list[Check], tuple[str, ...]]:
        read_only = environment.scope.purview.read_only

        def of_claims(connected: Purview) -> Iterable[Check]:
            return claims.findings(connected, environment, name, root, ledger)

        made = partial(connect_purview, spec, process_env, halt)
        return purview.examine(lambda: hasty(made()), spec, read_only, ledger, of_claims)

    works: dict[str, Callable[[], tuple[list[Check], tuple[str, ...]]]] = {}
    if environment.cluedin is not None:
        works["cluedin"] = partial(of_cluedin, environment.cluedin)
    if environment.purview is not None:
        works["purview"] = partial(of_purview, environment.purview)
    try:
        with ThreadPoolExecutor(max_workers=max(1, len(works))) as pool:
            answers = dict(zip(works, pool.map(lambda work: work(), works.values()), strict=True))
    finally:
        for system in opened:
            system.connection.close()
    checks += project.binding(ledger, {system: names for system, (_, names) in answers.items() if names})
    told = {check.code for check in checks if check.level == "error"}
    for mine, _ in answers.values():
        checks += [_not_again(check, told) for check in mine]
    return checks


def _not_again(check: Check, told: set[str]) -> Check:
    """A secret that lacks was said once; of the system that needs it remains that it was not looked at.

    What only the sign-in finds out, such as a character that no token has, was not said yet and stays an error.
    """
    if not check.code.startswith("secret.") or check.code not in told:
        return check
    return replace(check, level="info", found=f"not looked at: {check.found}", advice="")
