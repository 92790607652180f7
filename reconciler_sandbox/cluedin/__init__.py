"""A stand-in for CluedIn: sign-in, configuration GraphQL and REST over one store.

Each fact in the code carries a grade: [B] a public document, client or recorded answer shows it,
[C] inferred, [U] not public, so that the sandbox had to choose.
"""

from reconciler_sandbox.cluedin.service import CluedIn

__all__ = ["CluedIn"]
