"""Options of export targets in the one form in which those that mean the same are equal.

The cron behind the words of schedules, and that folders are taken without outer slashes: public source of the
data-lake connectors, [B].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "0 * * * *": "Hourly",
    "0 0/1 * * *": "Hourly",
    "0 */1 * * *": "Hourly",
    "0 0 * * *": "Daily",
    "0 0 * * 1": "Weekly",
}
_FOLDERS = ("DirectoryName", "ItemFolder")


def as_meant(config: Mapping[str, Any]) -> dict[str, Any]:
    """The options with a word for a cron that says the same, and folders without outer and doubled slashes."""
    found = dict(config)
    if str(found.get("Schedule") or "").casefold() == "customcron":
        found["Schedule"] = _WORDS.get(" ".join(str(found.get("CustomCron") or "").split()), found["Schedule"])
    for name in _FOLDERS:
        if isinstance(found.get(name), str):
            found[name] = "/".join(part for part in found[name].split("/") if part)
    return found
