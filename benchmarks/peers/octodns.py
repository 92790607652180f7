"""octoDNS: a dry run from one YamlProvider to another that holds the same records."""

from __future__ import annotations

from pathlib import Path

from benchmarks.processes import Measured, measure, program

NAME = "octoDNS"
LARGEST = 10_000

_CONFIG = """\
manager: {max_workers: 1}
providers:
  wanted: {class: octodns.provider.yaml.YamlProvider, directory: ./wanted, default_ttl: 3600}
  live: {class: octodns.provider.yaml.YamlProvider, directory: ./live, default_ttl: 3600}
zones:
  example.com.: {sources: [wanted], targets: [live]}
"""


def missing() -> str | None:
    """Why it cannot be measured here."""
    return (
        None
        if program("octodns-sync")
        else "octodns-sync is not installed: pip install 'cluedin-purview-reconciler[bench]'"
    )


def prepare(folder: Path, records: int) -> int:
    """Two folders with the same zone; returns the bytes of the wanted one."""
    text = "---\n" + "".join(_record(at) for at in range(records))
    for name in ("wanted", "live"):
        (folder / name).mkdir(parents=True)
        (folder / name / "example.com.yaml").write_text(text, encoding="utf-8")
    (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
    return len(text)


def plan(folder: Path) -> Measured:
    """One dry run; fails when it would change anything."""
    found = measure(
        [program("octodns-sync") or "", "--config-file", "config.yaml", "--log-stream-stdout"], folder=folder
    )
    assert "No changes were planned" in found.output, found.output[-500:]
    return found


def help_command() -> list[str]:
    """The command that only prints its usage."""
    return [program("octodns-sync") or "", "--help"]


def _record(at: int) -> str:
    return f"host{at:06}:\n  ttl: 300\n  type: A\n  value: 10.{at >> 16 & 255}.{at >> 8 & 255}.{at & 255}\n"
