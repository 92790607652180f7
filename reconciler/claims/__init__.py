"""Who writes what: each ledger leaves one claim in the Data Map, and what others claim is left to them.

`holdings` says what an environment claims and where two claims overlap, `owner` who claims it, `register` where claims
are kept, `stake` what a plan says of others' claims and how an apply leaves its own.
"""

from __future__ import annotations
