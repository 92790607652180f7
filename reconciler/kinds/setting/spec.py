"""What people write in a `Setting`: settings of CluedIn's organisation by their keys."""

from __future__ import annotations

from typing import ClassVar, Literal

from reconciler.kinds.project.exported import Text
from reconciler.kinds.project.filters import Scalar
from reconciler.manifest.secrets import SecretRef
from reconciler.manifest.spec import Manifest


class Setting(Manifest):
    """Settings of CluedIn's organisation, among them the switches of its own Purview sync.

    Only the settings that are named are managed; what keys there are CluedIn tells, and `plan` asks it. A setting that
    has another value than its default, set by people, is taken over with `--adopt=overwrite` alone. Features
    themselves cannot be switched by any call.

    Example::

        apiVersion: reconciler/v1
        kind: Setting
        metadata: {name: no-native-sync}
        spec:
          set:
            Purview.SyncDataSources.Enabled: false
            Purview.SyncDataSources.Keywords: '"CluedInSource"'
            Purview.SyncOrgProvidersQueryEntityTypeSampleSize: 50
          expect: {Purview.SyncStreams.Enabled: false}
    """

    kind: ClassVar[str] = "Setting"

    set: dict[Text, Scalar] = {}
    """Settings with their values. Quotes inside a value belong to it, as in `'"CluedInSource"'`."""
    secrets: dict[Text, SecretRef] = {}
    """Settings that hold a secret: `{Purview.ClientSecret: {env: PURVIEW_SECRET, version: "1"}}`. They are never
    compared; another `version` writes them again."""
    expect: dict[Text, Scalar] = {}
    """Settings that must have a value, which is read and compared and never written."""
    reset: tuple[Text, ...] = ()
    """Settings that go back to the server's own default."""
    expect_features: tuple[Text, ...] = ()
    """Features that must be on, by their name in CluedIn; only read."""
    on_remove: Literal["forget", "reset"] = "forget"
    """What becomes of a setting that no manifest names any more: `forget` leaves its value, `reset` brings its default
    back."""
