"""Who may look: the guard that stands before the web app.

Other people's programs on this computer, other devices in the network and pages of other sites in the
same browser all reach the port. So one rule holds for everybody, and the client's address plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from tracker.app.pages.addresses import TOKEN_FIELD, Door
from tracker.app.pages.response_headers import Header, guarded
from tracker.app.pages.tickets import Tickets

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_POLICY_VIOLATION = 1008
"""Close code of a websocket that is not let in (RFC 6455); before the handshake it becomes a 403."""

_COME_IN = """\
<!doctype html>
<meta charset="utf-8">
<title>tracker</title>
<link rel="icon" href="data:,">
<meta http-equiv="refresh" content="0; url={there}">
<a href="{there}">go on</a>
"""
"""A page and not a redirect: when another site's link brought somebody here, Chromium keeps a SameSite=Strict
cookie back from the redirect, too. What a page of ours opens gets it. The icon is empty, so that none is
asked for and given up halfway."""

_WRONG_HOST = "This is tracker, but not under this name. Open the address that tracker printed.\n"
_WRONG_ORIGIN = "Another site asked for this. Open the address that tracker printed.\n"
_NO_TICKET = (
    "You are not let in: the code or address was used before, is too old, or is missing.\n"
    "Scan the QR code anew, or open the address that tracker printed.\n"
)


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: str
    headers: tuple[Header, ...] = ((b"content-type", b"text/plain; charset=utf-8"),)


class Guard:
    """An ASGI app around another that lets nobody pass who was not let in; see the module's first lines.

    Parameters
    ----------
    app
        The web app. The attribute must keep this name: NiceGUI looks for its server along it.
    door
        Where the server is reached. Any other Host is refused, for a foreign name may be rebound to this
        computer; and any Origin that is not the requested host's own. Websockets and all that is not GET
        or HEAD must name their Origin.
    tickets
        Who was let in. `GET /any/path?token=...` spends a token, sets a cookie and goes on to the same
        path without the token. Whoever has no cookie gets 403, for static files too.
    """

    def __init__(self, app: ASGIApp, door: Door, tickets: Tickets) -> None:
        self.app = app
        self._door = door
        self._tickets = tickets
        self._cookie_name = f"tracker_{door.port}"  # browsers keep one jar for all ports of a host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a connection through, or answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        host = self._asked_for(scope)
        send_guarded = guarded(send, is_secure=self._door.is_secure(host))
        reply = self._reply(scope, host)
        if reply is None:
            await self.app(scope, receive, send_guarded)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await _answer(reply, send_guarded)

    def _asked_for(self, scope: Scope) -> str:
        """Give the host of ours that is asked for, or ""."""
        hosts = [host.lower() for host in _values(scope, b"host")]
        return hosts[0] if len(hosts) == 1 and hosts[0] in self._door.hosts else ""

    def _reply(self, scope: Scope, host: str) -> _Reply | None:
        """Decide about a request or handshake: None lets it through."""
        if not host:
            return _Reply(421, _WRONG_HOST)
        method = scope.get("method", "")  # a websocket has none
        origins = _values(scope, b"origin")
        may_be_silent = method in ("GET", "HEAD")
        if origins != [f"{self._door.scheme}://{host}"] and (origins or not may_be_silent):
            return _Reply(403, _WRONG_ORIGIN)
        token = dict(_query(scope)).get(TOKEN_FIELD) if method == "GET" else None
        if self._is_let_in(scope):
            return None if token is None else self._come_in(scope, host)
        cookie = None if token is None else self._tickets.spend(token)
        return _Reply(403, _NO_TICKET) if cookie is None else self._come_in(scope, host, cookie)

    def _is_let_in(self, scope: Scope) -> bool:
        pairs = [pair.partition("=") for line in _values(scope, b"cookie") for pair in line.split(";")]
        return any(
            self._tickets.knows(value) for name, _, value in pairs if name.strip() == self._cookie_name
        )

    def _come_in(self, scope: Scope, host: str, cookie: str = "") -> _Reply:
        query = urlencode([(name, value) for name, value in _query(scope) if name != TOKEN_FIELD])
        # With our own host before it: a path that starts with two slashes would lead to another one.
        there = f"{self._door.scheme}://{host}{quote(scope['path'])}" + (f"?{query}" if query else "")
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        if cookie:
            secure = "; Secure" if self._door.tls else ""
            crumbs = f"{self._cookie_name}={cookie}; HttpOnly; SameSite=Strict; Path=/{secure}"
            headers.append((b"set-cookie", crumbs.encode()))
        return _Reply(200, _COME_IN.format(there=escape(there)), tuple(headers))


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


async def _answer(reply: _Reply, send: Send) -> None:
    body = reply.body.encode()
    headers = [*reply.headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
