"""Where the web app is reached: a port, a guard before it, and the addresses that let people in."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tracker.app.pages.access import Guard
from tracker.app.pages.addresses import QR_STYLE, THIS_COMPUTER, Door, lan_addresses, qr_for_terminal
from tracker.app.pages.certificate import certificate_for, fingerprint_words
from tracker.app.pages.server import listening, served
from tracker.app.pages.tickets import Tickets
from tracker.app.terminal import Terminal
from tracker.errors import InputError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

EVERYWHERE, EVERYWHERE_BY_IPV6 = "0.0.0.0", "::"
HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Opening:
    """How the page is to be opened.

    Attributes
    ----------
    share
        For other devices in the network, too.
    tls
        Encrypted, by a certificate of our own.
    port
        None takes the usual one.
    in_browser
        Open it in this computer's browser.
    """

    share: bool = False
    tls: bool = False
    port: int | None = None
    in_browser: bool = True


class Site:
    """A place in the web, as a context: its port is open inside.

    Parameters
    ----------
    terminal
        Where its address is printed.
    opening
        How it is opened.
    title
        What is served, in a word or two.
    path
        Of the page that is shown first.
    """

    def __init__(self, terminal: Terminal, opening: Opening, title: str, path: str = "/") -> None:
        self._terminal = terminal
        self._opening = opening
        self._title = title
        self._path = path
        self._tickets = Tickets()

    def __enter__(self) -> Self:
        """Open the port, print where the page is, and open it where there is a screen for it.

        Raises
        ------
        InputError
            If the port is taken, the certificate cannot be kept, or there is no network to share it in.
        """
        shared = lan_addresses() if self._opening.share else ()
        if self._opening.share and not shared:
            raise InputError("there is no network to share the page in; connect to one, or leave out --share")
        tls, port = self._opening.tls, self._opening.port
        self._certificate = certificate_for((*THIS_COMPUTER, *shared)) if tls else None
        self._listener = listening(_listened_at(shared), port)
        self._door = Door(self._listener.getsockname()[1], shared, tls)
        self._invite()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def url(self) -> str:
        """Write an address that lets one more browser in: another device's where the page is shared."""
        return self._door.url((*self._door.shared, *THIS_COMPUTER)[0], self._tickets.issue(), self._path)

    @property
    def guest_url(self) -> Callable[[], str] | None:
        """What writes an address for one more device; None where the page is not shared."""
        return self.url if self._door.shared else None

    def _invite(self) -> None:
        here = self._door.url(THIS_COMPUTER[0], self._tickets.issue(), self._path)
        self._terminal.say(f"{self._title}: {here}")
        if self._certificate:
            self._terminal.say(fingerprint_words(self._certificate))
        if self._door.shared:
            there = self.url()
            self._terminal.say(f"for one phone in the same network: {there}")
            self._terminal.picture(partial(qr_for_terminal, there), QR_STYLE)
        if self._opening.in_browser and _has_desktop():
            webbrowser.open(here)

    @asynccontextmanager
    async def serving(self, app: ASGIApp) -> AsyncIterator[None]:
        """Serve an app, behind the guard, while the context is open."""
        file = self._certificate.path if self._certificate else None
        async with served(Guard(app, self._door, self._tickets), self._listener, file):
            yield


def _listened_at(shared: tuple[str, ...]) -> str:
    """Name the address to listen at, so that the shared ones are heard."""
    if not shared:
        return HERE
    return EVERYWHERE_BY_IPV6 if ":" in shared[0] else EVERYWHERE


def _has_desktop() -> bool:
    """Say whether a browser has a screen to open on: one in this terminal would cover the panel."""
    return sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
