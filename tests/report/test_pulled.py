"""What `pull` says of what it leaves out."""

from __future__ import annotations

from reconciler.pull.pull import Result
from reconciler.report.pulled import shape, text


def left_out(left: dict[str, list[str]]) -> list[str]:
    lines = text(Result(left=left)).splitlines()
    return [line.removeprefix("  - ") for line in lines if line.startswith("  - ")]


def test_reasons_of_one_sort_are_one_line_with_a_count() -> None:
    dotted = "The name `{}` contains `.`, which Purview refuses in names"
    left = {dotted.format(f"a.{at}"): ["GlossaryMapping/customer"] for at in range(14)}
    left |= {f"a.yaml:{at} has it; manifests have no data type `X{at}`": [f"key:X{at}"] for at in range(2)}
    left["comes with CluedIn or a connector"] = ["v:a", "v:b"]
    assert left_out(left) == [
        "The name … contains `.`, which Purview refuses in names (14): GlossaryMapping/customer (`a.0`), "
        "GlossaryMapping/customer (`a.1`), GlossaryMapping/customer (`a.2`) and 11 more",
        "… has it; manifests have no data type …: key:X0 (a.yaml:0, `X0`), key:X1 (a.yaml:1, `X1`)",
        "comes with CluedIn or a connector: v:a, v:b",
    ]
    assert len(shape(Result(left=left))["left_out"]) == 17
