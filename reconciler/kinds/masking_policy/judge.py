"""What only CluedIn tells of a policy: how it is written, keys and people, and the policies beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.errors import Diagnostic
from reconciler.kinds.masking_policy.grants import does, rules
from reconciler.kinds.masking_policy.scene import Scene
from reconciler.kinds.project.criteria_checks import criteria_judgements
from reconciler.kinds.project.members import member_judgements, role_judgements
from reconciler.kinds.project.references import live_entity_findings, live_key_findings
from reconciler.manifest.findings import error, info, warning
from reconciler.questions.access import HowPolicies, KeysNamed, Learnt, LivePolicy, Policies, Switch, SwitchTitled
from reconciler.questions.catalogue import VocabularyAt

ACCESS_CONTROL = SwitchTitled(("access control",))
MOST = 3


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that only the answers tell."""
    yield from _how(scene)
    yield from _who(scene)
    yield from _about(scene)
    yield from criteria_judgements(scene.document, scene.world, scene.criteria())
    for path, key in scene.named_keys():
        yield from live_key_findings(scene.document, scene.world, path, key)
    yield from _beside(scene)
    switches: Sequence[Switch] = scene.world.answers.of(ACCESS_CONTROL) or ()
    if switches and not any(one.on for one in switches):
        yield info(
            scene.document,
            (),
            "masking.off",
            "Access control is off in CluedIn: everybody sees everything, whatever policies say",
            "Switching it on takes everybody's access until policies give it back; no policy does that by itself.",
        )


def _how(scene: Scene) -> Iterator[Diagnostic]:
    rows: Sequence[Learnt] = scene.world.answers.of(HowPolicies()) or ()
    for row in rows:
        known = row.every if scene.is_all else row.some
        needed = {*does(scene), *({"view"} if scene.excepted else ())}
        lacks = sorted(needed - known) or (scene.spec.also_view is not None and "view" not in row.some)
        if lacks:
            what = " about all keys" if scene.is_all and not row.faults else ""
            why = "; ".join(row.faults) or "it has no rule about all keys"
            yield error(
                scene.document,
                (),
                "masking.template",
                f"Nobody knows how this CluedIn writes policies{what}: the policy `reconciler-template` shows it, "
                f"and {why}",
                "Make it in CluedIn's pages, switched off, as `docs/masking.md` says, and name what stands in it "
                "in `cluedin.access_template` of the environment.",
            )


def _who(scene: Scene) -> Iterator[Diagnostic]:
    path, words = scene.members
    if not words:
        yield error(
            scene.document,
            path,
            "masking.members",
            "It is for nobody, and waits",
            "Name `members`, or `cluedin.masked_members` in the environment.",
        )
    yield from member_judgements(scene.document, scene.world, path, words)
    for at, word in scene.excepted:
        yield from role_judgements(scene.document, scene.world, at, [word])
    cluedin = scene.environment.cluedin
    if scene.excepted and cluedin is not None and not cluedin.view_over_mask:
        yield warning(
            scene.document,
            ("unless",),
            "masking.both",
            "Who is a member and has one of these roles gets the value masked and in clear: nothing public tells which "
            "of the two counts",
            "Try it with one user of each; then write `cluedin.view_over_mask: true` in the environment.",
        )


def _about(scene: Scene) -> Iterator[Diagnostic]:
    if scene.entity_and_field is not None:
        entity, field = scene.entity_and_field
        yield from live_entity_findings(scene.document, scene.world, ("target",), entity)
        if scene.code is not None and scene.world.answers.of(KeysNamed(entity, field)) == () and not scene.candidates:
            yield error(
                scene.document,
                ("target",),
                "masking.field",
                f"`{entity}` has no vocabulary key `{field}`",
                "Write its full key: `entity:TYPE.field:FULL.KEY`.",
            )
    for path, prefix in scene.vocabularies():
        if scene.world.answers.of(VocabularyAt(prefix)) == ():
            yield error(
                scene.document,
                path,
                "masking.vocabulary",
                f"There is no vocabulary of the key prefix `{prefix}`",
                "Write the prefix of one that is there, or that a GlossaryMapping makes.",
            )


def _beside(scene: Scene) -> Iterator[Diagnostic]:
    if scene.world.answers.of(Policies()) is None:
        return
    wanted = rules(scene)
    members = {member for rule in wanted for member in rule["members"] if rule["does"] != "view" or not scene.masks}
    others = scene.others()
    if scene.masks and scene.spec.also_view is None and members and not _see_more(scene, others, members):
        yield warning(
            scene.document,
            scene.members[0],
            "masking.nothing_else",
            "Its members see this masked, and of such a record nothing else: no other policy gives them a key",
            "Add `also_view` with the keys that they need, or a policy that gives them.",
        )
    wider = [(one, found) for one in others if (found := _gives(scene, one))]
    for one, found in wider[:MOST]:
        told = ", ".join(sorted(found)[:MOST])
        yield info(
            scene.document,
            ("rows",) if scene.spec.rows else (),
            "masking.widened",
            f"The policy `{one.name}`{'' if one.active else ', which is switched off,'} gives values of the same in "
            f"clear, to {told}",
            "Policies add up: who is in both sees what either gives.",
        )
    live = scene.live()
    if scene.spec.active is False and live is not None and live.active and not _see_more(scene, others, members):
        yield warning(
            scene.document,
            ("active",),
            "masking.sees_nothing",
            "No other active policy is for its members: they see nothing once it is switched off",
            "Give them another policy first.",
        )


def _see_more(scene: Scene, others: Sequence[LivePolicy], members: set[str]) -> bool:
    """Whether another policy, live and active or of a manifest, gives some of the members some other key."""
    live = (grant for one in others if one.active for grant in one.grants)
    if any(grant.members & members and not all(map(scene.covers, grant.scope)) for grant in live):
        return True
    ours = (rule for one in scene.world.of(Scene) if one is not scene for rule in rules(one))
    return any(members & set(rule["members"]) for rule in ours)


def _gives(scene: Scene, other: LivePolicy) -> set[str]:
    """To whom another policy gives in clear what this one is about."""
    found: set[str] = set()
    for grant in other.grants:
        same = any(grant.covers(key) for _, key in scene.keys) or scene.is_all or any(map(scene.covers, grant.scope))
        if grant.does != "mask" and same:
            found |= grant.members
    return found
