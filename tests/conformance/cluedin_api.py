"""CluedIn's published REST description, repaired so that tools can read it. It stays where it is: read, never kept."""

from __future__ import annotations

import copy
import functools
from typing import Any

from .reference import load, reference


@functools.cache
def document() -> dict[str, Any]:
    """The document with three repairs; skips where it is not at hand.

    * Models that lead back to themselves through .NET's own reflection keep a validator busy for ever: each of those
      is taken for any object. So are the models outside of CluedIn's own that they hang together with.
    * The name of a security scheme is `bearer` in lower case.
    * The top of the document asks for no sign-in, which the server does.
    """
    reference("cluedin/openapi.json")
    whole: dict[str, Any] = copy.deepcopy(load("cluedin/openapi.json"))
    schemas = whole["components"]["schemas"]
    for name in opaque(schemas):
        schemas[name] = {"type": "object"}
    whole["components"]["securitySchemes"]["Bearer"]["scheme"] = "bearer"
    whole["security"] = [{"Bearer": []}]
    return whole


_FOREIGN = ("System.", "Microsoft.", "Castle.", "CluedIn.Core.Data.Parts.")
_ROOTS = ("CluedIn.Core.ApplicationContext", "CluedIn.Core.Accounts.IOrganization", "CluedIn.Core.Data.IEntity")


def opaque(schemas: dict[str, Any]) -> list[str]:
    """The models that are not followed: .NET's own, and the three through which everything reaches everything."""
    return [name for name, schema in schemas.items() if "enum" not in schema and _is_opaque(name)]


def _is_opaque(name: str) -> bool:
    return name.startswith(_FOREIGN) or name in _ROOTS
