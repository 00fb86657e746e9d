"""Under which addresses the web app is reached, and the QR codes that carry them."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote

import ifaddr
import segno

THIS_COMPUTER = ("127.0.0.1", "localhost", "::1")
"""What this computer calls itself; the first is where the server listens and what is shown."""

TOKEN_FIELD = "token"
"""The field of a URL's query that lets one browser in."""

QR_STYLE = "bright_white on black"
"""Style, as rich writes it, for `qr_for_terminal`: its ink is the light part: scanners want light paper."""

_USUAL_PORTS = {"http": 80, "https": 443}
"""Ports that browsers leave out of the Host and Origin headers."""

_ELSEWHERE = ("192.0.2.1", 9)
"""An address that belongs to nobody (RFC 5737) and the discard port: only the route to it is asked for."""

_QUIET_ZONE = 2
"""Light modules around a code; 4 by the standard, but terminals are small and phones do with 2."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server is reached.

    Attributes
    ----------
    port
        The one it listens on.
    shared
        Addresses of this computer by which others may come, the best first; empty when nobody else may.
    tls
        Whether it is served encrypted.

    Examples
    --------
    >>> door = Door(8080, shared=("192.168.1.7",))
    >>> door.url("192.168.1.7", "secret")
    'http://192.168.1.7:8080/?token=secret'
    >>> sorted(door.hosts)
    ['127.0.0.1:8080', '192.168.1.7:8080', '[::1]:8080', 'localhost:8080']
    """

    port: int
    shared: tuple[str, ...] = ()
    tls: bool = False

    @property
    def scheme(self) -> str:
        """Give the first part of every URL."""
        return "https" if self.tls else "http"

    @property
    def names(self) -> tuple[str, ...]:
        """Give all names and addresses, those of the computer itself first."""
        return THIS_COMPUTER + self.shared

    @property
    def hosts(self) -> frozenset[str]:
        """Give the Host headers of browsers that mean this server, in lower case."""
        return frozenset(self.host(name).lower() for name in self.names)

    def host(self, name: str) -> str:
        """Write a name or address as a Host header has it."""
        written = f"[{name}]" if ":" in name else name
        return written if self.port == _USUAL_PORTS[self.scheme] else f"{written}:{self.port}"

    def is_secure(self, host: str) -> bool:
        """Say whether browsers hold a page from this host for secure: only then it gets a wake lock."""
        return self.tls or host in map(self.host, THIS_COMPUTER)

    def url(self, name: str = THIS_COMPUTER[0], token: str = "", path: str = "/") -> str:
        """Write the address of a page, the first one or another, with the token that lets one browser in."""
        query = f"?{TOKEN_FIELD}={token}" if token else ""
        return f"{self.scheme}://{self.host(name)}{quote(path)}{query}"


def lan_addresses() -> tuple[str, ...]:
    """List the addresses by which other devices in reach may come; see `in_order`. Nothing is sent."""
    found = [ip.ip if ip.is_IPv4 else ip.ip[0] for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    return in_order(map(str, found), _routed())


def in_order(found: Iterable[str], routed: str = "") -> tuple[str, ...]:
    """Put this computer's addresses in the order in which a guest should try them.

    Parameters
    ----------
    found
        Every address that the computer has.
    routed
        The one from which it talks to the rest of the world, or "".

    Returns
    -------
    tuple of str
        Without loopback and link-local addresses; `routed` first, then private ones. IPv6 only where there
        is no IPv4: its addresses change daily, and each change would ask for another certificate.

    Examples
    --------
    >>> in_order(["127.0.0.1", "203.0.113.5", "172.17.0.1", "192.168.1.7", "fd00::2"], "192.168.1.7")
    ('192.168.1.7', '172.17.0.1', '203.0.113.5')
    """
    known = {ip_address(address) for address in found}
    reachable = [
        ip for ip in known if not (ip.is_loopback or ip.is_link_local or ip.is_unspecified or ip.is_multicast)
    ]
    usable = [ip for ip in reachable if ip.version == 4] or reachable
    return tuple(
        str(ip) for ip in sorted(usable, key=lambda ip: (str(ip) != routed, not ip.is_private, int(ip)))
    )


def qr_for_terminal(url: str, *, ascii_only: bool = False) -> str:
    """Draw a URL's QR code in characters, two rows of it in each line; print it in `QR_STYLE`.

    Parameters
    ----------
    url
        What it says.
    ascii_only
        Draw with "#", one row in each line, where the terminal has no block characters; scanners may want
        it small or from farther away.
    """
    code = segno.make_qr(url, error="l")
    if ascii_only:
        rows = code.matrix_iter(border=_QUIET_ZONE)
        return "\n".join("".join("  " if dark else "##" for dark in row) for row in rows)
    out = io.StringIO()
    code.terminal(out, border=_QUIET_ZONE, compact=True)
    return out.getvalue().rstrip("\n")


def qr_svg(url: str) -> str:
    """Draw a URL's QR code as an SVG element that fills its place, black on white in a dark page, too."""
    return segno.make_qr(url, error="m").svg_inline(dark="#000", light="#fff", omitsize=True)


def _routed() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(_ELSEWHERE)  # UDP: this chooses a route and an address, and sends nothing
        except OSError:
            return ""
        return str(asked.getsockname()[0])
