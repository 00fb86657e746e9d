"""The web server beside a session: how it starts, and what it does not say."""

import asyncio
import io
import re
import socket
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from tracker.app.pages import site
from tracker.app.pages.server import listening, served
from tracker.app.pages.site import Opening, Site
from tracker.app.terminal import Terminal
from tracker.errors import InputError


@pytest.fixture
def listener():
    with listening("127.0.0.1", 0) as opened:
        yield opened


@asynccontextmanager
async def broken(_app):
    raise RuntimeError("a library has changed")
    yield


async def test_an_app_that_does_not_start_is_said_before_the_session(listener):
    with pytest.raises(InputError, match="--no-page"):
        async with served(Starlette(lifespan=broken), listener):
            pytest.fail("the session began")


async def test_a_request_that_is_none_is_answered_and_leaves_no_line(listener, caplog):
    async with served(Starlette(), listener):
        reading, writing = await asyncio.open_connection(*listener.getsockname())
        writing.write(b"\x16\x03\x01 no http\r\n\r\n")
        assert (await reading.readline()).startswith(b"HTTP/1.1 400")
        writing.close()
        await writing.wait_closed()
    assert caplog.records == []


async def test_who_leaves_before_the_answer_leaves_no_line(listener, caplog):
    begun, over = asyncio.Event(), asyncio.Event()

    async def web(scope, receive, _send):
        """Do as the framework does when a page is left while it is built."""
        if scope["type"] != "http":
            return
        begun.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        over.set()
        raise RuntimeError("No response returned.")

    async with served(web, listener):
        _, writing = await asyncio.open_connection(*listener.getsockname())
        writing.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        await begun.wait()
        writing.close()
        await writing.wait_closed()
        await over.wait()
    assert caplog.records == []


async def test_an_error_of_an_app_that_is_waited_for_is_told(listener, caplog):
    async def fails(_request):
        raise RuntimeError("a bug")

    async with served(Starlette(routes=[Route("/", fails)]), listener):
        reading, writing = await asyncio.open_connection(*listener.getsockname())
        writing.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert (await reading.readline()).startswith(b"HTTP/1.1 500")
        writing.close()
        await writing.wait_closed()
    assert "a bug" in caplog.text


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_where_there_is_ipv6_only_both_kinds_of_addresses_are_heard(monkeypatch):
    monkeypatch.setattr(site, "lan_addresses", lambda: ("fd00::2",))
    out = io.StringIO()
    with Site(Terminal(out, out), Opening(share=True, in_browser=False), "page"):
        port = int(re.search(r"\[fd00::2\]:(\d+)", out.getvalue())[1])
        for address in ("::1", "127.0.0.1"):
            socket.create_connection((address, port), timeout=5).close()
