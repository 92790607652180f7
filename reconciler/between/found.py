"""One disagreement: where on both sides, what each says, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.between.git import Git
from reconciler.between.pairs import Pair, own
from reconciler.between.sides import VOCABULARY, Sides
from reconciler.errors import Source
from reconciler.resources.keys import Address
from reconciler.saved import between as saved


@dataclass(frozen=True, slots=True)
class Side:
    """What one system has; without a value it has nothing there."""

    address: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Two things that belong together and do not say the same."""

    code: str
    purview: Side
    cluedin: Side
    pair: Pair
    sentence: str
    advice: str
    source: Source | None = None

    def as_dict(self) -> saved.Disagreement:
        """The JSON shape."""
        shape: saved.Disagreement = {
            "code": self.code,
            "purview": {"address": self.purview.address, "value": self.purview.value},
            "cluedin": {"address": self.cluedin.address, "value": self.cluedin.value},
            "paired_by": self.pair.by,
            "because": self.pair.why,
            "sentence": self.sentence,
            "advice": self.advice,
        }
        if self.source is not None:
            shape["file"] = self.source.file
            shape["line"] = self.source.line or 0
        return shape


@dataclass(frozen=True, slots=True)
class Matter:
    """A pair with all that is known of it, as those who compare it need it."""

    pair: Pair
    sides: Sides
    git: Git

    @property
    def term(self) -> str:
        """The address of the term."""
        return f"purview.term:{self.pair.term}"

    @property
    def is_concept(self) -> bool:
        """Whether it is a vocabulary that the term goes with, and no key."""
        return Address.of(self.pair.other).type == VOCABULARY

    @property
    def noun(self) -> str:
        """What the thing in CluedIn is."""
        return "vocabulary" if self.is_concept else "key"

    @property
    def called(self) -> str:
        """The name of the term in a sentence."""
        return f"“{own(self.pair.term)}”"

    @property
    def source(self) -> Source | None:
        """Where a manifest is about it."""
        return self.git.source(self.term, self.pair.other)

    def found(self, code: str, purview: str, cluedin: str, sentence: str, advice: str) -> Found:
        """A disagreement of the two themselves."""
        sides = Side(self.term, purview), Side(self.pair.other, cluedin)
        return Found(code, *sides, self.pair, sentence, advise(advice, self.source), self.source)


def advise(advice: str, source: Source | None) -> str:
    """What to do, in Git where a manifest is about it."""
    if source is None:
        return f"{advice} `reconciler pull` brings both under Git."
    return f"{advice} A manifest is about it: write what is right there, and apply."
