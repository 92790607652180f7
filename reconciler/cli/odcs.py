"""`reconciler contracts export` and `import`: contracts in the Open Data Contract Standard 3.1, out and in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.common import Setup, complain, for_files, require_writable, say, tell, writing
from reconciler.cli.progress import session
from reconciler.errors import Diagnostic, Exit

if TYPE_CHECKING:
    from reconciler.kinds.export_contract.scene import Contract


@click.command("export")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--format", type=click.Choice(["odcs"]), default="odcs", help="Open Data Contract Standard 3.1.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="A file a contract, NAME.odcs.yaml.")
@click.pass_obj
def export(setup: Setup, names: tuple[str, ...], format: str, out: Path | None) -> None:  # noqa: ARG001
    """Write contracts, all or those named, as others read them; offline.

    What the standard has no word for is a custom property `reconciler.FIELD`, so that import loses nothing.
    """
    with session(setup, "contracts export") as run:
        from reconciler.contracts.odcs.export import as_odcs
        from reconciler.kinds.export_contract.scene import Contract
        from reconciler.report.yamlform import written

        known = {one.name: one for one in run.draft().world.of(Contract)}
        require_known(names, set(known))
        chosen = {name: one for name, one in sorted(known.items()) if not names or name in names}
        files = {name: as_odcs(one, run.environment) for name, one in chosen.items()}
        _require_valid(files, chosen)
        texts = {f"{name}.odcs.yaml": written(one) for name, one in files.items()}
        if out is None:
            say("---\n".join(texts.values()) if texts else "# There is no export contract.\n")
        else:
            _write({out / name: text for name, text in texts.items()}, setup.project)


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--prefix",
    "--key-prefix",
    "key_prefix",
    metavar="PREFIX",
    help="Columns without a source come from the key PREFIX.COLUMN.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="A new file for the manifests.")
@click.pass_obj
def import_(setup: Setup, files: tuple[Path, ...], key_prefix: str | None, out: Path | None) -> None:  # noqa: ARG001
    """Make ExportContract manifests of files of the Open Data Contract Standard 3; offline.

    What a contract has no place for is told with its line, and left behind. Exit code 1, and nothing written, when
    a file does not agree with the standard or does not say what a contract has to.
    """
    from reconciler.contracts.odcs.imported import imported
    from reconciler.errors import ConfigurationError
    from reconciler.report.yamlform import written

    if out is not None and out.exists():
        raise ConfigurationError.of("output.exists", f"{out} is there already", "Name a file that is not.")
    read = [imported(path, str(path), key_prefix) for path in files]
    if findings := [finding for one in read for finding in one.findings]:
        complain(findings)
    if not all(one.ok for one in read):
        raise click.exceptions.Exit(Exit.ERROR)
    text = "---\n".join(written(manifest) for one in read for manifest in one.manifests)
    if out is None:
        say(text)
        return
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("x", encoding="utf-8") as file:
            file.write(for_files(text))
    tell(f"wrote {out}")


def require_known(names: Iterable[str], known: set[str]) -> None:
    """Raises `click.UsageError` for the first name that no contract has, with the nearest."""
    from reconciler.manifest.suggest import did_you_mean

    for name in names:
        if name not in known:
            raise click.UsageError(f"no ExportContract is called {name!r}. {did_you_mean(name, known)}".strip())


def _require_valid(files: Mapping[str, Mapping[str, Any]], contracts: Mapping[str, Contract]) -> None:
    """Nothing leaves that the standard's own schema refuses; raises `ManifestError`."""
    from reconciler.contracts.odcs.standard import problems
    from reconciler.errors import ManifestError

    wrong = [
        Diagnostic(
            "error",
            "odcs.invalid",
            f"{name} cannot be said in the standard: {'.'.join(map(str, path)) or 'the file'}: {sentence}",
            "Say it otherwise in the contract.",
            contracts[name].document.source(),
        )
        for name, file in files.items()
        for path, sentence in problems(file)
    ]
    if wrong:
        raise ManifestError(*wrong)


def _write(texts: Mapping[Path, str], project: Path) -> None:
    require_writable(texts, project)
    for path, text in texts.items():
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(for_files(text), encoding="utf-8")
        tell(f"wrote {path}")
