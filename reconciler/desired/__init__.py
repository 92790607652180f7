"""Manifests → resources: loads a project, checks it across documents, and expands it for one environment.

Who needs the documents themselves takes a draft, from `wishes` or `recalled`: these import pydantic and all kinds,
which a run whose expansion was kept can do without.
"""

from reconciler.desired.called import documents_of, matches_target, name_of
from reconciler.desired.loading import load
from reconciler.desired.wanted import Held, Wishes

__all__ = ["Held", "Wishes", "documents_of", "load", "matches_target", "name_of"]
