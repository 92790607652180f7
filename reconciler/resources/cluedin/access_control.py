"""Policies of access control as CluedIn tells them: their order, themselves, their actions, and how these are written.

Paths and members are [A] in the official description. The list comes as rows or as `{total, data}` and in pages whose
first number is public nowhere [U]; the order has every policy in one answer [A], so that this is what is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler.resources.cluedin import shared
from reconciler.resources.cluedin.access_shapes import Shape, Shapes, Token, learn
from reconciler.resources.cluedin.owners import accounts, role_of, role_word
from reconciler.resources.cluedin.shared import Row, advice, refuse
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed
from reconciler.systems.cluedin import CluedIn

TEMPLATE = "reconciler-template"
"""The policy that people make in the pages, of which it is learnt how others are written."""
SOON = "changes what people see within a minute"
"""The vendor's page on access control, [B]."""
PATH = "/accesscontrolpolicies"


def order_of(cluedin: CluedIn) -> list[Row]:
    """Every policy with its place: `GET /accesscontrolpolicies/byprocessingorder` [A]; none where that is not there.

    Access control came in 2024 [B]: an older server answers 404.
    """
    rows = cluedin.rest("GET", f"{PATH}/byprocessingorder", effect="read", accept=(404,)) or []
    return sorted(rows, key=lambda row: int(row.get("order") or 0))


def policies(cluedin: CluedIn) -> list[Row]:
    """The same, read once."""
    return cluedin.memo("policies", lambda: order_of(cluedin))


def policies_by_id(cluedin: CluedIn, ids: Iterable[str]) -> list[Row | None]:
    """Some policies with everything, each once a reading: `GET /accesscontrolpolicies/{id}` [A]."""

    def one(id: str) -> Row | None:
        found = cluedin.rest("GET", f"{PATH}/{id}", effect="read", accept=(404,))
        return dict(found) if found else None

    return cluedin.memo_each("policy", ids, lambda missing: cluedin.each(one, missing))


def key_of(row: Mapping[str, Any]) -> str:
    """The key of a policy: its name."""
    return quote(composed(str(row["name"])))


def actions(cluedin: CluedIn) -> list[Row]:
    """`GET /accesscontrolpolicies/actions` [A]: every action that the server knows, with its properties."""
    return cluedin.memo("actions of policies", lambda: cluedin.rest("GET", f"{PATH}/actions", effect="read") or [])


# -- how actions are written -------------------------------------------------------------------------------


def shapes(cluedin: CluedIn) -> Shapes:
    """What the template shows; read with each reading, and kept nowhere."""
    return cluedin.memo("shapes of policies", lambda: _shapes(cluedin))


def _shapes(cluedin: CluedIn) -> Shapes:
    named: Mapping[str, str] = cluedin.settings.get("access_template") or {}
    if not named:
        return Shapes(faults=("the environment does not say who and what stands in it (`cluedin.access_template`)",))
    found = [row for row in policies(cluedin) if str(row.get("name")).strip() == TEMPLATE]
    if len(found) != 1:
        return Shapes(faults=("there is none" if not found else f"there are {len(found)} of the name",))
    [template] = policies_by_id(cluedin, [str(found[0]["id"])])
    if template is None or template.get("isActive"):
        return Shapes(faults=("it is switched on, and gives access",) if template else ("there is none",))
    tokens, missing = _tokens(cluedin, named)
    return Shapes(faults=missing) if missing else learn(template, actions(cluedin), tokens)


def _tokens(cluedin: CluedIn, named: Mapping[str, str]) -> tuple[dict[Token, str], tuple[str, ...]]:
    """Every spelling of the four that stand in the template, and what of them CluedIn has not."""
    found: dict[Token, str] = {}
    missing = []
    roles: Mapping[str, str] = cluedin.settings.get("roles") or {}
    for kind, given in named.items():
        word = role_word(roles.get(given, ""), given) if kind == "role" else given
        spelled = spellings(cluedin, kind, word, frozenset(("id",)))
        if not spelled.get("id"):
            missing.append(f"there is no {kind} as `cluedin.access_template` names it")
        found |= {(kind, how): text for how, text in spelled.items() if text}
    return found, tuple(missing)


def spellings(cluedin: CluedIn, kind: str, word: str, wanted: frozenset[str]) -> dict[str, str]:
    """How something that manifests name may stand in an action; the id of a key only where it is wanted."""
    if kind == "user":
        id = cluedin.users().get(word.casefold(), "").lower()
        return {"name": accounts(cluedin).get(id, word), **({"id": id} if id else {})}
    if kind == "role":
        name, id = role_of(word)
        return {"name": name, "id": id}
    if kind == "vocabulary":
        row = _vocabularies(cluedin).get(word.casefold())
        told = {"prefix": "keyPrefix", "name": "vocabularyName", "id": "vocabularyId"}
        return {how: str(row[member]) for how, member in told.items()} if row is not None else {"prefix": word}
    id = key_ids(cluedin).get(word, "") if "id" in wanted else ""
    return {"name": word, **({"id": id} if id else {})}


def _vocabularies(cluedin: CluedIn) -> dict[str, Row]:
    return {str(row["keyPrefix"]).casefold(): row for row in shared.vocabularies(cluedin)}


def key_ids(cluedin: CluedIn) -> dict[str, str]:
    """Ids of all keys by full name: asked for where actions spell keys so, or may do."""

    def read() -> dict[str, str]:
        ids = [str(row["vocabularyId"]) for row in shared.vocabularies(cluedin)]
        rows = shared.keys_of(cluedin, ids)
        return {str(row["key"]): str(row["vocabularyKeyId"]).lower() for row in rows if row.get("key")}

    return cluedin.memo("ids of keys", read)


# -- rules in words ----------------------------------------------------------------------------------------


def in_words(cluedin: CluedIn, rule: Mapping[str, Any]) -> dict[str, Any] | None:
    """What an inner rule grants, by our words and with names; None where that is not known."""
    known, given = shapes(cluedin), list(rule.get("actions") or ())
    if len(given) != 1:
        return None
    for does, shape, is_all in _candidates(known):
        told = shape.read(given[0])
        if told is None:
            continue
        words = [_word(cluedin, one) for one in told]
        scope: dict[str, Any] = {}
        for kind, name in (("key", "keys"), ("vocabulary", "vocabularies")):
            found = sorted({word for of, word in words if of == kind})
            scope |= {name: found} if found else {}
        members = sorted({word for of, word in words if of in ("user", "role")})
        return {"does": does, "members": members, **({"all": True} if is_all else scope)}
    return None


def _candidates(known: Shapes) -> Iterable[tuple[str, Shape, bool]]:
    """Every shape: those of named keys first."""
    yield from ((does, shape, False) for does, shape in known.some.items())
    yield from ((does, shape, True) for does, shape in known.every.items())


def _word(cluedin: CluedIn, told: Sequence[tuple[str, str, str]]) -> tuple[str, str]:
    """What one thing in a list is, by kind and name; where it may be of two kinds, the one that is known."""
    for kind, how, text in told:
        word = _known(cluedin, kind, how, text)
        if word is not None:
            return kind, word
    kind, _, text = told[0]
    return kind, f"role {text.lower()}" if kind == "role" else text


def _known(cluedin: CluedIn, kind: str, how: str, text: str) -> str | None:
    if kind == "user":
        id = text.lower() if how == "id" else cluedin.users().get(text.casefold(), "").lower()
        return accounts(cluedin).get(id)
    if kind == "role":
        roles: Mapping[str, str] = cluedin.settings.get("roles") or {}
        pairs = ((id, name) for id, name in roles.items() if text.casefold() in (id, name.casefold()))
        return next((role_word(name, id) for id, name in pairs), None)
    if kind == "vocabulary":
        member = {"id": "vocabularyId", "prefix": "keyPrefix", "name": "vocabularyName"}[how]
        rows = shared.vocabularies(cluedin)
        same = (str(row["keyPrefix"]) for row in rows if str(row[member]).casefold() == text.casefold())
        return next(same, None)
    if how == "name":
        return text
    return next((key for key, id in key_ids(cluedin).items() if id == text.lower()), None)


def wired(cluedin: CluedIn, rule: Mapping[str, Any]) -> Row:
    """The action of an inner rule that is said in words."""
    known = shapes(cluedin)
    shape = (known.every if rule.get("all") else known.some).get(rule["does"])
    if shape is None:
        raise refuse("access_template", f"the policy {TEMPLATE} does not show how `{rule['does']}` is written",
                     f"Now: {'; '.join(known.faults) or 'it has no rule about all keys'}.")  # fmt: skip
    things: dict[str, list[dict[str, str]]] = {}
    members = [("role" if word.startswith("role ") else "user", word) for word in rule.get("members") or ()]
    scope = [*(("key", word) for word in rule.get("keys") or ()),
             *(("vocabulary", word) for word in rule.get("vocabularies") or ())]  # fmt: skip
    for kind, word in (*members, *scope):
        things.setdefault(kind, []).append(_spelled(cluedin, shape, kind, word))
    return shape.write(things)


def _spelled(cluedin: CluedIn, shape: Shape, kind: str, word: str) -> dict[str, str]:
    wanted = shape.spellings(kind)
    found = spellings(cluedin, kind, word, wanted)
    if lacks := sorted(wanted - {how for how, text in found.items() if text}):
        known = cluedin.users() if kind == "user" else _vocabularies(cluedin) if kind == "vocabulary" else ()
        raise refuse(kind, f"CluedIn has no {kind} {word}, or nobody tells its {lacks[0]}", advice(word, known))
    return found
