"""What changes of an export mean for those who read it."""

from __future__ import annotations

from reconciler.kinds.telling.outbound import OUTBOUND
from reconciler.kinds.telling.teller import Teller


class ExportContractTeller(Teller):
    """Tells of an export."""

    kind = "ExportContract"
    noun = "Export"
    rank = 3
    leaves = True
    things = OUTBOUND
