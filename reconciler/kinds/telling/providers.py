"""Words for crawlers and enrichers."""

from __future__ import annotations

import re

from reconciler.kinds.telling.fields import Entry, Flag, Option, Secret, Several, Word
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.things import Thing, Tie
from reconciler.kinds.telling.values import quoted

_ID = re.compile(r" \([0-9a-f-]{36}\)$")
"""The id behind the name of a role."""


class Crawler(Thing):
    """Where records come from."""

    noun = "crawler"
    retires = "is switched off"
    fields = {
        "config": Option("option"),
        "secrets": Secret("secret"),
        "source": Word("source"),
        "source_quality": Word("quality of its source"),
        "users": Entry("user"),
    }


class Enricher(Thing):
    """Who is asked about records."""

    noun = "enricher"
    retires = "is switched off"
    fields = {
        **Crawler.fields,
        "tested": Flag("whether it is tried first", "is tried first", "is not tried first"),
    }

    def made(self, one: Happening) -> str:
        """With what goes out."""
        return f"{self.called(one.key, one.names)}{one.carrying} is set up"


class Working(Tie):
    """Whether one works."""

    noun = "state of"
    fields = {"active": Flag("whether it works", "is switched on", "is switched off")}

    def called(self, key: str, names: Names) -> str:
        """`VAT check`, of which it is the state."""
        return self.name(key, names)

    def made(self, one: Happening) -> str:
        """What it does from now on."""
        return f"{self.called(one.key, one.names)} {'is switched on' if one.after('active') else 'is switched off'}"


class Owning(Tie):
    """Who owns one."""

    noun = "owners of"
    fields = {
        "owners": Several("owner", lambda value, _: quoted(_ID.sub("", value) if isinstance(value, str) else value))
    }

    def called(self, key: str, names: Names) -> str:
        """`VAT check`, whose owners they are."""
        return self.name(key.partition(":")[2], names)

    def made(self, one: Happening) -> str:
        """Whom it gets."""
        return f"{self.called(one.key, one.names)} gets owners of its own"


PROVIDERS: dict[str, Thing] = {
    "cluedin.owners": Owning(),
    "cluedin.crawler": Crawler(),
    "cluedin.enricher": Enricher(),
    "cluedin.provider_state": Working(),
}
