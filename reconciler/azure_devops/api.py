"""Azure DevOps' REST API, as far as a job needs it (its reference, version 7.1, [A])."""

from __future__ import annotations

from typing import Any

import httpx

from reconciler.errors import ReconcilerError
from reconciler.forge.rest import Rest

_VERSION = "7.1"
_SIGN_IN = (203, 301, 302)
"""What a token that nobody knows is answered with: the page of the sign-in, or the way to it ([B], and
`X-TFS-FedAuthRedirect` of Microsoft's own clients, which asks for a refusal instead)."""


class Api(Rest):
    """One project of one organization, as a token may see it."""

    name = "Azure DevOps"
    variable = "SYSTEM_COLLECTIONURI"
    token_in = "SYSTEM_ACCESSTOKEN"  # noqa: S105 - the name of a variable

    def __init__(self, url: str, token: str) -> None:
        """Raises `ConfigurationError` for a token that is none, and `ReconcilerError` where it may not be sent."""
        super().__init__(url, token, {"accept": "application/json", "x-tfs-fedauthredirect": "Suppress"})

    def get(self, path: str, *, version: str = _VERSION, unknown: str = "", **query: str) -> dict[str, Any]:
        """A single thing, or a list in `value`. Raises `ReconcilerError`.

        `unknown` is what to do where Azure DevOps does not know what the path names: 400 or 404.
        """
        return self._send("GET", path, version=version, unknown=unknown, params=query)

    def send(self, method: str, path: str, body: Any) -> dict[str, Any]:
        """Makes, changes or asks for something; sent once, as it would be made twice. Raises `ReconcilerError`."""
        return self._send(method, path, json=body)

    def patch(self, method: str, path: str, fields: dict[str, str], *, unknown: str = "") -> dict[str, Any]:
        """Gives fields of a work item values, as a JSON Patch; `unknown` as of `get`. Raises `ReconcilerError`."""
        body = [{"op": "add", "path": f"/fields/{name}", "value": value} for name, value in fields.items()]
        headers = {"content-type": "application/json-patch+json"}
        return self._send(method, path, unknown=unknown, json=body, headers=headers)

    def remove(self, path: str) -> None:
        """Takes something away, which may be gone already. Raises `ReconcilerError`."""
        self._send("DELETE", path, absent=True)

    def _send(
        self,
        method: str,
        path: str,
        *,
        version: str = _VERSION,
        params: dict[str, str] | None = None,
        absent: bool = False,
        unknown: str = "",
        **more: Any,
    ) -> dict[str, Any]:
        answer = self.ask(method, path, params={**(params or {}), "api-version": version}, **more)
        if absent and answer.status_code == httpx.codes.NOT_FOUND:
            return {}
        if answer.status_code in _SIGN_IN or answer.status_code == httpx.codes.UNAUTHORIZED:
            raise ReconcilerError.of(
                "azure_devops.sign_in",
                f"Azure DevOps does not take the token of the job: {answer.status_code}",
                "Give the step `env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}`.",
            )
        if not answer.is_success:
            rights = "Give the project's build service the right to contribute to pull requests, or to edit work items."
            is_wrong = unknown and answer.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND)
            raise ReconcilerError.of(
                "azure_devops.refused",
                f"Azure DevOps refused {method} {path}: {answer.status_code} {self.told(answer)}".rstrip(),
                unknown if is_wrong else self.what_to_do(answer.status_code, rights),
            )
        return self._read(answer)

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        if not answer.content:
            return {}
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise self.unreachable("no JSON")
        return found

    def unreachable(self, why: str) -> ReconcilerError:
        """That Azure DevOps does not answer, or nothing that can be read."""
        return ReconcilerError.of(
            "azure_devops.unreachable",
            f"Azure DevOps does not answer at {self.address.host}: {why}",
            "Run the job again. The variable SYSTEM_COLLECTIONURI, which Azure Pipelines sets, says where it is.",
        )


def listed(answer: dict[str, Any], name: str = "value") -> list[dict[str, Any]]:
    """The members of a list in an answer; none of what is no object."""
    found = answer.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
