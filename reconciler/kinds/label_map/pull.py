"""Label maps of what is live: the classifications of one's own, each with a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, count
from typing import Any

from reconciler.kinds.label_map.spec import CLASSIFICATION, LABEL, LabelMap
from reconciler.kinds.project.labels import is_microsoft
from reconciler.kinds.pulling import Added, Estate, Pulled, Puller, without_nothing
from reconciler.resources.objects import Live


class LabelMapPuller(Puller):
    """Classifications that are not Microsoft's. Free labels, and what suggests a label, no system tells."""

    kind = "LabelMap"
    types = ("purview.classification_type",)

    def pull(self, estate: Estate) -> Iterator[Pulled | Added]:
        """One map of all of them, or entries of the map that is there."""
        if not estate.has("purview") or estate.limits.words:
            return
        home = next((one for one in estate.world.written(self.kind) if one.as_a(LabelMap) is not None), None)
        taken = set(estate.words.values())
        labels: dict[str, dict[str, Any]] = {}
        for name, live in _own(estate).items():
            word = _word(name, taken)
            taken.add(word)
            estate.words[name] = word
            labels[word] = {"classification": name, **without_nothing(description=live.fields.get("description"))}
        if home is not None:
            yield from (Added(home, ("labels",), label, word) for word, label in labels.items())
        elif labels:
            yield Pulled(self.kind, "labels", {"labels": labels})


def _own(estate: Estate) -> Mapping[str, Live]:
    """The classifications that no manifest wants, and that a map can hold."""
    found: dict[str, Live] = {}
    for name, live in estate.new("purview.classification_type").items():
        if is_microsoft(name):
            continue
        if CLASSIFICATION.fullmatch(name):
            found[name] = live
        else:
            estate.leave("a name that no label map can hold", f"purview.classification_type:{name}")
    return found


def _word(name: str, taken: set[str]) -> str:
    """A word for a classification: the last part of its name, or all of it where that is taken or is no word."""
    short = name.rpartition(".")[2].strip()
    whole = name.replace(".", "_").strip()
    numbered = (f"{whole}_{number}" for number in count(2))
    return next(one for one in chain((short, whole), numbered) if one not in taken and LABEL.fullmatch(one))
