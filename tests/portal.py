"""Single plain calls, as people's portals and foreign programs make them; quicker than a new client for each.

Making a client reads every certificate of the machine, which takes longer than most calls of a test do.
"""

from __future__ import annotations

import httpx

_CLIENT = httpx.Client(verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

request, get, post = _CLIENT.request, _CLIENT.get, _CLIENT.post
