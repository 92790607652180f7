"""What is wrong with settings: told offline, and by what CluedIn has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds.project.read_only import read_only
from reconciler.kinds.setting.scene import Scene, native_kinds
from reconciler.manifest.findings import Path, error, where
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.settings import Features, SettingAt, SettingNamed
from reconciler.resources.cluedin.organization import LiveSetting
from reconciler.resources.cluedin.setting import SettingText
from reconciler.systems.secrecy import is_secret


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline: secrets in clear, a key twice, a sync that does what manifests do."""
    for key, value in (*scene.spec.set.items(), *scene.spec.expect.items()):
        if is_secret(key, value):
            yield _in_clear(scene, key)
    yield from _twice(scene)
    yield from _native(scene)
    if scene.written:
        yield from read_only(scene.document, scene.world, "CluedIn", "write the settings under `expect`")


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that only CluedIn tells."""
    for path, key in scene.places():
        rows: tuple[SettingAt, ...] | None = scene.world.answers.of(SettingNamed(key))
        if rows is None:
            continue
        if rows[0].setting is None:
            yield _unknown(scene, path, key, rows[0])
        elif path[0] != "expect" and not rows[0].setting.served:
            yield error(
                scene.document,
                path,
                "setting.feature",
                f"`{key}` needs the feature {' and '.join(rows[0].setting.needs)}, which is off",
                "Have it switched on by CluedIn: no call does.",
            )
        elif path[0] in ("set", "expect"):
            yield from _value(scene, path, key, rows[0].setting)
            yield from _approving(scene, path, key, rows[0].setting)
    yield from _features(scene)


def _in_clear(scene: Scene, key: str) -> Diagnostic:
    path: Path = ("set" if key in scene.spec.set else "expect", key)
    return error(
        scene.document,
        path,
        "setting.secret",
        f"`{key}` is a secret",
        f'Write it in `secrets`: `{key}: {{env: NAME, version: "1"}}`.',
    )


def _twice(scene: Scene) -> Iterator[Diagnostic]:
    """A key has one place: of one document, and of all."""
    seen: dict[str, Path] = {}
    for path, key in scene.places():
        if key in seen:
            yield error(
                scene.document,
                path,
                "setting.twice",
                f"`{key}` stands under `{seen[key][0]}` as well",
                "Keep one of the two.",
            )
        seen.setdefault(key, path)
    for other in scene.world.of(Scene):
        if other.document is scene.document:
            return
        for path, key in other.places():
            if key in seen:
                yield error(
                    scene.document,
                    seen[key],
                    "setting.twice",
                    f"`{key}` stands in {where(other.document, path)} as well",
                    "Keep one of the two.",
                )


def _native(scene: Scene) -> Iterator[Diagnostic]:
    """CluedIn's own sync is not switched on beside documents that do the same."""
    for key, value in scene.spec.set.items():
        if SettingText().canonical(value) != "true":
            continue
        for kind in native_kinds(key):
            clashing = next((one for one in scene.world.written(kind) if not _allows(one.spec)), None)
            if clashing is not None:
                yield error(
                    scene.document,
                    ("set", key),
                    "setting.native_sync",
                    f"`{key}` lets CluedIn write to Purview what the {kind} in {where(clashing)} writes as well",
                    "Leave it off, or take the documents of this kind out.",
                )
                break


def _allows(spec: Any) -> bool:
    """Whether a document says itself that CluedIn's own sync may run beside it."""
    return bool(getattr(spec, "allow_native", False))


def _unknown(scene: Scene, path: Path, key: str, found: SettingAt) -> Diagnostic:
    if found.is_preference:
        return error(
            scene.document,
            path,
            "setting.preference",
            f"`{key}` is a preference of a user, and no setting of the organisation",
            "Remove it: every user sets it on the own pages.",
        )
    return error(
        scene.document,
        path,
        "setting.unknown",
        f"CluedIn has no setting `{key}`",
        did_you_mean(key, found.known, what="Settings are"),
    )


def _value(scene: Scene, path: Path, key: str, live: LiveSetting) -> Iterator[Diagnostic]:
    spec = scene.spec
    value = spec.set[key] if path[0] == "set" else spec.expect[key]
    text = SettingText().canonical(value)
    if live.is_secret:
        if not is_secret(key, value):  # which is told offline
            yield _in_clear(scene, key)
    elif (wanted := _misfit(live.data_type, text)) is not None:
        yield error(
            scene.document,
            path,
            "setting.type",
            f"`{key}` is {wanted}, and `{value}` is none",
            f"Write {wanted}." if live.default in (None, "") else f"Its default is `{live.default}`.",
        )
    elif path[0] == "expect" and SettingText().canonical(live.value or "") != text:
        yield error(
            scene.document,
            path,
            "setting.differs",
            f"`{key}` is `{live.value or ''}`, not `{text}`",
            "It is read and never written: set it in CluedIn, or write it under `set`.",
        )


def _approving(scene: Scene, path: Path, key: str, live: LiveSetting) -> Iterator[Diagnostic]:
    """Suggestions of AI are not approved by themselves while manifests have agents that leave them to people.

    The switch is known by its title, as its key is public nowhere [U].
    """
    title = live.title.casefold()
    agent = next(iter(scene.world.written("AiAgent")), None)
    if path[0] != "set" or agent is None or "approv" not in title or not re.search(r"\bai\b", title):
        return
    if SettingText().canonical(scene.spec.set[key]) == "true":
        yield error(
            scene.document,
            path,
            "setting.auto_approve",
            f"`{key}` lets CluedIn approve suggestions of AI, which the AiAgent in {where(agent)} leaves to people",
            "Leave it off, or take the agents out.",
        )


def _misfit(data_type: str, text: str) -> str | None:
    """What a value should be, where it is not; words of other types are not public [U] and take any text."""
    word = data_type.casefold()
    if word in ("boolean", "bool"):
        return None if text in ("true", "false") else "true or false"
    if word in ("integer", "int", "int32", "int64", "long"):
        return None if text.removeprefix("-").isdigit() else "a whole number"
    return None


def _features(scene: Scene) -> Iterator[Diagnostic]:
    rows = scene.world.answers.of(Features())
    if rows is None:
        return
    on = {one.name: one.on for one in rows}
    for at, name in enumerate(scene.spec.expect_features):
        if name not in on:
            yield error(
                scene.document,
                ("expect_features", at),
                "setting.feature_unknown",
                f"CluedIn has no feature `{name}`",
                did_you_mean(name, on, what="Features are"),
            )
        elif not on[name]:
            yield error(
                scene.document,
                ("expect_features", at),
                "setting.feature",
                f"The feature `{name}` is off",
                "Have it switched on by CluedIn: no call does.",
            )
