"""The configuration GraphQL of CluedIn: schema, execution, answers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from typing import Any, cast

from graphql import (
    ConstValueNode,
    DocumentNode,
    ExecutionResult,
    FieldDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InputValueDefinitionNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    build_ast_schema,
    concat_ast,
    execute,
    get_named_type,
    is_object_type,
    parse,
    print_schema,
    validate,
    visit,
)
from graphql.language.visitor import REMOVE, Visitor

from reconciler.sandbox.cluedin.errors import CluedInError
from reconciler.sandbox.cluedin.models import body_of
from reconciler.sandbox.cluedin.world import Args, Caller, Resolver, World, numbers
from reconciler.sandbox.web import Request, Response

_SECTIONS = ("management", "inbound", "consume", "preparation", "administration")
_KEPT_DOCUMENTS = 256


class Gateway:
    """Answers `POST /graphql`.

    A document that the schema does not accept, or variables that do not fit, get 400; what a resolver refuses
    gets 200 with the refusal in `errors` ([C] both).
    """

    def __init__(self, world: World, resolvers: Mapping[str, Resolver]) -> None:
        self._world = world
        self._resolvers = dict(resolvers)
        self._schemas: dict[str, GraphQLSchema] = {}
        self._documents: OrderedDict[tuple[str, str], DocumentNode | list[GraphQLError]] = OrderedDict()

    @property
    def schema(self) -> GraphQLSchema:
        """The schema of the served version, made once for each version."""
        version = self._world.version
        if version not in self._schemas:
            self._schemas[version] = self._build(version)
        return self._schemas[version]

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
        document = self._document(body["query"])
        if isinstance(document, list):
            return _refused(document)
        return _answered(self._execute(document, caller, variables, body.get("operationName")))

    def _execute(
        self, document: DocumentNode, caller: Caller, variables: dict[str, Any], name: str | None
    ) -> ExecutionResult:
        result = execute(
            self.schema,
            document,
            root_value={},
            context_value=caller,
            variable_values=variables,
            operation_name=name,
            is_awaitable=_never,
        )
        return cast(ExecutionResult, result)

    def _document(self, query: str) -> DocumentNode | list[GraphQLError]:
        """The parsed document, or what is wrong with it; the latest ones are kept."""
        key = (self._world.version, query)
        with self._world.store.lock:
            if key in self._documents:
                self._documents.move_to_end(key)
                return self._documents[key]
            self._documents[key] = self._read(query)
            if len(self._documents) > _KEPT_DOCUMENTS:
                self._documents.popitem(last=False)
            return self._documents[key]

    def _read(self, query: str) -> DocumentNode | list[GraphQLError]:
        try:
            document = parse(query)
        except GraphQLError as error:
            return [error]
        return validate(self.schema, document) or document

    def _build(self, version: str) -> GraphQLSchema:
        schema = build_ast_schema(_served(sources(), version))
        for root in (schema.query_type, schema.mutation_type):
            for section in _SECTIONS:
                if root is not None and section in root.fields:
                    root.fields[section].resolve = _section(section)
                    self._bind(cast(GraphQLObjectType, get_named_type(root.fields[section].type)))
        return schema

    def _bind(self, section: GraphQLObjectType) -> None:
        writes = section.name.endswith("Mutation")
        for name, field in section.fields.items():
            if name == "id":
                continue
            resolver = self._resolvers.get(f"{section.name}.{name}") or _unserved(f"{section.name}.{name}", field, writes)
            field.resolve = self._written(resolver) if writes else _plain(resolver)

    def _written(self, resolver: Resolver) -> Callable[..., Any]:
        """All that a mutation writes is written, or none of it."""

        def resolve(_source: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
            with self._world.store.transaction():
                return resolver(info.context, args)

        return resolve


def sources() -> DocumentNode:
    """The schema's files as one document."""
    folder = resources.files(__package__ or "reconciler.sandbox.cluedin") / "schema"
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".graphql")), key=lambda item: item.name)
    return concat_ast([parse(item.read_text(encoding="utf-8")) for item in files])


def _served(document: DocumentNode, version: str) -> DocumentNode:
    """The document without the fields that this version does not have ([C]: they came with versions)."""
    served = numbers(version)

    class Gate(Visitor):
        def enter_field_definition(self, node: FieldDefinitionNode, *_: Any) -> Any:
            return None if _in_service(node, served) else REMOVE

        def enter_input_value_definition(self, node: InputValueDefinitionNode, *_: Any) -> Any:
            return None if _in_service(node, served) else REMOVE

    return cast(DocumentNode, visit(cast(Node, document), Gate()))


def _in_service(node: FieldDefinitionNode | InputValueDefinitionNode, served: tuple[int, ...]) -> bool:
    for directive in node.directives or ():
        bound = numbers(_text(directive.arguments[0].value)) if directive.arguments else ()
        if directive.name.value == "since" and served < bound:
            return False
        if directive.name.value == "until" and served >= bound:
            return False
    return True


def _text(node: ConstValueNode | Any) -> str:
    return str(getattr(node, "value", ""))


def _section(name: str) -> Callable[..., dict[str, str]]:
    return lambda _source, _info: {"id": name}


def _plain(resolver: Resolver) -> Callable[..., Any]:
    return lambda _source, info, **args: resolver(info.context, args)


def _unserved(name: str, field: GraphQLField, writes: bool) -> Resolver:
    """Lists of areas to come are empty; everything else in them says that it is to come."""
    kind = get_named_type(field.type)
    listed = not writes and isinstance(field.type, GraphQLList)
    paged = not writes and is_object_type(kind) and "total" in cast(GraphQLObjectType, kind).fields

    def resolve(_caller: Caller, _args: Args) -> Any:
        if listed:
            return []
        if paged:
            items = next(item for item in cast(GraphQLObjectType, kind).fields if item != "total")
            return {"total": 0, items: []}
        raise CluedInError(501, f"{name} is not served yet by the sandbox.")

    return resolve


def _answered(result: ExecutionResult) -> Response:
    if result.data is None and result.errors and all(error.path is None for error in result.errors):
        return _refused(result.errors)  # variables that do not fit, or no operation of that name
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body = {"errors": [error.formatted for error in result.errors], **body}
    return Response(200, body)


def _refused(errors: Iterable[GraphQLError]) -> Response:
    return Response(400, {"errors": [dict(error.formatted) for error in errors]})


def _never(_value: Any) -> bool:
    """Resolvers are plain functions: nothing is ever awaited."""
    return False


def operations(document: DocumentNode) -> list[OperationType]:
    """The kinds of operation in a document."""
    return [node.operation for node in document.definitions if isinstance(node, OperationDefinitionNode)]
