"""What changes of a stream without a contract mean."""

from __future__ import annotations

from reconciler.kinds.telling.outbound import OUTBOUND
from reconciler.kinds.telling.teller import Teller


class StreamTeller(Teller):
    """Tells of a stream."""

    kind = "Stream"
    noun = "Stream"
    rank = 4
    leaves = True
    things = OUTBOUND
