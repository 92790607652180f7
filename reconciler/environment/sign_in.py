"""How an environment reaches CluedIn and Purview: endpoints, sign-in, limits."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from reconciler.manifest.secrets import SecretRef
from reconciler.manifest.spec import Spec
from reconciler.resources.spelling import composed
from reconciler.systems.address import Address
from reconciler.systems.dialect import DIALECTS, Dialect, Product


def _rebuilt(text: str) -> str:
    """The address in its one plain form; one with a variable that is still open is looked at when it has its value."""
    return text if "${" in text else str(Address.parse(text))


def _rebuilt_host(text: str) -> str:
    """The same of an address that may be a host alone."""
    return _rebuilt(text if "://" in text or "${" in text else f"https://{text}")


Url = Annotated[
    str,
    Field(min_length=1, max_length=2000, json_schema_extra={"pattern": r"^([Hh][Tt][Tt][Pp][Ss]?://|\$\{var\.)"}),
    AfterValidator(_rebuilt),
]
Authority = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_rebuilt_host)]


class Limits(Spec):
    """How hard the tool may press a system."""

    concurrency: Annotated[int, Field(ge=1, le=64)] | None = None
    """Requests under way at one time."""
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] | None = None
    """The most requests begun in a second. Where it is not given, the rate is learnt from answers."""
    request_seconds: Annotated[float, Field(gt=0, le=3600)] = 300
    """How long one request may take with all its repeats and all that the system asks to wait."""
    run_seconds: Annotated[float, Field(gt=0, le=86400)] = 21600
    """How long one run may send requests; what is under way then is finished."""


class CluedInSignIn(Spec):
    """A user with a password, or an access token of a user.

    Vocabularies, glossary, sources and streams are behind CluedIn's GraphQL, which takes access tokens of users
    only and refuses API tokens (CluedIn's documentation of its API, [B]).
    """

    user: str | None = None
    """User name, as on CluedIn's sign-in page."""
    password: SecretRef | None = None
    """Where the password of the user is found."""
    token: SecretRef | None = None
    """Where an access token of a user is found; instead of user and password. It holds for an hour and is not
    renewed. An API token, as Administration makes them, does not serve: CluedIn's GraphQL refuses it."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_password = self.user is not None and self.password is not None
        if by_password == (self.token is not None) or (self.user is None) != (self.password is None):
            raise ValueError("give either `user` and `password`, or `token`")
        return self


class Role(Spec):
    """A role of CluedIn, which no call lists."""

    name: Annotated[str, Field(min_length=1)]
    """What CluedIn calls it."""
    id: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
    """Its id, as it stands in the address of its page."""


class RoleWord(Spec):
    """A role of CluedIn."""

    role: Annotated[str, Field(min_length=1)]
    """Its alias or its name in `roles`."""


class AccessTemplate(Spec):
    """Who and what stands in each action of the policy `reconciler-template`.

    How CluedIn writes the actions of access policies is public nowhere, so that it is learnt of this one: somebody
    makes it in CluedIn's pages and leaves it switched off. It has a rule for each of View, Mask and Add/edit, and each
    of these is for one user and one role, and about one vocabulary key and one vocabulary. Where it has rules about all
    keys as well, for the same user and role, policies may be about all keys.
    """

    user: Annotated[str, Field(min_length=1)]
    """The user's name in CluedIn."""
    role: Annotated[str, Field(min_length=1)]
    """Alias or name of the role in `roles`."""
    key: Annotated[str, Field(min_length=1)]
    """The full vocabulary key."""
    vocabulary: Annotated[str, Field(min_length=1)]
    """Key prefix of the vocabulary."""


class CluedInSystem(Spec):
    """The CluedIn of an environment."""

    url: Url
    """Address of CluedIn, `https://ORGANIZATION.DOMAIN`."""
    organization: Annotated[str, Field(min_length=1)]
    """Name of the organization; also the client id of its sign-in."""
    sign_in: CluedInSignIn
    """Who the tool is to CluedIn."""
    verify_sign_in: CluedInSignIn | None = None
    """Who it is where it only looks: in `plan`, `drift` and `contracts check`. A user whose claims are at level
    Informed; without one, the same as where it writes."""
    roles: dict[str, Role] = {}
    """Roles that manifests name as owners or members, by an alias: `{steward: {name: Data Steward, id: …}}`."""
    access_template: AccessTemplate | None = None
    """What stands in the policy that shows how access policies are written; without it nobody can write one."""
    masked_members: tuple[Annotated[str, Field(min_length=1)] | RoleWord, ...] = ()
    """Who sees masked what a MaskingPolicy masks and names no members for: people, and roles as `{role: sales}`."""
    ai_auto_approve: Literal["off"] | None = None
    """Whether somebody has looked and found that CluedIn approves no suggestion of AI by itself: said only where the
    switch of it is not found among the settings."""
    view_over_mask: bool = False
    """Whether somebody has tried out that who has View and Mask of a key sees it in clear."""
    limits: Limits = Limits()
    """How hard the tool may press CluedIn."""
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60
    """How long one answer may take, from the first byte to the last."""

    def role(self, word: str) -> Role | None:
        """The role of an alias, or of a name without regard to blanks and case."""
        folded = "".join(word.split()).casefold()
        same = (one for one in self.roles.values() if "".join(one.name.split()).casefold() == folded)
        return self.roles.get(word) or next(same, None)


Method = Literal["default", "client_secret", "workload_identity", "managed_identity", "token", "basic"]

_DEMANDS: dict[str, tuple[str, ...]] = {
    "client_secret": ("tenant_id", "client_id", "secret"),
    "token": ("token",),
    "basic": ("user", "password"),
}
_CREDENTIALS = ("secret", "token", "user", "password")


class PurviewSignIn(Spec):
    """Who the tool is to Purview."""

    method: Method = "default"
    """`default` tries what azure-identity finds: variables, workload or managed identity, `az login`.
    `token` and `basic` (for Apache Atlas) take what is given here."""
    tenant_id: str | None = None
    """Tenant in Microsoft Entra ID."""
    client_id: str | None = None
    """Client id of the application, or of a user-assigned identity."""
    secret: SecretRef | None = None
    """Where the secret of the application is found; for `client_secret`."""
    token: SecretRef | None = None
    """Where a bearer token is found; for `token`."""
    user: str | None = None
    """User name; for `basic`."""
    password: SecretRef | None = None
    """Where the password is found; for `basic`."""
    authority: Authority | None = None
    """Address of Microsoft Entra ID in a sovereign cloud; default `https://login.microsoftonline.com`."""
    disable_instance_discovery: bool = False
    """Do not ask Microsoft whether the authority is known; for private clouds."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        demanded = _DEMANDS.get(self.method, ())
        missing = [f"`{name}`" for name in demanded if getattr(self, name) is None]
        if missing:
            raise ValueError(f"the method `{self.method}` needs {' and '.join(missing)}")
        surplus = [f"`{name}`" for name in _CREDENTIALS if name not in demanded and getattr(self, name) is not None]
        if surplus:
            raise ValueError(f"the method `{self.method}` takes no {' and no '.join(surplus)}")
        return self


class PurviewSystem(Spec):
    """The Purview (or Apache Atlas) of an environment."""

    endpoint: Url
    """Address of the Data Map, `https://ACCOUNT.purview.azure.com`."""
    mode: Product = "purview"
    """`atlas` for a plain Apache Atlas, which has no collections, contacts, status and templates."""
    sign_in: PurviewSignIn = PurviewSignIn()
    """Who the tool is to Purview."""
    collection: Annotated[str, Field(min_length=1), AfterValidator(composed)] | None = None
    """The one collection of all our assets: its name (six letters), or a path of friendly names from the
    root, `contoso-purview/MDM/CluedIn`. Missing collections at the end of a path are created."""
    type_prefix: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=40)] = "cluedin_"
    """First part of the names of our types in Purview."""
    name_prefix: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=40)] = "cluedin"
    """First part of the qualified names of our assets; each environment on one Purview needs its own."""
    limits: Limits = Limits()
    """How hard the tool may press Purview."""
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60
    """How long one answer may take, from the first byte to the last."""

    @property
    def dialect(self) -> Dialect:
        """What the product behind the endpoint has and how it is called; all that follows from `mode`."""
        return DIALECTS[self.mode]
