"""What a request may end in other than an answer: refused, lost, or nobody reached."""

from __future__ import annotations

from reconciler.errors import Diagnostic, SystemFailureError
from reconciler.systems.redact import SECRETS

FORBIDDEN = "The identity may not do this; `reconciler doctor` shows which rights it has."


class Refused(SystemFailureError):
    """The system answered with an error; `status`, `code` and `message` are the system's own.

    `doubtful` says that an earlier sending of the same request was not answered, or with an error that may have
    come after the work was done: what is refused now may be refused because it is in place already.
    """

    def __init__(
        self,
        system: str,
        call: str,
        status: int,
        code: str,
        message: str,
        request_id: str = "",
        advice: str = "",
        *,
        doubtful: bool = False,
    ) -> None:
        self.status, self.code, self.message, self.doubtful = status, code, message, doubtful
        named = f" {code}" if code and code not in message else ""
        super().__init__(
            Diagnostic(
                "error",
                f"{system}.refused",
                SECRETS.clean(f"{system} refused {call}: {status}{named} {message}".strip()),
                advice,
                request_id=request_id,
            )
        )

    @property
    def conflict(self) -> bool:
        """Whether it says that something else is in the way (409): the live state tells what."""
        return self.status == 409


IN_BETWEEN = (
    "Something between here and the system may answer in its place: look at proxies, gateways and the endpoint."
)


class LostAnswer(SystemFailureError):
    """The request may have been carried out; no answer says so, or what came is none."""

    def __init__(self, system: str, call: str, why: str, advice: str = "") -> None:
        said = SECRETS.clean(f"{system} {call}: {why}")
        super().__init__(Diagnostic("error", f"{system}.lost_answer", said, advice))


class Unreachable(SystemFailureError):
    """The system could not be reached, or kept failing, on a request that is safe to repeat."""

    def __init__(self, system: str, call: str, why: str, advice: str = "") -> None:
        super().__init__(
            Diagnostic(
                "error",
                f"{system}.unreachable",
                SECRETS.clean(f"{system} {call}: {why}"),
                advice or "Check the endpoint, the network and the system's health, then run the command again.",
            )
        )
