"""Which server the suite talks to."""

from __future__ import annotations

import pytest

from .. import portal
from .conftest import URL
from .world import Place


@pytest.mark.skipif(not URL, reason="RECONCILER_ATLAS_URL is not set: tests/live ran against the sandbox only")
def test_an_apache_atlas_is_tested(place: Place) -> None:
    version = place.http.get("/api/atlas/admin/version").json()
    assert version["Name"] == "apache-atlas"
    assert version["Version"].startswith("2."), "the suite is written for Apache Atlas 2.x"


def test_the_sign_in_counts(place: Place) -> None:
    """Without a sign-in Atlas answers 401, and with a wrong one too."""
    assert portal.get(f"{place.url}/api/atlas/v2/types/typedefs/headers", timeout=60).status_code == 401
    wrong = portal.get(f"{place.url}/api/atlas/v2/types/typedefs/headers", auth=("admin", "wrong-one"), timeout=60)
    assert wrong.status_code == 401
    assert place.call("GET", "/types/typedefs/headers")
