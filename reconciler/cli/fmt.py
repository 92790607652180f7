"""`reconciler fmt`: manifests in one layout, comments kept; offline."""

from __future__ import annotations

import click

from reconciler.cli.common import Setup, complain, say
from reconciler.errors import Diagnostic, Exit, Source


@click.command("fmt")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is not in the layout.")
@click.pass_obj
def command(setup: Setup, check: bool) -> None:
    """Bring every manifest into one layout; comments, anchors, order and line ends stay.

    Two blanks a level, lists below their key and indented, one blank behind `:`, `-` and `,`, and no blanks where
    nobody sees them.
    """
    from reconciler.manifest.files import find_manifests, replace_file
    from reconciler.manifest.formatting import formatted
    from reconciler.manifest.yaml import read_yaml

    found = find_manifests(setup.project)
    wrong = [*found.findings]
    changed = []
    for name, path in found.files.items():
        read = read_yaml(path, name)
        errors = [one for one in read.findings if one.severity == "error"]
        if errors:
            wrong += errors
            continue
        before = path.read_bytes()
        after = formatted(before, name)
        if after is None:
            wrong.append(_unformatted(name))
        elif after != before:
            changed.append(name)
            if not check:
                replace_file(path, before, after)
    if wrong:
        complain(wrong)
    for name in changed:
        say(name)
    failed = any(one.severity == "error" for one in wrong) or (check and (changed or wrong))
    raise click.exceptions.Exit(Exit.ERROR if failed else Exit.OK)


def _unformatted(name: str) -> Diagnostic:
    return Diagnostic(
        "warning",
        "fmt.left",
        "The file is left as it is: it has tabs, or forms of YAML that cannot be moved safely",
        "Write it in plain blocks, indented by blanks.",
        Source(name),
    )
