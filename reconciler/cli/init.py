"""`reconciler init [DIR]`: a new project that works, out of a few answers."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from reconciler.cli.common import Setup, in_ci, say
from reconciler.starter.answers import (
    NOBODY,
    Answers,
    SignInWay,
    address_for_tests,
    collection_for_tests,
    collection_of,
    organization_of,
    same_cluedin,
    user_of,
)

if TYPE_CHECKING:
    from reconciler.starter.lay import Laid, Texts

CLUEDIN, PURVIEW = "https://acme.cluedin.example", "https://acme-purview.purview.azure.com"
"""What stands in the files where nobody said anything: addresses of nobody."""
WAYS = {
    "oidc": "workload identity, as in GitHub Actions; no secret",
    "managed-identity": "the identity of a machine in Azure",
    "client-secret": "an application with a secret in PURVIEW_CLIENT_SECRET",
    "user": "you after `az login`, or what azure-identity finds",
}


def _url(given: str) -> str:
    from reconciler.systems.address import Address, AddressError

    text = given.strip()
    try:
        return str(Address.parse(text if "://" in text else f"https://{text}"))
    except AddressError as error:
        raise click.BadParameter(f"{given!r} is no address such as {CLUEDIN}: {error}") from None


def _words(given: str) -> str:
    text = given.strip()
    if not text or not text.isprintable():
        raise click.BadParameter("it must be a text on one line")
    return text


def _id(given: str) -> str:
    text = given.strip()
    if not re.fullmatch(r"[A-Za-z0-9.-]+", text):
        raise click.BadParameter(f"{given!r} is no id")
    return text


_CI = ("github", "azure-devops", "none")
_WAY = click.Choice(list(WAYS))


@dataclass(frozen=True)
class _Asking:
    """Gives answers: what an option says, else what somebody types, else what is taken where nobody is asked."""

    given: dict[str, Any]
    prompts: bool

    def __call__(self, name: str, question: str, default: Callable[[], str], kind: Any = _words) -> str:
        if self.given[name] is not None:
            return str(self.given[name])
        if not self.prompts:
            return default()
        return str(click.prompt(question, default=default(), type=kind, err=True))


@click.command("init")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--cluedin", type=_url, metavar="URL", help="The CluedIn of prod: https://ORGANIZATION.DOMAIN.")
@click.option(
    "--organization", type=_words, metavar="NAME", help="Its organization (default: the first part of the address)."
)
@click.option("--user", type=_words, metavar="NAME", help="The user that the tool is to CluedIn.")
@click.option("--purview", type=_url, metavar="ENDPOINT", help="The Purview of prod, and of test where none is given.")
@click.option(
    "--collection", type=_words, metavar="NAME", help="The collection for our assets, as a path of names from the root."
)
@click.option("--sign-in", type=_WAY, help="Who the tool is to Purview (default: user).")
@click.option("--tenant", type=_id, metavar="ID", help="The tenant of Microsoft Entra ID, for client-secret.")
@click.option("--client", type=_id, metavar="ID", help="The client id of the application, for client-secret.")
@click.option("--test-cluedin", type=_url, metavar="URL", help="The CluedIn of test.")
@click.option("--test-organization", type=_words, metavar="NAME", help="Its organization.")
@click.option("--test-purview", type=_url, metavar="ENDPOINT", help="The Purview of test.")
@click.option("--test-collection", type=_words, metavar="NAME", help="The collection for assets of test.")
@click.option(
    "--ci",
    type=click.Choice(_CI),
    default="github",
    show_default=True,
    help="Where pull requests are planned and merges applied.",
)
@click.option("--yes", is_flag=True, help="Do not ask; take a default for what no option says.")
@click.pass_obj
def command(setup: Setup, /, directory: Path | None, ci: str, yes: bool, **given: Any) -> None:
    """Lay down a new project in DIR (default: here): environments, a first manifest, pipelines, editor settings.

    Asks for what no option says. No file that is there is changed. What is laid down is valid, and plans against the
    sandbox as it is.
    """
    folder = directory or setup.given or Path()
    if not yes and in_ci() and any(given[name] is None for name in ("cluedin", "purview")):
        raise click.UsageError(
            "nobody is there to answer; give --cluedin URL and --purview ENDPOINT, "
            "or --yes for addresses to fill in later"
        )
    environments = _answers(_Asking(given, prompts=not yes and not in_ci()))
    from reconciler.starter.lay import texts

    laid = _laid(folder, texts(environments, ci))
    for name in laid.made:
        say(f"made  {name}")
    for name in laid.left:
        say(f"left  {name}  (it was there)" if (folder / name).exists() else f"left  {name}  (there are manifests)")
    if missing := laid.not_ignored:
        say("\nYour .gitignore does not name what reconciler keeps here and must not be committed; add:")
        say("\n".join(f"  {line}" for line in missing))
    say(_next_steps(folder, list(environments)))


def _laid(folder: Path, found: Texts) -> Laid:
    """Lays the files down; raises `ConfigurationError` with the file or folder that is in the way."""
    from reconciler.errors import ConfigurationError
    from reconciler.starter.lay import lay

    try:
        return lay(folder, found)
    except OSError as error:
        named = Path(error.filename) if isinstance(error.filename, str) else folder
        where = next((one for one in (named, *named.parents) if os.path.lexists(one)), named)  # what is in the way
        why = "it is a link to nothing" if where.is_symlink() and not where.exists() else error.strerror or error
        raise ConfigurationError.of(
            "output.not_writable", f"{where} could not be written: {why}", "Take it away, or name another folder."
        ) from None


def _answers(ask: _Asking) -> dict[str, Answers]:
    """What is answered for prod, then for test with the answers for prod at hand.

    Raises `click.UsageError` where both would be one organization of CluedIn.
    """
    prod = _prod(ask)
    cluedin = ask("test_cluedin", "CluedIn of test", lambda: address_for_tests(prod.cluedin), _url)
    organization = ask("test_organization", "Its organization", lambda: organization_of(cluedin))
    purview = ask("test_purview", "Purview of test", lambda: prod.purview, _url)
    collection = ask("test_collection", "Collection for its assets", lambda: _test_collection(prod, purview))
    test = Answers(cluedin, organization, user_of(cluedin), purview, collection, prod.sign_in, prod.tenant, prod.client)
    if same_cluedin(prod, test):
        raise click.UsageError(
            f"test and prod would both own the organization {organization} of {cluedin}. "
            "Give test one of its own with --test-cluedin or --test-organization."
        )
    return {"test": test, "prod": prod}


def _prod(ask: _Asking) -> Answers:
    cluedin = ask("cluedin", "CluedIn of prod", lambda: CLUEDIN, _url)
    organization = ask("organization", "Its organization", lambda: organization_of(cluedin))
    user = ask("user", "User that reconciler is to CluedIn", lambda: user_of(cluedin))
    purview = ask("purview", "Purview of prod", lambda: PURVIEW, _url)
    collection = ask("collection", "Collection for our assets", lambda: collection_of(purview))
    ways = "; ".join(f"{name}: {words}" for name, words in WAYS.items())
    sign_in = cast("SignInWay", ask("sign_in", f"Sign-in to Purview ({ways})", lambda: "user", _WAY))
    if sign_in != "client-secret":
        return Answers(cluedin, organization, user, purview, collection, sign_in)
    tenant = ask("tenant", "Tenant id", lambda: NOBODY, _id)
    client = ask("client", "Client id of the application", lambda: NOBODY, _id)
    return Answers(cluedin, organization, user, purview, collection, sign_in, tenant, client)


def _test_collection(prod: Answers, purview: str) -> str:
    return collection_for_tests(prod.collection if purview == prod.purview else collection_of(purview))


def _next_steps(folder: Path, environments: list[str]) -> str:
    """What to do next, as lines to paste."""
    into = [f"  cd {shlex.quote(str(folder))}"] if folder.resolve() != Path().resolve() else []
    lines = [
        "",
        "Next, against the local sandbox:",
        *into,
        "  reconciler validate",
        "  reconciler sandbox serve        # in another terminal; paste the lines that it prints here",
        "  reconciler --env sandbox plan",
        f"Then answer the questions in manifests/environments/ of {' and '.join(environments)}, and:",
        f"  reconciler --env {environments[0]} doctor",
    ]
    return "\n".join(lines)
