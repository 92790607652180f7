"""What Microsoft Entra ID says when it refuses a sign-in, in one sentence with what to do.

The codes and their meaning: Microsoft's public list of authentication error codes [A].
"""

from __future__ import annotations

import re

from reconciler.errors import Diagnostic
from reconciler.systems.redact import SECRETS

_CODE = re.compile(r"AADSTS(\d+):\s*(.*?)\s*(?:Trace ID:\s*(\S+)|$)", re.DOTALL)
_FIRST_SENTENCE = re.compile(r"(.+?\.)\s")
_UNREACHED = re.compile(
    r"establish a new connection|resolve|timed out|certificate|connection aborted|authority configuration|max retries",
    re.IGNORECASE,
)
"""How the libraries below azure-identity say that nobody answered."""
_LONGEST = 300

_ADVICE = {
    "7000215": "Give the value of the client secret, not its id; make a new one if it is lost.",
    "7000222": "The client secret has expired: make a new one and put it where the tool reads it.",
    "7000218": "The application has to prove itself: give a client secret or a federated token.",
    "7000229": "The application has no service principal in this tenant: add it there.",
    "700016": "The application is not in this tenant: check `client_id` and `tenant_id`.",
    "90002": "There is no such tenant: check `tenant_id`.",
    "900023": "`tenant_id` is neither the id of a tenant nor one of its domains.",
    "50027": "The federated token is malformed: check the file that AZURE_FEDERATED_TOKEN_FILE names.",
    "70021": "Add a federated credential to the application that fits issuer, subject and audience of the token.",
    "700211": "Add a federated credential to the application whose issuer is that of the token.",
    "700212": "Add a federated credential to the application whose audience is that of the token.",
    "700213": "Add a federated credential to the application whose subject is that of the token "
    "(in GitHub: repo:OWNER/NAME:ref:… or :environment:…).",
    "700024": "The federated token has expired: sign in again shortly before the run.",
    "500011": "Purview is not known in this tenant: check `tenant_id`; the tenant must be that of the account.",
    "50034": "There is no such user in this tenant.",
    "50126": "User name or password is wrong.",
    "50076": "A person has to confirm the sign-in: use an application, or run `az login` first.",
    "50079": "A person has to confirm the sign-in: use an application, or run `az login` first.",
    "53003": "A conditional access policy blocks the sign-in: ask the administrator of the tenant.",
    "65001": "An administrator has to consent to the application's use of Purview.",
    "70043": "The session has expired: run `az login` again.",
    "700082": "The session has expired: run `az login` again.",
}
_ANY = "Sign in with `az login`, or set the variables of a service principal or of workload identity."
_NO_IDENTITY = "A managed identity is there on a machine of Azure that has one; give `client_id` where it has several."
_UNREACHABLE = "Check the network, a proxy, `authority`, and the certificates of this machine."


def refusal(error: Exception) -> Diagnostic:
    """The finding for an error of azure-identity; never a secret, never a credential's value."""
    text = SECRETS.clean(str(getattr(error, "message", None) or error))
    found = _CODE.search(text)
    if found:
        code, sentence, trace = found[1], _short(found[2]), (found[3] or "").strip()
        return _finding(f"AADSTS{code}: {sentence}", _ADVICE.get(code, _ANY), trace)
    if _UNREACHED.search(text):
        reason = _short(text).removeprefix("Authentication failed: ")
        return Diagnostic("error", "sign_in.unreachable", f"Entra ID cannot be reached: {reason}", _UNREACHABLE)
    if text.startswith("ManagedIdentityCredential"):
        return _finding(_short(text), _NO_IDENTITY)
    reasons = [line.strip() for line in text.splitlines() if line.strip()]
    return _finding(_short(reasons[0] if reasons else "no reason given"), _ANY)


def _finding(reason: str, advice: str, trace: str = "") -> Diagnostic:
    return Diagnostic("error", "sign_in.failed", f"Azure sign-in failed: {reason}", advice, request_id=trace)


def _short(text: str) -> str:
    """The first sentence, on one line."""
    line = " ".join(text.split())
    first = _FIRST_SENTENCE.match(line + " ")
    return (first[1] if first else line)[:_LONGEST]
