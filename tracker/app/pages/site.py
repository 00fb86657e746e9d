"""The web app of one session: opened before it, told what happens in it, closed after it."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

from tracker.app.live import LiveSession
from tracker.app.pages.access import Guard
from tracker.app.pages.addresses import QR_STYLE, THIS_COMPUTER, Door, lan_addresses, qr_for_terminal
from tracker.app.pages.certificate import certificate_for, fingerprint_words
from tracker.app.pages.feed import Feed
from tracker.app.pages.live_page import web_app
from tracker.app.pages.server import listening, served
from tracker.app.pages.tickets import Tickets
from tracker.app.terminal import Terminal
from tracker.errors import InputError

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
    """The web app of one session, as a context: its port is open inside.

    Parameters
    ----------
    terminal
        Where its address is printed.
    opening
        How it is opened.

    Attributes
    ----------
    feed
        What the pages show; an `Onlooker`.
    """

    def __init__(self, terminal: Terminal, opening: Opening) -> None:
        self.feed = Feed()
        self._terminal = terminal
        self._opening = opening
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
        return self._door.url((*self._door.shared, *THIS_COMPUTER)[0], self._tickets.issue())

    def _invite(self) -> None:
        here = self._door.url(token=self._tickets.issue())
        self._terminal.say(f"live page: {here}")
        if self._certificate:
            self._terminal.say(fingerprint_words(self._certificate))
        if self._door.shared:
            there = self.url()
            self._terminal.say(f"for one phone in the same network: {there}")
            self._terminal.picture(partial(qr_for_terminal, there), QR_STYLE)
        if self._opening.in_browser and _has_desktop():
            webbrowser.open(here)

    @asynccontextmanager
    async def open(self, live: LiveSession) -> AsyncIterator[None]:
        """Serve the page of a session while the context is open."""
        self.feed.follow(live.t_ns)
        guest_url = self.url if self._door.shared else None
        web = Guard(web_app(self.feed, live, guest_url), self._door, self._tickets)
        file = self._certificate.path if self._certificate else None
        async with served(web, self._listener, file):
            yield


def _listened_at(shared: tuple[str, ...]) -> str:
    """Name the address to listen at, so that the shared ones are heard."""
    if not shared:
        return HERE
    return EVERYWHERE_BY_IPV6 if ":" in shared[0] else EVERYWHERE


def _has_desktop() -> bool:
    """Say whether a browser has a screen to open on: one in this terminal would cover the panel."""
    return sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
