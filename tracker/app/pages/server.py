"""The web server: on an event loop of ours, in a live session the one that also runs the radio."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker.errors import InputError

USUAL_PORT = 8734
"""Nothing well known listens here; a fixed number lets a phone keep the address."""

CLOSING_S = 1
"""How long open pages may take to let go when the session is over, s."""


class _Server(uvicorn.Server):
    """A server that leaves Ctrl-C to the session, and says when it has begun."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._has_answered = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def begin(self, listener: socket.socket) -> asyncio.Task[None]:
        """Begin to serve; gives the task that serves."""
        serving = asyncio.create_task(self.serve(sockets=[listener]))
        serving.add_done_callback(lambda _: self._has_answered.set())
        await self._has_answered.wait()
        if serving.done():
            await serving
        return serving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app; uvicorn would leave from a task, and end the loop and the session with it."""
        try:
            await super().startup(sockets)
        except SystemExit as error:
            raise InputError("the page cannot be started; train works without it (--no-page)") from error
        self._has_answered.set()


class _ForThoseWhoWait:
    """An app that is silent when it fails for the one reason that nobody waits for its answer any more.

    The web framework raises then that there is no response, and a server prints that with all its lines.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app  # NiceGUI looks for its server along this name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_gone = False

        async def heard() -> Message:
            nonlocal is_gone
            message = await receive()
            is_gone = is_gone or message["type"] == "http.disconnect"
            return message

        try:
            await self.app(scope, heard, send)
        except RuntimeError:
            if not is_gone:
                raise


def listening(host: str, port: int | None) -> socket.socket:
    """Open the port; None takes the usual one, or any when that is taken. At "::" IPv4 is heard, too.

    Raises
    ------
    InputError
        If it cannot be had.
    """
    for wish in (USUAL_PORT, 0) if port is None else (port,):
        try:
            if ":" in host:
                return socket.create_server(
                    (host, wish), family=socket.AF_INET6, backlog=64, dualstack_ipv6=True
                )
            return socket.create_server((host, wish), backlog=64)
        except OSError as error:
            why = error.strerror
    raise InputError(f"no page can be served at {host}:{port} ({why}); choose another --port")


@asynccontextmanager
async def served(
    app: ASGIApp, listener: socket.socket, certificate: Path | None = None
) -> AsyncIterator[None]:
    """Serve an app while the context is open.

    Parameters
    ----------
    app
        What to serve.
    listener
        Where.
    certificate
        File of the certificate and its key, for https.

    Raises
    ------
    InputError
        If the app does not start.
    """
    config = uvicorn.Config(
        _ForThoseWhoWait(app),
        log_config=None,
        log_level="error",  # a stranger's bad request is no line in the panel
        access_log=False,  # it would print the tokens
        proxy_headers=False,
        ws="websockets-sansio",
        timeout_graceful_shutdown=CLOSING_S,
        ssl_certfile=certificate,
    )
    server = _Server(config)
    serving = await server.begin(listener)
    try:
        yield
    finally:
        server.should_exit = True
        await serving
