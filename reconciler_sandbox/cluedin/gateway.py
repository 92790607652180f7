"""The configuration GraphQL of CluedIn: schema, execution, answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, TypeGuard, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldDefinitionNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    InputValueDefinitionNode,
    Node,
    OperationDefinitionNode,
    build_ast_schema,
    concat_ast,
    execute,
    get_named_type,
    parse,
    print_schema,
    validate,
    visit,
)
from graphql.language.visitor import REMOVE, Visitor

from reconciler_sandbox.cluedin.access import Access
from reconciler_sandbox.cluedin.errors import CluedInError
from reconciler_sandbox.cluedin.models import body_of
from reconciler_sandbox.cluedin.world import Args, Caller, Resolver, World, numbers
from reconciler_sandbox.web import Request, Response

_SECTIONS = ("management", "inbound", "consume", "preparation", "administration")


@dataclass(frozen=True, slots=True)
class _Context:
    """What a resolver is given: who asks, and the sandbox that answers."""

    caller: Caller
    gateway: Gateway


class Gateway:
    """Answers `POST /graphql`.

    A document that the schema does not accept, or variables that do not fit, get 400; what a resolver refuses
    gets 200 with the refusal in `errors` ([B] both).
    """

    def __init__(self, world: World, resolvers: Mapping[str, Resolver]) -> None:
        self._world = world
        self._access = Access(world)
        self._resolvers = dict(resolvers)

    @property
    def schema(self) -> GraphQLSchema:
        """The schema of the served version."""
        return _schema(self._world.version)

    def sdl(self) -> str:
        """The schema as text."""
        return print_schema(self.schema)

    def answer(self, request: Request, caller: Caller) -> Response:
        """One request."""
        try:
            body = body_of(request)
        except CluedInError as error:
            return _refused([GraphQLError(error.detail)])
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return _refused([GraphQLError("A JSON object with a query is needed.")])
        variables = body.get("variables") or {}
        if not isinstance(variables, dict):
            return _refused([GraphQLError("Variables must be an object.")])
        document = _document(self._world.version, body["query"])
        if isinstance(document, list):
            return _refused(document)
        most = self._world.option("most_fields", None)
        if most is not None and _calls(document) > most:
            return _refused([GraphQLError(f"The query is too complex: {_calls(document)} calls, at most {most}.")])
        result = execute(
            self.schema,
            document,
            root_value={},
            context_value=_Context(caller, self),
            variable_values=variables,
            operation_name=body.get("operationName"),
            is_awaitable=_never,
        )
        return _answered(cast(ExecutionResult, result))

    def run(self, name: str, caller: Caller, args: Args, otherwise: Resolver) -> Any:
        """One field of a section; all that a mutation writes is written, or none of it."""
        if name in self._world.option("denied_fields", ()):
            raise CluedInError(403, f"The claim for {name} is missing.")
        self._access.require(caller, name, args)
        resolver = self._resolvers.get(name, otherwise)
        if "Mutation." not in name:
            return resolver(caller, args)
        with self._world.transaction():
            return resolver(caller, args)


@lru_cache(maxsize=1)
def _sources() -> DocumentNode:
    """The schema's files as one document."""
    folder = resources.files("reconciler_sandbox.cluedin") / "schema"
    files = {item.name: item for item in folder.iterdir() if item.name.endswith(".graphql")}
    return concat_ast([parse(files[name].read_text(encoding="utf-8")) for name in sorted(files)])


@lru_cache(maxsize=8)
def _schema(version: str) -> GraphQLSchema:
    """The schema of a version; it holds no state, so that every sandbox of the process shares it."""
    schema = build_ast_schema(_served(_sources(), version))
    for root in (schema.query_type, schema.mutation_type):
        for section in _SECTIONS:
            if root is not None and section in root.fields:
                root.fields[section].resolve = _section(section)
                _bind(cast(GraphQLObjectType, get_named_type(root.fields[section].type)))
    return schema


@lru_cache(maxsize=512)
def _document(version: str, query: str) -> DocumentNode | list[GraphQLError]:
    """The parsed document, or what is wrong with it; clients send the same few texts again and again."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return [error]
    return validate(_schema(version), document) or document


def _calls(document: DocumentNode) -> int:
    """How many calls a document makes: what is selected of the sections, but for their ids."""
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    sections = [field for one in operations for field in one.selection_set.selections if isinstance(field, FieldNode)]
    below = [one for field in sections if field.selection_set for one in field.selection_set.selections]
    return sum(1 for one in below if isinstance(one, FieldNode) and one.name.value != "id")


def _bind(section: GraphQLObjectType) -> None:
    for name, field in section.fields.items():
        if name != "id":
            full = f"{section.name}.{name}"
            field.resolve = _resolve(full, _unserved(full, field))


def _resolve(name: str, otherwise: Resolver) -> Callable[..., Any]:
    return lambda _source, info, **args: info.context.gateway.run(name, info.context.caller, args, otherwise)


def _section(name: str) -> Callable[..., dict[str, str]]:
    return lambda _source, _info: {"id": name}


def _unserved(name: str, field: GraphQLField) -> Resolver:
    """Lists of areas to come are empty; everything else in them says that it is to come."""
    kind = get_named_type(field.type)
    empty: Any = None
    if "Mutation." not in name and isinstance(field.type, GraphQLList):
        empty = []
    elif "Mutation." not in name and isinstance(kind, GraphQLObjectType) and kind.name.startswith("Paged"):
        empty = {"total": 0, **{member: [] for member in kind.fields if member != "total"}}

    def resolve(_caller: Caller, _args: Args) -> Any:
        if empty is None:
            raise CluedInError(501, f"{name} is not served yet by the sandbox.")
        return empty

    return resolve


def _served(document: DocumentNode, version: str) -> DocumentNode:
    """The document without the fields that this version does not have ([B]: they came with versions)."""
    served = numbers(version)

    class Gate(Visitor):
        """Takes out what is not in service."""

        def enter_field_definition(self, node: FieldDefinitionNode, *_: Any) -> Any:
            """A field."""
            return None if _in_service(node, served) else REMOVE

        def enter_input_value_definition(self, node: InputValueDefinitionNode, *_: Any) -> Any:
            """A member of an input."""
            return None if _in_service(node, served) else REMOVE

    return cast(DocumentNode, visit(cast(Node, document), Gate()))


def _in_service(node: FieldDefinitionNode | InputValueDefinitionNode, served: tuple[int, ...]) -> bool:
    for directive in node.directives or ():
        values = [getattr(argument.value, "value", "") for argument in directive.arguments or ()]
        bound = numbers(str(values[0]))
        if directive.name.value == "since" and served < bound:
            return False
        if directive.name.value == "until" and served >= bound:
            return False
    return True


def _answered(result: ExecutionResult) -> Response:
    if result.data is None and result.errors and all(error.path is None for error in result.errors):
        return _refused(result.errors)  # variables that do not fit, or no operation of that name
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body = {"errors": [error.formatted for error in result.errors], **body}
    return Response(200, body)


def _refused(errors: Iterable[GraphQLError]) -> Response:
    return Response(400, {"errors": [dict(error.formatted) for error in errors]})


def _never(_value: Any) -> TypeGuard[Awaitable[Any]]:
    """Resolvers are plain functions: nothing is ever awaited."""
    return False
