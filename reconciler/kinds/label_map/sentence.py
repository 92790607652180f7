"""What changes of our words for sensitivity mean."""

from __future__ import annotations

from reconciler.kinds.telling.fields import Entry, Prose
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.teller import Teller
from reconciler.kinds.telling.things import Thing
from reconciler.kinds.telling.values import name


class Classification(Thing):
    """A classification of Purview, by our word for it."""

    noun = "label"
    fields = {
        "description": Prose("meaning"),
        "super_types": Entry("kind"),
        "entity_types": Entry("type of assets"),
    }

    def name(self, key: str, names: Names) -> str:
        """Our word, and the classification where that is another."""
        word = names.word(key)
        return word if word == name(key) else f"{word} ({name(key)})"

    def made(self, one: Happening) -> str:
        """That Purview can mark with it."""
        return f"{self.called(one.key, one.names)} becomes known"


class LabelMapTeller(Teller):
    """Tells of labels."""

    kind = "LabelMap"
    noun = "Label"
    rank = 0
    things = {"purview.classification_type": Classification()}

    def concept(self, one: Happening, document: str) -> str:
        """The label itself, as a map holds several."""
        if one.type in self.things:
            return one.names.word(one.key)
        return super().concept(one, document)
