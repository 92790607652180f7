"""Azure Blob Storage as a tool: the blobs of one container below a prefix, through Azure's own client.

The client repeats what was answered with 500 or more, or not at all (azure-storage-blob 12.31, its own code [A]). So
what is written twice must be the same, or carry a condition that holds only once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler.environment.spec import BlobPlace
from reconciler.errors import ReconcilerError
from reconciler.systems.redact import SECRETS
from reconciler.systems.storage import CONTRIBUTOR, KEY, Account, code_of

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient

T = TypeVar("T")
WORKERS = 8
"""Requests under way at one time."""
_PATIENCE: dict[str, Any] = {"connection_timeout": 10, "read_timeout": 30}
_RETRIES: dict[str, Any] = {
    "retry_total": 2, "retry_connect": 1, "initial_backoff": 1, "increment_base": 2, "random_jitter_range": 1,
}  # fmt: skip
_SIGNED_IN = f"Give the identity of the run the role `{CONTRIBUTOR}` on the container"
_CHANGED = ("ConditionNotMet", "BlobAlreadyExists", "UnauthorizedBlobOverwrite", "BlobNotFound")


class ChangedError(Exception):
    """A blob is not as it was expected to be."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob: its name below the prefix, its ETag with quotes, when it was written by the server's clock."""

    name: str
    etag: str
    written: datetime
    data: bytes = b""


class Blobs:
    """What a place keeps below its prefix. Methods raise `ReconcilerError` with what is missing in one sentence."""

    def __init__(self, place: BlobPlace, prefix: str, process_env: Mapping[str, str]) -> None:
        account = Account(place.account_url, "ledger", process_env)
        self.address, self.container, self.prefix = account.address, place.container, prefix
        self._client = account.container(self.container, patience=_PATIENCE, repeats=_RETRIES)

    @property
    def url(self) -> str:
        """Where the blobs are."""
        return f"{self.address}/{self.container}/{self.prefix}"

    def read(self, name: str) -> Blob | None:
        """A blob with what it holds; None when it is not there."""
        with self.telling("read"):
            try:
                found = self.one(name).download_blob()
                data = found.readall()
            except Exception as error:
                if code_of(error) == "BlobNotFound":
                    return None
                raise
            return Blob(name, found.properties.etag, found.properties.last_modified, data)

    def read_all(self, names: Iterable[str]) -> dict[str, bytes]:
        """What some blobs hold, those that are not there left out."""
        names = list(names)
        found = zip(names, self._each(self.read, names), strict=True)
        return {name: blob.data for name, blob in found if blob is not None}

    def write_all(self, contents: Mapping[str, bytes]) -> None:
        """Writes blobs, whatever was there; each has a new ETag then."""

        def write(name: str) -> None:
            with self.telling("written"):
                self.one(name).upload_blob(contents[name], overwrite=True)

        self._each(write, list(contents))

    def replace(self, name: str, data: bytes, etag: str | None) -> str:
        """Writes a blob if it is still the one of that ETag, or still missing where that is None; its new ETag.

        Raises `ChangedError` when it is not; also where only the answer to this very write was lost.
        """
        from azure.core import MatchConditions

        how: dict[str, Any] = {"overwrite": False}
        if etag is not None:
            how = {"overwrite": True, "etag": etag, "match_condition": MatchConditions.IfNotModified}
        with self.telling("written"):
            try:
                return str(self.one(name).upload_blob(data, **how)["etag"])
            except Exception as error:
                if code_of(error) in _CHANGED:
                    raise ChangedError from None
                raise

    def below(self, folder: str) -> list[Blob]:
        """The blobs whose names begin so, without what they hold."""
        with self.telling("read"):
            listed = self._client.list_blobs(name_starts_with=f"{self.prefix}/{folder}")
            start = len(self.prefix) + 1
            return [Blob(one.name[start:], _quoted(one.etag), one.last_modified) for one in listed]

    def remove_all(self, blobs: Iterable[Blob]) -> None:
        """Removes blobs that are as they were listed; one that was written since stays."""
        from azure.core import MatchConditions

        def remove(blob: Blob) -> None:
            with self.telling("written"):
                try:
                    self.one(blob.name).delete_blob(etag=blob.etag, match_condition=MatchConditions.IfNotModified)
                except Exception as error:
                    if code_of(error) not in ("ConditionNotMet", "BlobNotFound"):
                        raise

        self._each(remove, list(blobs))

    def one(self, name: str) -> BlobClient:
        """The library's client of one blob."""
        return self._client.get_blob_client(f"{self.prefix}/{name}")

    @staticmethod
    def _each(work: Callable[[Any], T], items: list[Any]) -> list[T]:
        if len(items) < 2:
            return [work(item) for item in items]
        with ThreadPoolExecutor(max_workers=min(WORKERS, len(items))) as pool:
            return list(pool.map(work, items))

    @contextmanager
    def telling(self, done: str) -> Iterator[None]:
        """Turns what the library raises into one sentence with what to do; `done` is `read` or `written`."""
        from azure.core.exceptions import AzureError

        try:
            yield
        except (AzureError, ValueError, OSError, TypeError) as error:
            raise self._failed(done, _behind(error)) from None

    def _failed(self, done: str, error: BaseException) -> ReconcilerError:
        status, code = getattr(error, "status_code", None), code_of(error)
        if status in (401, 403):
            why = f"Azure answers {status} {code}".rstrip()
            advice = (
                f"{_SIGNED_IN} {self.container} (`Storage Blob Data Reader` is enough to plan); with {KEY}, check the "
                "key. See whether the account's firewall lets this machine in."
            )
        elif code in ("ContainerNotFound", "ContainerBeingDeleted"):
            why = f"there is no container {self.container}"
            advice = f"Create it, or correct `ledger.blob.container`. {_SIGNED_IN}."
        elif status is None:
            why = f"{self.address.host} cannot be reached: {_short(error)}"
            advice = "Check `ledger.blob.account_url`, the network, a proxy, and the account's firewall."
        else:
            why, advice = f"Azure answers {status} {code}: {_short(error)}", "Run again later."
        return ReconcilerError.of("ledger.blob", f"the ledger {self.url} could not be {done}: {why}", advice)


def _behind(error: BaseException) -> BaseException:
    """The error itself; of one without a message the library makes a `TypeError` of its own code, on top of it."""
    seen: BaseException | None = error
    while isinstance(seen, TypeError | AttributeError):
        seen = seen.__context__
    return seen or error


def _short(error: BaseException) -> str:
    text = str(getattr(error, "message", None) or error).partition("\nRequestId:")[0]
    return SECRETS.cut(" ".join(text.split()), 200)


def _quoted(etag: str) -> str:
    """An ETag as a condition has it: listings leave the quotes out (Azure's REST reference [A])."""
    return etag if etag.startswith(('"', "W/")) else f'"{etag}"'
