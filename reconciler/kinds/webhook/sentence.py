"""What changes of webhooks mean."""

from __future__ import annotations

from reconciler.kinds.telling.outbound import OUTBOUND
from reconciler.kinds.telling.settings import SETTINGS
from reconciler.kinds.telling.teller import Teller


class WebhookTeller(Teller):
    """Tells of a webhook."""

    kind = "Webhook"
    noun = "Webhook"
    rank = 4
    leaves = True
    things = {**OUTBOUND, **SETTINGS}
