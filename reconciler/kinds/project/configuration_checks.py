"""What is wrong with a crawler or an enricher: offline, and by the live catalogue. No value of a secret is repeated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds.project.configurations import Configuration
from reconciler.kinds.project.owned import owner_findings, owner_judgements
from reconciler.kinds.project.people import cluedin_users, unknown_owners
from reconciler.kinds.project.read_only import SYSTEMS, read_only
from reconciler.kinds.project.references import entity_findings, live_entity_findings
from reconciler.kinds.project.twins import earlier_twins
from reconciler.manifest.findings import Path, error, info, where
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.catalogue import Connector, Option, Users
from reconciler.questions.outbound import LiveTarget, TargetNamed
from reconciler.resources.cluedin.outbound import may_be_composed
from reconciler.systems.secrecy import is_secret

_LINKS = "files, endpoints and databases are data sources: write a DataSourceLink"
_INSTEAD = {
    "export target": "records leave through it: write an ExportContract",
    "data source": _LINKS,
    "crawler": "it fetches records: write a Crawler",
    "enricher": "it is asked about records: write an Enricher",
}
"""What a connector of another sort is for."""


def configuration_findings(scene: Configuration[Any]) -> Iterator[Diagnostic]:
    """Everything that can be told offline: names, files, secrets in clear, people, entity types."""
    spec, document = scene.spec, scene.document
    if not scene.name or not spec.provider.strip():
        yield error(document, ("name",), "provider.name", "The name is blank", "Write what it is called in CluedIn.")
    elif may_be_composed(spec.provider, scene.name):
        yield error(
            document,
            ("name",),
            "provider.secret",
            f"The name of the {scene.noun} is an address, of which nobody can tell whether it carries a secret",
            "Give it a name in words.",
        )
    for name, text in scene.scripts.items():
        if text is None:
            yield error(
                document,
                ("config", name, "file"),
                "provider.script",
                f"The file for `{name}` cannot be read",
                "Write its path from the folder of the manifest, inside the project, as UTF-8.",
            )
    for name in spec.config:
        if is_secret(name, scene.options.get(name)):
            yield _in_clear(scene, name)
        elif name in spec.secrets:
            yield error(
                document,
                ("config", name),
                "provider.twice",
                f"`{name}` stands in `secrets` as well",
                "Keep one of the two.",
            )
    for name in scene.more_options().keys() & spec.config.keys():
        yield error(
            document,
            ("config", name),
            "provider.twice",
            f"`{name}` follows from a field of its own",
            "Keep one of the two.",
        )
    for path, word in scene.brings:
        yield from entity_findings(document, scene.world, path, word)
    yield from unknown_owners(scene.environment, document, ("users",), spec.users or ())
    yield from owner_findings(document, scene.environment, spec.owners or ())
    yield from _twins(scene)
    yield from _read_only(scene)
    if spec.lineage and not scene.brings and scene.environment.purview is not None:
        yield info(
            document,
            (),
            "provider.no_lineage",
            f"Purview shows no lineage of the {scene.noun}, as nothing says what it brings",
            "Name the entity types, or write `lineage: false`.",
        )


def configuration_judgements(scene: Configuration[Any]) -> Iterator[Diagnostic]:
    """Everything that only the live catalogue tells."""
    for path, word in scene.brings:
        yield from live_entity_findings(scene.document, scene.world, path, word)
    yield from _users(scene)
    yield from owner_judgements(scene.document, scene.environment, scene.world, scene.spec.owners or ())
    if scene.connectors is None:
        return
    if scene.connector is None:
        yield error(
            scene.document,
            ("provider",),
            "provider.unknown",
            f"CluedIn has no connector `{scene.spec.provider}`",
            did_you_mean(scene.spec.provider, scene.fitting(), what="Installed are"),
        )
    elif (sort := scene.sort_of(scene.connector)) != scene.noun:
        yield error(
            scene.document,
            ("provider",),
            "provider.other_kind",
            f"`{scene.connector.name}` is no {scene.noun}",
            f"{_INSTEAD[sort][0].upper()}{_INSTEAD[sort][1:]}.",
        )
    elif scene.connector.options:
        yield from _options(scene, scene.connector)


def _in_clear(scene: Configuration[Any], name: str) -> Diagnostic:
    return error(
        scene.document,
        ("config", name),
        "provider.secret",
        f"`{name}` is a secret, or holds one",
        f'Write it in `secrets`: `{name}: {{env: NAME, version: "1"}}`.',
    )


def _options(scene: Configuration[Any], connector: Connector) -> Iterator[Diagnostic]:
    given = {**scene.options, **dict.fromkeys(scene.spec.secrets, "secret")}
    names = [one.name for one in connector.options]
    for name in given:
        path: Path = ("secrets" if name in scene.spec.secrets else "config", name)
        option = connector.option(name)
        if option is None:
            yield error(
                scene.document,
                path,
                "provider.option",
                f"`{connector.name}` has no option `{name}`",
                did_you_mean(name, names, what="Its options are"),
            )
        elif not option.is_shown(given):
            yield error(
                scene.document,
                path,
                "provider.hidden",
                f"`{name}` means nothing beside {_why_hidden(option, given)}: CluedIn's form hides it",
                "Remove it, or change what hides it.",
            )
        elif option.is_secret and path[0] == "config" and not is_secret(name, scene.options[name]):
            yield _in_clear(scene, name)
        else:
            yield from _value(scene, path, option)
    yield from _missing(scene, connector, given)


def _why_hidden(option: Option, given: dict[str, Any]) -> str:
    causes = [one.name for one in option.depends if not one.holds(given)]
    return " and ".join(f"`{name}: {given.get(name, 'nothing')}`" for name in causes)


def _value(scene: Configuration[Any], path: Path, option: Option) -> Iterator[Diagnostic]:
    value = scene.options.get(option.name)
    if path[0] == "secrets":
        if option.type != "password":
            yield info(
                scene.document,
                path,
                "provider.secret",
                f"`{option.name}` is no secret to CluedIn: its form shows it to whoever may see the {scene.noun}",
                "It stays a secret here: no plan, report or log shows it.",
            )
    elif option.type == "checkbox" and not isinstance(value, bool):
        yield error(
            scene.document,
            path,
            "provider.value",
            f"`{option.name}` is on or off",
            "Write `true` or `false`, unquoted.",
        )
    elif option.choices and str(value) not in option.choices:
        yield error(
            scene.document,
            path,
            "provider.value",
            f"`{option.name}` cannot be `{value}`",
            did_you_mean(str(value), option.choices, what="It is one of"),
        )


def _missing(scene: Configuration[Any], connector: Connector, given: dict[str, Any]) -> Iterator[Diagnostic]:
    """Options that the form needs, as far as it shows them; a secret that is there already is kept."""
    is_there = bool(scene.world.answers.of(TargetNamed(scene.key)))
    for option in connector.options:
        wanted = option.required and option.is_shown(given) and given.get(option.name) in (None, "")
        if wanted and not (is_there and option.is_secret):
            yield error(
                scene.document,
                ("config",) if "config" in scene.spec.model_fields_set else (),
                "provider.missing",
                f"`{connector.name}` needs `{option.name}`",
                f"Write it in `{'secrets' if option.is_secret else 'config'}`.",
            )


def _users(scene: Configuration[Any]) -> Iterator[Diagnostic]:
    """Users that CluedIn does not know, and those whom nobody names any more: no call takes them away."""
    known, rows = scene.world.answers.of(Users()), scene.world.answers.of(TargetNamed(scene.key))
    wanted = [user.casefold() for user in cluedin_users(scene.environment, scene.spec.users or ())]
    for at, user in enumerate(wanted):
        if known is not None and user not in known:
            yield error(
                scene.document,
                ("users", at),
                "provider.user",
                f"CluedIn has no user `{user}`",
                did_you_mean(user, known, what="Users are"),
            )
    live: tuple[LiveTarget, ...] = rows or ()
    others = sorted({user for row in live for user in row.users} - set(wanted)) if scene.spec.users else []
    if others:
        yield info(
            scene.document,
            ("users",),
            "provider.more_users",
            f"The {scene.noun} is open to {', '.join(others)} as well",
            "No call takes anybody away: do so in CluedIn, under its permissions.",
        )


def _twins(scene: Configuration[Any]) -> Iterator[Diagnostic]:
    """CluedIn keeps two configurations of one name; nobody could tell them apart."""
    of_type = [one for one in scene.world.of(Configuration) if one.type_name == scene.type_name]
    for other in earlier_twins(scene, of_type):
        yield error(
            scene.document,
            ("name",),
            "provider.twin",
            f"The {scene.noun} `{scene.name}` of `{scene.provider}` stands in {where(other.document)} as well",
            "Give one of them another name.",
        )
        return


def _read_only(scene: Configuration[Any]) -> Iterator[Diagnostic]:
    for system in SYSTEMS:
        if system == "CluedIn" or scene.spec.lineage:
            otherwise = f"keep the {scene.noun} out of the environment"
            yield from read_only(scene.document, scene.world, system, otherwise)
