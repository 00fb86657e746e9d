"""Requests and handshakes as a server hands them on; the client's address is simulated in the scope."""

import asyncio
from typing import NamedTuple

from tracker.app.pages.addresses import Door

PORT = 8080
LAN = "192.168.1.7"
HERE = f"127.0.0.1:{PORT}"
THERE = f"{LAN}:{PORT}"
DOOR = Door(PORT, shared=(LAN,))
COOKIE = f"tracker_{PORT}"

LOOPBACK, PHONE = "127.0.0.1", "192.168.1.23"
LET_IN, NO_HOST, REFUSED = 200, 421, 403


class Behind:
    """A web app that says to everybody what it says, and remembers that it was asked."""

    def __init__(self):
        self.asked = []

    async def __call__(self, scope, _receive, send):
        self.asked.append((scope["type"], scope.get("path")))
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        elif scope["type"] == "http":
            headers = [(b"content-type", b"text/plain"), (b"X-Content-Type-Options", b"none")]
            headers += [(b"cache-control", b"public")] * (scope["path"] == "/kept")
            await send({"type": "http.response.start", "status": LET_IN, "headers": headers})
            await send({"type": "http.response.body", "body": b"inside"})


class Asked(NamedTuple):
    """A request or, with the method WS, a websocket handshake."""

    method: str = "GET"
    client: str = LOOPBACK
    headers: tuple[tuple[str, str], ...] = ()
    path: str = "/"
    query: str = ""

    def scope(self):
        return {
            "type": "websocket" if self.method == "WS" else "http",
            **({} if self.method == "WS" else {"method": self.method}),
            "path": self.path,
            "query_string": self.query.encode(),
            "client": (self.client, 50000),
            "headers": [(name.encode(), said.encode("latin-1")) for name, said in self.headers],
        }


def answers(guard, asked):
    """Give the messages that answer a request, sent one after the other."""
    sent = []

    async def receive():
        raise AssertionError("nothing is read from whoever is not let in")

    async def send(message):
        sent.append(message)

    asyncio.run(guard(asked.scope(), receive, send))
    return sent


def status(guard, asked):
    """Give the status, as uvicorn would: a handshake that is closed is a 403, one that is accepted a 200."""
    first = answers(guard, asked)[0]
    if asked.method == "WS":
        return {"websocket.accept": LET_IN, "websocket.close": REFUSED}[first["type"]]
    return first["status"]


def headers(host=HERE, origin="", cookie=""):
    said = (("host", host), ("origin", origin), ("cookie", cookie and f"{COOKIE}={cookie}"))
    return tuple((name, value) for name, value in said if value)
