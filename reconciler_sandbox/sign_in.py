"""What one signs in with: everybody's here, and told to everybody at the start."""

from __future__ import annotations

ORGANIZATION = "contoso"
"""The organisation of CluedIn, which is its sub-domain and so the client id of a sign-in."""

ADMIN = "admin@contoso.test"
"""CluedIn's administrator; the other people that it knows have the same password."""

PASSWORD = "sandbox-password"  # noqa: S105

ATLAS_USER = ("admin", "admin")
"""User and password of the Atlas mode, as a new Apache Atlas has them."""
