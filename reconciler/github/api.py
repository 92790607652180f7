"""GitHub's REST API, as far as a job needs it (its reference, version 2022-11-28, [A])."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.errors import ReconcilerError
from reconciler.forge.rest import Rest

_PAGE = 100
_PAGES = 50
"""No list is read further: five thousand comments."""


class Api(Rest):
    """One repository at GitHub, as a token may see it."""

    name = "GitHub"
    variable = "GITHUB_API_URL"
    token_in = "RECONCILER_GITHUB_TOKEN"  # noqa: S105 - the name of a variable

    def __init__(self, url: str, repository: str, token: str) -> None:
        """Raises `ConfigurationError` for a token that is none, and `ReconcilerError` where it may not be sent."""
        headers = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
        super().__init__(url, token, headers)
        self.root = f"{self.root}/repos/{repository}"

    def each(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """The members of a list, page by page; as many as are asked for."""
        for page in range(1, _PAGES + 1):
            found = self._send("GET", path, params={**query, "per_page": str(_PAGE), "page": str(page)})
            members = found if isinstance(found, list) else []
            yield from (one for one in members if isinstance(one, dict))
            if len(members) < _PAGE:
                return

    def one(self, path: str) -> dict[str, Any] | None:
        """A single thing; None where it is not there."""
        found = self._send("GET", path, absent=True)
        return found if isinstance(found, dict) else None

    def create(self, path: str, *, there: bool = False, **what: Any) -> dict[str, Any]:
        """Makes something; sent once, as GitHub would make it twice. With `there` it may be there already."""
        found = self._send("POST", path, there=there, json=what)
        return found if isinstance(found, dict) else {}

    def change(self, path: str, **what: Any) -> None:
        """Gives something that is there other values."""
        self._send("PATCH", path, json=what)

    def remove(self, path: str) -> None:
        """Takes something away, which may be gone already."""
        self._send("DELETE", path, absent=True)

    def _send(self, method: str, path: str, *, absent: bool = False, there: bool = False, **more: Any) -> Any:
        """Raises `ReconcilerError` with what GitHub says, but for what is `absent` or `there` and may be so."""
        answer = self.ask(method, path, **more)
        if (absent and answer.status_code == 404) or answer.status_code == 204:
            return None
        if there and answer.status_code == 422 and "already_exists" in answer.text:
            return None
        if answer.is_success:
            try:
                return answer.json()
            except ValueError:
                raise self.unreachable("no JSON") from None
        rights = "Give the job `permissions` for what it posts: `pull-requests: write` or `issues: write`."
        raise ReconcilerError.of(
            "github.refused",
            f"GitHub refused {method} {path}: {answer.status_code} {self.told(answer)}".rstrip(),
            self.what_to_do(answer.status_code, rights),
        )

    def unreachable(self, why: str) -> ReconcilerError:
        """That GitHub does not answer, or nothing that can be read."""
        return ReconcilerError.of(
            "github.unreachable",
            f"GitHub does not answer at {self.address.host}: {why}",
            "Run the job again. The variable GITHUB_API_URL, which GitHub sets, says where it is.",
        )
