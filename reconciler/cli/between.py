"""`reconciler drift --between`: where the two systems disagree with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import click

from reconciler.cli.common import COPIES, FORMATS, Setup, colour, failing_as, say, write_also
from reconciler.cli.progress import session
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.saved.between import Between

WITH_SARIF = (*FORMATS, "sarif")
COPIES_WITH_SARIF = (*COPIES, "sarif")


def compare(setup: Setup, form: str, also: tuple[str, ...], *, strict: bool) -> NoReturn:
    """Compares the two systems with each other and leaves: 2 when they disagree and that is asked for."""
    with failing_as(form), session(setup, "drift --between", verifying=True) as run:
        from reconciler.workflow import compare_systems

        shape = compare_systems(run)
    write_also(lambda one: _rendered(shape, one), also, COPIES_WITH_SARIF)
    say(_rendered(shape, form, coloured=colour()))
    raise click.exceptions.Exit(Exit.CHANGES if strict and shape["disagreements"] else Exit.OK)


def _rendered(shape: Between, form: str, *, coloured: bool = False) -> str:
    """What the systems disagree about, in one of the formats."""
    from reconciler.report import between, jsonform

    if form == "text":
        return between.text(shape, colour=coloured)
    if form == "markdown":
        return between.markdown(shape)
    if form == "html":
        from reconciler.report import htmlbetween

        return htmlbetween.render(shape)
    if form == "junit":
        return between.as_junit(shape)
    return jsonform.dump(between.as_sarif(shape) if form == "sarif" else shape)
