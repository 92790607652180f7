"""Settings of CluedIn's organisation, and the features that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from reconciler.questions.base import Question
from reconciler.resources.cluedin import organization
from reconciler.resources.cluedin.organization import LiveSetting
from reconciler.systems.cluedin import CluedIn


@dataclass(frozen=True, slots=True)
class SettingAt:
    """What is behind a key: a setting, or what it is taken for."""

    setting: LiveSetting | None
    known: tuple[str, ...] = ()
    """All keys, where the setting is not there."""
    is_preference: bool = False
    """Whether the signed-in user has a preference of this name, which is another thing."""


@dataclass(frozen=True, slots=True)
class SettingNamed(Question):
    """The setting of a key: one row."""

    system = "cluedin"
    claims: ClassVar[Mapping[str, str]] = {"Admin: Tenant Management": "Informed"}

    key: str

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[SettingAt, ...]]]:
        """The organisation's settings; a user's preferences only where a key is none of them [B]."""
        found = organization.settings(cluedin)
        unknown = [one for one in questions if one.key not in found]
        preferences = organization.preferences(cluedin) if unknown else frozenset()
        for one in questions:
            if one.key in found:
                yield one, (SettingAt(found[one.key]),)
            else:
                yield one, (SettingAt(None, tuple(found), one.key in preferences),)


@dataclass(frozen=True, slots=True)
class FeatureOn:
    """A feature, and whether it is on."""

    name: str
    on: bool


@dataclass(frozen=True, slots=True)
class Features(Question):
    """Every feature by name and by display name."""

    system = "cluedin"

    @classmethod
    def ask(cls, cluedin: CluedIn, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[FeatureOn, ...]]]:
        """`administration.organizationFeatures` (toolkit, [B])."""
        rows = tuple(FeatureOn(name, on) for name, on in sorted(organization.features(cluedin).items()))
        for one in questions:
            yield one, rows
