"""`reconciler graph`: what depends on what, and what data flows where; offline."""

from __future__ import annotations

import os

import click

from reconciler.cli.common import Setup, say, tell


@click.command("graph")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "dot", "json"]),
    default="text",
    help="GitHub draws mermaid within ```mermaid and ```; Graphviz draws dot.",
)
@click.option("--lineage/--all", default=True, help="The flow of data (default), or every resource and its needs.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="ADDRESS",
    help="Only this address and what it flows from and to, or needs; may end in *.",
)
@click.pass_obj
def command(setup: Setup, form: str, lineage: bool, targets: tuple[str, ...]) -> None:
    """Show the lineage from source file to exported file, or what depends on what; asks no system."""
    from reconciler.desired import load
    from reconciler.report import graphs, jsonform
    from reconciler.report.lineage import lineage as flow

    environment = setup.named()
    resources = load(setup.project, environment, os.environ).required().resources
    graph = flow(resources, targets) if lineage else graphs.everything(resources, targets)
    if form == "json":
        say(jsonform.dump(graphs.as_dict(graph, environment)))
    elif form == "dot":
        say(graphs.dot(graph))
    elif form == "mermaid":
        from reconciler.report import mermaid

        text = mermaid.mermaid(graph)
        say(text)
        if not mermaid.fits(graph, text) and not setup.quiet:
            tell(
                f"Mermaid draws at most {mermaid.MOST_EDGES} edges and {mermaid.MOST_CHARACTERS:,} characters unless it"
                " is set up otherwise, and this is more: narrow it with --target, or use --format dot."
            )
    else:
        say(graphs.text(graph, environment))
