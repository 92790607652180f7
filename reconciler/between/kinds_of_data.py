"""What kind of data a key holds: the data classification of CluedIn, which stands for a label, against Purview's
classifications on the asset of the key."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.between.found import Found, Side, advise
from reconciler.between.git import Git
from reconciler.between.pairs import Pair, Pairing
from reconciler.between.sides import Sides, vocabulary_key
from reconciler.kinds.declarations import DeclaredLabel


def kinds_of_data(sides: Sides, git: Git, pairing: Pairing) -> Iterator[Found]:
    """Each key that Purview shows as an asset, with a term or without one."""
    codes = {one.cluedin_code.casefold(): one for one in git.labels.values() if one.cluedin_code}
    for key in sides.keys:
        address = vocabulary_key(key)
        asset = sides.assets.get(address)
        if asset is not None:
            known = pairing.pairs.get(address)
            pair = Pair(known.term if known is not None else "", address, "stamp", f"{asset} is the asset of the key")
            yield from _Label(sides, git, pair, key, asset, codes).found()


class _Label:
    """One key and its asset."""

    def __init__(
        self, sides: Sides, git: Git, pair: Pair, key: str, asset: str, codes: dict[str, DeclaredLabel]
    ) -> None:
        self.git, self.pair, self.codes = git, pair, codes
        self.asset = asset
        self.live = sides.keys[key]
        self.called = f"the key “{self.live.fields.get('display_name') or key}”"
        self.code = str(self.live.fields.get("classification") or "")
        self.put_on = sides.classifications.get(asset, frozenset())

    def found(self) -> Iterator[Found]:
        """A label without its classification, a classification without a label, or one that means another."""
        if self._git_asks_for_it():
            return
        meant = self.codes.get(self.code.casefold())
        if not self.code:
            if self.put_on:
                yield self._classification_alone()
        elif meant is None:
            if not self.put_on:
                yield self._label_alone("no classification")
        elif meant.classification not in self.put_on:
            others = {label.classification for label in self.codes.values()} & self.put_on
            yield self._other(meant, sorted(others)) if others else self._label_alone(f"not {meant.classification}")

    def _git_asks_for_it(self) -> bool:
        """Whether manifests say both sides, and both are as they say."""
        if not self.git.wants(f"purview.entity:{self.asset}") or not self.git.wants(self.pair.other):
            return False
        if self.git.classified.get(self.asset, frozenset()) != self.put_on:
            return False
        if self.git.says(self.pair.other, "classification"):
            return self.git.is_as_written(self.pair.other, "classification", self.live)
        return not self.code

    def _label_alone(self, missing: str) -> Found:
        sentence = f"CluedIn says that {self.called} holds `{self.code}`, and its asset in Purview has {missing}"
        advice = "Put the classification on the asset, or take the data classification off the key."
        return self._say("between.label_alone", sentence, advice)

    def _classification_alone(self) -> Found:
        listed = ", ".join(sorted(self.put_on))
        sentence = f"Purview has {listed} on the asset of {self.called}, which has no data classification in CluedIn"
        advice = "Give the key a data classification, or take the classification off the asset."
        return self._say("between.classification_alone", sentence, advice)

    def _other(self, meant: DeclaredLabel, others: list[str]) -> Found:
        sentence = (
            f"CluedIn says that {self.called} holds `{self.code}`, which means {meant.classification}, "
            f"and Purview has {', '.join(others)} on its asset"
        )
        return self._say("between.other_label", sentence, "Take off the one that is wrong, and put the other on both.")

    def _say(self, code: str, sentence: str, advice: str) -> Found:
        source = self.git.source(self.pair.other)
        purview = Side(f"purview.entity:{self.asset}", ", ".join(sorted(self.put_on)))
        cluedin = Side(self.pair.other, self.code)
        return Found(code, purview, cluedin, self.pair, sentence, advise(advice, source), source)
