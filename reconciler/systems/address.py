"""An address, taken apart once by strict rules and rebuilt from its parts.

Libraries read odd addresses differently (a back slash, a blank, user information), so that a check of the text by one
of them says nothing of where another one connects. What `Address` accepts holds host characters only where a host
stands, and what it writes is the one plain form that every library reads alike. Only that form is ever used.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

DEFAULT_PORTS = {"https": 443, "http": 80}
_LONGEST = 2000
_LONGEST_HOST = 253
_SHAPE = re.compile(
    r"(?P<scheme>https?)://(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<host>[^\s\x00-\x1f/?#@:\\\[\]%]+))(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>[/?].*)?",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?")
_REST = re.compile(r"[!-\[\]-~]*")
"""What a whole request may have after its host: visible ASCII, no back slash."""


class AddressError(ValueError):
    """An address that is none; its text is one clause that says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """Scheme, host, port and path of an endpoint; `str()` is the address to use.

    `host` is lower-case ASCII (an international name in its encoded form, an IPv6 address without brackets); `port`
    is None for the usual one of the scheme; `path` has no slash at its end.
    """

    scheme: str
    host: str
    port: int | None = None
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address of an endpoint: `https://HOST`, with a port and a plain path at most.

        Raises `AddressError` for anything else: user information, a query, a fragment, blanks, escapes.
        """
        found, rest = _parts(text)
        if not _PATH.fullmatch(rest) or {".", ".."} & set(rest.split("/")):
            raise AddressError("after the host there may be a plain path only: no query, no fragment, no escapes")
        return cls(found.scheme, found.host, found.port, rest.rstrip("/"))

    @classmethod
    def of_request(cls, url: str) -> Address:
        """Where a whole request goes, its path and query left out; raises `AddressError` as `parse` does.

        The request goes out as it is written, so that even its host has to be ASCII already.
        """
        found, rest = _parts(url)
        if not url.isascii() or not _REST.fullmatch(rest):
            raise AddressError("blanks, control characters and back slashes have no place in it")
        return found

    @property
    def is_loopback(self) -> bool:
        """Whether it never leaves this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_encrypted(self) -> bool:
        """Whether TLS protects what is sent."""
        return self.scheme == "https"

    @property
    def origin(self) -> str:
        """Scheme, host and port, as they stand at the head of a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port is not None else "")

    def __str__(self) -> str:
        """The address, rebuilt."""
        return self.origin + self.path


def _parts(text: str) -> tuple[Address, str]:
    if len(text) > _LONGEST:
        raise AddressError(f"it is longer than {_LONGEST} characters")
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise AddressError("write https://HOST, with letters, digits, '-' and '.' in the host, without a user")
    scheme = found["scheme"].lower()
    host = _six(found["six"]) if found["six"] else _host(found["host"])
    return Address(scheme, host, _port(found["port"], scheme)), found["rest"] or ""


def _port(text: str | None, scheme: str) -> int | None:
    if text is None:
        return None
    if not 1 <= int(text) <= 65535:
        raise AddressError(f"{text} is no port")
    return None if int(text) == DEFAULT_PORTS[scheme] else int(text)


def _six(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise AddressError(f"[{text}] is no IPv6 address") from None


def _host(text: str) -> str:
    """A name or an IPv4 address; what ends like a number has to be a whole one, as resolvers read short forms too."""
    host = _encoded(text.lower())
    if not _NAME.fullmatch(host) or len(host) > _LONGEST_HOST:
        raise AddressError(f"{text!r} is no host: letters, digits, '-' and '.' only")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise AddressError(f"{text!r} is neither a name nor an IPv4 address") from None
    return host


def _encoded(host: str) -> str:
    """An international name as it stands in the DNS (IDNA 2008); names that claim to be encoded have to be."""
    if host.isascii() and "xn--" not in host:
        return host
    import idna

    try:
        return idna.encode(idna.decode(host) if host.isascii() else host).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise AddressError(f"{host!r} is no name that the DNS knows how to write") from None
