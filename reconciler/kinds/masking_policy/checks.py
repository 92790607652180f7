"""What is wrong with a policy, as far as it can be told offline; and what no policy does."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.masking_policy.scene import Scene
from reconciler.kinds.project.criteria_checks import criteria_findings
from reconciler.kinds.project.exports import sent_out
from reconciler.kinds.project.people import unknown_owners
from reconciler.kinds.project.read_only import read_only
from reconciler.kinds.project.references import entity_findings, key_findings
from reconciler.manifest.findings import error, info, warning, where

NOT_COVERED = "streams and exports, clean projects, deduplication, hierarchies and manual merges"
"""What asks no policy ([B]: the vendor's page on access control)."""


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    yield from _name(scene)
    yield from _effect(scene)
    yield from _members(scene)
    yield from _target(scene)
    yield from criteria_findings(scene.document, scene.world, scene.criteria())
    for path, key in scene.named_keys():
        yield from key_findings(scene.document, scene.world, path, key)
    yield from _order(scene)
    yield from _exported(scene)
    yield from read_only(scene.document, scene.world, "CluedIn", "keep the policy out of the environment")
    if scene.world.of(Scene)[0] is scene:
        yield info(
            scene.document,
            (),
            "masking.not_covered",
            f"Policies hide values in CluedIn's pages, not from {NOT_COVERED}",
            "Leave keys out of exports, or mask them where they are read.",
        )


def _name(scene: Scene) -> Iterator[Diagnostic]:
    if scene.spec.policy is not None and scene.spec.policy.strip() != scene.document.name:
        yield error(
            scene.document,
            ("policy",),
            "masking.name",
            f"The policy is called `{scene.spec.policy}`, and the document `{scene.document.name}`",
            "Give both one name, or leave `policy` out.",
        )


def _effect(scene: Scene) -> Iterator[Diagnostic]:
    spec = scene.spec
    if spec.effect == "deny":
        yield error(
            scene.document,
            ("effect",),
            "masking.deny",
            "CluedIn's policies allow, and cannot deny",
            "Leave out of `members` who must not see it: nobody sees what no policy gives.",
        )
    if scene.masks and set(spec.actions) - {"read"}:
        yield error(
            scene.document,
            ("actions",),
            "masking.edit",
            "What is edited cannot be masked",
            "Write `actions: [read]`, or `effect: allow`.",
        )
    if spec.unless and not scene.masks:
        yield error(
            scene.document,
            ("unless",),
            "masking.unless",
            "There is no mask that `unless` could be an exception of",
            "Write `effect: allow_with_mask`, or add the roles to `members`.",
        )
    if spec.mask is not None and spec.mask.strip().casefold() != "full":
        yield warning(
            scene.document,
            ("mask",),
            "masking.whole",
            f"CluedIn hides the whole value, and knows no mask `{spec.mask}`",
            "Write `mask: full`, or leave it out.",
        )
    more = spec.also_view
    if more is not None and scene.masks:
        hidden = [key for key in more.keys if scene.covers(key)]
        prefix = (more.vocabulary or "").casefold()
        hidden += [key for _, key in scene.keys if prefix and key.casefold().startswith(f"{prefix}.")]
        same = prefix and prefix == (spec.vocabulary or "").casefold()
        if hidden or same:
            yield warning(
                scene.document,
                ("also_view",),
                "masking.also_view",
                f"Members get {', '.join(f'`{key}`' for key in hidden) or 'the vocabulary'} in clear as well as masked",
                "Nothing public tells which of the two counts: name the other keys one by one.",
            )


def _members(scene: Scene) -> Iterator[Diagnostic]:
    path, words = scene.members
    if not words:
        yield warning(
            scene.document,
            path,
            "masking.members",
            "It says for whom it is neither here nor in `cluedin.masked_members` of the environment",
            "Name `members`: CluedIn cannot say *everybody but*. Until then nothing of it is written.",
        )
    if scene.spec.members is not None:
        for at, word in enumerate(words):
            if isinstance(word, str):
                yield from unknown_owners(scene.environment, scene.document, (*path, at), [word])


def _target(scene: Scene) -> Iterator[Diagnostic]:
    if scene.entity_and_field is None:
        return
    yield from entity_findings(scene.document, scene.world, ("target",), scene.entity_and_field[0])
    if len(scene.candidates) > 1:
        yield error(
            scene.document,
            ("target",),
            "masking.field",
            f"`{scene.entity_and_field[1]}` may be {' or '.join(f'`{key}`' for key in scene.candidates)}",
            "Write the full key.",
        )


def _order(scene: Scene) -> Iterator[Diagnostic]:
    chain = _cycle(scene)
    if chain:
        yield error(
            scene.document,
            ("after",),
            "masking.cycle",
            f"Policies come before each other: {' after '.join(chain)}",
            "Take one of them out of `after`, or an `order` away.",
        )


def _cycle(scene: Scene) -> list[str]:
    """The names along a way of what comes before that leads back to the policy; none where there is no such way."""
    scenes = {one.name: one for one in scene.world.of(Scene)}
    ways, seen = [[scene.name]], set[str]()
    while ways:
        way = ways.pop()
        last = scenes.get(way[-1])
        for name in earlier(last) if last is not None else ():
            if name == scene.name:
                return [*way, name]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def earlier(scene: Scene) -> list[str]:
    """The names of the policies of manifests that come before one, as it says itself or they do."""
    others = [one for one in scene.world.of(Scene) if one is not scene]
    found = [name for name, made in scene.before if made]
    found += [one.name for one in others if scene.spec.order == "last" and one.spec.order != "last"]
    found += [one.name for one in others if one.spec.order == "first" and scene.spec.order != "first"]
    return list(dict.fromkeys(found))


def _exported(scene: Scene) -> Iterator[Diagnostic]:
    """What is masked in the pages, and goes out in clear."""
    if not scene.masks:
        return
    for key, documents in sent_out(scene.world).items():
        if scene.covers(key):
            path = next((path for path, one in scene.keys if one == key), ("target",) if scene.is_all else ())
            for document in documents:
                yield warning(
                    scene.document,
                    path or (("vocabulary",) if scene.spec.vocabulary else ()),
                    "masking.exported",
                    f"`{key}` is masked in CluedIn's pages, and in clear in the {document.kind} "
                    f"`{document.name}` ({where(document)})",
                    "No policy covers exports: leave the column out, or mask it where it is read.",
                )
