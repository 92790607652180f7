"""Signed messages to receivers: signing, verifying with protection against replays, and sending.

For receivers: `verify` judges a request by its raw bytes, `SeenInMemory` and `SeenInFile` keep which messages came.
"""

from reconciler.webhooks.seen import Seen, SeenInFile, SeenInMemory
from reconciler.webhooks.signing import signed_headers
from reconciler.webhooks.verifying import Verdict, verify

__all__ = ["Seen", "SeenInFile", "SeenInMemory", "Verdict", "signed_headers", "verify"]
