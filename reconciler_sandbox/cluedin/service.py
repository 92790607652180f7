"""The CluedIn plane of the sandbox: areas, paths, sign-in."""

from __future__ import annotations

from collections.abc import Callable

from reconciler_sandbox.cluedin import claims, project_states
from reconciler_sandbox.cluedin import seed as seeds
from reconciler_sandbox.cluedin.access import Access
from reconciler_sandbox.cluedin.access_policies import AccessPolicies
from reconciler_sandbox.cluedin.access_view import AccessView
from reconciler_sandbox.cluedin.accounts import Accounts
from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.ai import Ai
from reconciler_sandbox.cluedin.annotation_views import AnnotationViews
from reconciler_sandbox.cluedin.annotations import Annotations
from reconciler_sandbox.cluedin.audit_log import AuditLog
from reconciler_sandbox.cluedin.clean_projects import CleanProjects
from reconciler_sandbox.cluedin.clean_rest import CleanRest
from reconciler_sandbox.cluedin.connector_rest import ConnectorRest
from reconciler_sandbox.cluedin.connectors import Connectors
from reconciler_sandbox.cluedin.data_sets import DataSets
from reconciler_sandbox.cluedin.data_sources import DataSources
from reconciler_sandbox.cluedin.deduplication import Deduplication
from reconciler_sandbox.cluedin.deduplication_rest import DeduplicationRest
from reconciler_sandbox.cluedin.enrichers import Enrichers
from reconciler_sandbox.cluedin.entity_types import EntityTypes
from reconciler_sandbox.cluedin.errors import CluedInError
from reconciler_sandbox.cluedin.export_targets import ExportTargets
from reconciler_sandbox.cluedin.gateway import Gateway
from reconciler_sandbox.cluedin.glossary import Glossary
from reconciler_sandbox.cluedin.glossary_rest import GlossaryRest
from reconciler_sandbox.cluedin.golden import Golden
from reconciler_sandbox.cluedin.http_target import HttpTargets
from reconciler_sandbox.cluedin.key_rest import KeyRest
from reconciler_sandbox.cluedin.key_views import KeyViews
from reconciler_sandbox.cluedin.keys import Keys
from reconciler_sandbox.cluedin.ownership import Ownership
from reconciler_sandbox.cluedin.records import Records
from reconciler_sandbox.cluedin.rule_catalogue import Actions
from reconciler_sandbox.cluedin.rule_rest import RuleRest
from reconciler_sandbox.cluedin.rules import Rules
from reconciler_sandbox.cluedin.stream_actions import StreamActions
from reconciler_sandbox.cluedin.stream_log import StreamLog
from reconciler_sandbox.cluedin.stream_rest import StreamRest
from reconciler_sandbox.cluedin.streams import Streams
from reconciler_sandbox.cluedin.tasks import Tasks
from reconciler_sandbox.cluedin.tokens import Tokens, unauthorised
from reconciler_sandbox.cluedin.usage import Usage
from reconciler_sandbox.cluedin.vocabularies import Vocabularies
from reconciler_sandbox.cluedin.vocabulary_rest import VocabularyRest
from reconciler_sandbox.cluedin.world import ACTING, KEY, VOCABULARY, Call, RestHandler, RestRoute, World, fixed_id
from reconciler_sandbox.store import Store
from reconciler_sandbox.web import Handler, Request, Response

# The gateway strips the first /api and the controllers have their own, hence the double one ([B]).
_BASES = ("/api/api/v1", "/api/api")


class CluedIn:
    """One organisation of CluedIn: its token endpoint, its configuration GraphQL, its REST interface.

    `settings` is read by the names `cluedin_version`, `normalise`, `seed`, `approvals`, `token_seconds` and
    `reindex_ms`; those that are missing take their defaults.
    """

    def __init__(self, store: Store, settings: object) -> None:
        self._world = world = World(store, settings)
        self._access = access = Access(world)
        world.holds_back = access.waits
        self._tokens = tokens = Tokens(world)
        self._connectors = connectors = Connectors(world)
        usage = Usage(world)
        people = Administration(world, tokens)
        types = EntityTypes(world)
        vocabularies = Vocabularies(world, people, types, connectors, usage)
        views = KeyViews(world, people, connectors, vocabularies, usage)
        keys = Keys(world, vocabularies, views, usage)
        glossary = Glossary(world, people)
        targets = ExportTargets(world, people, connectors)
        sources = DataSources(world, people, targets)
        self._sets = sets = DataSets(world, people, types, sources)
        maps = Annotations(world, sets, types, vocabularies, AnnotationViews(world, types, views))
        streams = Streams(world, people, connectors, targets)
        actions, golden = Actions(world), Golden(world)
        rules, cleaning = Rules(world, people, actions), CleanProjects(world, people)
        self._duplicates = duplicates = Deduplication(world, people)
        areas = (people, types, connectors, vocabularies, keys, glossary, targets, sources, sets, maps, streams, rules,
                 cleaning, duplicates)  # fmt: skip
        self.gateway = Gateway(world, {name: field for area in areas for name, field in area.resolvers().items()})
        self._types, self._people = types, people
        self._accounts = Accounts(world, people, tokens)
        self._policies, self.view = AccessPolicies(world), AccessView(world, golden)
        self._ai = Ai(world)
        self._records, self._posts = Records(golden), HttpTargets(world, golden)
        self._versioned: list[RestRoute] = [
            *VocabularyRest(world, vocabularies, people, connectors, usage).routes(),
            *KeyRest(world, vocabularies, keys, views, usage).routes(),
            *GlossaryRest(world, glossary).routes(),
            *StreamRest(world, streams, targets).routes(),
            *StreamActions(world, streams, targets).routes(),
            *StreamLog(world, streams).routes(),
            *ConnectorRest(world, targets, connectors).routes(),
            *Enrichers(world, targets, connectors).routes(),
            *Tasks(world).routes(),
            *RuleRest(world, rules, actions, golden).routes(),
            *self._policies.routes(),
            *self._ai.routes(),
            *people.routes(),
            *Ownership(world).routes(),
            *AuditLog(world).routes(),
        ]
        self._bare: list[RestRoute] = [*types.routes(), *DeduplicationRest(duplicates).routes()]
        self._second: list[RestRoute] = [*CleanRest(cleaning).routes()]

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Every path of the plane, most asked first: the router tries them in this order."""
        rest = [
            (method, base + pattern, self._authenticated(handler))
            for base in _BASES
            for method, pattern, handler in self._versioned
        ]
        second = [(m, f"/api/api/v2{pattern}", self._authenticated(h)) for m, pattern, h in self._second]
        unversioned = [(m, f"/api/api{pattern}", self._authenticated(h)) for m, pattern, h in self._bare]
        uploads = [(m, pattern, self._authenticated(h)) for m, pattern, h in self._sets.routes()]
        records = [("POST", path, self.records) for path in ("/api/api/graphql", "/public/api/v1/graphql")]
        pages = [*self._tokens.routes(), *self._accounts.routes()]
        return [("POST", "/graphql", self.graphql), *pages, *rest, *second, *unversioned, *uploads, *records]

    def seed(self) -> None:
        """Fills an empty store; does nothing with one that holds an organisation."""
        if seeds.seed(self._world, self._connectors) and self._world.option("seed", "demo") != "empty":
            self._policies.seed()
            self._ai.seed()

    def follow(self) -> None:
        """Sends on what changed; called after each request."""
        self._posts.follow()

    def close(self) -> None:
        """Ends what goes on beside requests."""
        self._posts.close()

    @property
    def organization(self) -> str:
        """The id of the organisation."""
        return fixed_id("organization")

    @property
    def writes(self) -> int:
        """How much was written since this plane began: a number that grows."""
        return self._world.generation

    def put_in_state(self, told: object) -> None:
        """Puts a project where people have taken it; `ValueError` with a sentence for what cannot be."""
        project_states.put(self._world, told)

    def setting(self, key: str) -> str:
        """A setting's value; empty when it does not exist."""
        return self._people.value(key)

    def catalogue(self) -> list[tuple[str, list[str]]]:
        """Names of all vocabularies, each with the display names of its keys that are in use."""
        keys: dict[str, list[str]] = {}
        for key in self._world.all(KEY, latest=True):
            if not key["isObsolete"]:
                keys.setdefault(key["vocabularyId"], []).append(key["displayName"])
        found = self._world.all(VOCABULARY, latest=True)
        return [(one["vocabularyName"], keys.get(one["vocabularyId"], [])) for one in found]

    def graphql(self, request: Request) -> Response:
        """`POST /graphql`, for tokens of the password grant only ([B])."""
        caller = self._tokens.caller(request)
        if caller is None:
            return unauthorised()
        if caller.api_token:
            return unauthorised("API tokens are not accepted here: sign in with an e-mail address and a password.")
        ACTING.set(caller.user_id)
        return self.gateway.answer(request, caller)

    def records(self, request: Request) -> Response:
        """`POST /api/api/graphql`: golden records, for tokens of both kinds ([B])."""
        return unauthorised() if self._tokens.caller(request) is None else self._records.answer(request)

    def _authenticated(self, handler: RestHandler) -> Callable[..., Response]:
        """Looks at the token, keeps writes together, and turns refusals into problem details."""

        def handle(request: Request, **segments: str) -> Response:
            caller = self._tokens.caller(request)
            if caller is None:
                return unauthorised()
            if self._access.missing(caller, claims.of_path(request.method, request.path)):
                return Response(403)  # without a body, as ASP.NET Core forbids by a policy (its documentation)
            ACTING.set(caller.user_id)
            try:
                if request.method == "GET":
                    return handler(Call(request, caller), **segments)
                with self._world.transaction():
                    return handler(Call(request, caller), **segments)
            except CluedInError as error:
                return error.response()

        return handle
