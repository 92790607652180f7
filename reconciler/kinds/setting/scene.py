"""The settings of one document: where each is written, and what a change of it does besides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from reconciler.kinds.base import Kind
from reconciler.kinds.setting.spec import Setting
from reconciler.manifest.findings import Path
from reconciler.questions.settings import SettingAt, SettingNamed
from reconciler.resources.cluedin.organization import LiveSetting

Holds = Literal["value", "access_control", "sign_on"]
"""The field of the resource that a value stands in."""

_NATIVE = {
    "Purview.SyncCluedInVocabulariesToPurviewGlossaries.Enabled": ("GlossaryMapping",),
    "Purview.SyncPurviewGlossariesToCluedInVocabularies.Enabled": ("GlossaryMapping",),
    "Purview.SyncPurviewGlossariesToCluedInGlossaries.Enabled": ("GlossaryMapping",),
    "Purview.SyncDataSources.Enabled": ("DataSourceLink",),
    "Purview.SyncDataProductsDataSources.Enabled": ("DataSourceLink",),
    "Purview.AutoMapDataSets.Enabled": ("DataSourceLink",),
    "Purview.SyncStreams.Enabled": ("ExportContract", "Stream"),
    "Purview.SyncCrawlersAndEnrichers.Enabled": ("Crawler", "Enricher"),
}
"""The switches of CluedIn's own Purview sync ([B]: recorded keys), and the kinds whose documents do the same."""


def native_kinds(key: str) -> tuple[str, ...]:
    """The kinds that do what a switch of CluedIn's own sync does; none of other settings."""
    return _NATIVE.get(key, ())


class Scene(Kind[Setting]):
    """A document with its world."""

    def places(self) -> Iterator[tuple[Path, str]]:
        """Every key with the place where it is written."""
        spec = self.spec
        for group, keys in (("set", spec.set), ("secrets", spec.secrets), ("expect", spec.expect)):
            yield from (((group, key), key) for key in keys)
        yield from ((("reset", at), key) for at, key in enumerate(spec.reset))

    @property
    def written(self) -> bool:
        """Whether anything of it is written."""
        return bool(self.spec.set or self.spec.secrets or self.spec.reset)

    def live(self, key: str) -> LiveSetting | None:
        """The setting as CluedIn has it; None where it was not asked, or has none."""
        rows: tuple[SettingAt, ...] = self.world.answers.of(SettingNamed(key)) or ()
        return next((one.setting for one in rows), None)

    def at_default(self, key: str) -> dict[str, Any]:
        """What it means that a setting has its default: that value, or where nobody tells it, that it has it."""
        live = self.live(key)
        if live is None or live.is_secret or live.default is None:
            return {"is_default": True}
        return {self.holds(key): live.default}

    def holds(self, key: str) -> Holds:
        """What a change of a setting does besides; that of access control is known by its title, as its key is not
        public [U]."""
        live = self.live(key)
        title = live.title if live is not None else ""
        if key.startswith("Feature.SSO."):
            return "sign_on"
        words = f"{key} {title}".casefold().replace(" ", "")
        return "access_control" if "accesscontrol" in words else "value"
