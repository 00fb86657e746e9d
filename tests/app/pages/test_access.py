"""Who is let in, and who gets nothing."""

import asyncio

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.pages.asking import (
    COOKIE,
    DOOR,
    HERE,
    LET_IN,
    LOOPBACK,
    NO_HOST,
    PHONE,
    PORT,
    REFUSED,
    THERE,
    Asked,
    Behind,
    answers,
    headers,
    status,
)
from tracker.app.pages.access import Guard
from tracker.app.pages.addresses import Door
from tracker.app.pages.tickets import Tickets


@pytest.mark.parametrize("client", [LOOPBACK, PHONE])
@pytest.mark.parametrize(
    ("method", "host", "origin", "expected"),
    [
        ("GET", HERE, "", LET_IN),
        ("HEAD", HERE, "", LET_IN),
        ("GET", f"LocalHost:{PORT}", "", LET_IN),
        ("GET", f"[::1]:{PORT}", "", LET_IN),
        ("GET", THERE, f"http://{THERE}", LET_IN),
        ("POST", THERE, f"http://{THERE}", LET_IN),
        ("WS", THERE, f"http://{THERE}", LET_IN),
        ("WS", HERE, f"http://{HERE}", LET_IN),
        ("GET", "tracker.example", "", NO_HOST),
        ("GET", f"tracker.example:{PORT}", "", NO_HOST),
        ("GET", "127.0.0.1", "", NO_HOST),
        ("GET", "127.0.0.1:8081", "", NO_HOST),
        ("GET", "", "", NO_HOST),
        ("WS", f"tracker.example:{PORT}", f"http://tracker.example:{PORT}", REFUSED),
        ("GET", HERE, "http://tracker.example", REFUSED),
        ("GET", HERE, f"http://localhost:{PORT}", REFUSED),
        ("GET", HERE, f"https://{HERE}", REFUSED),
        ("GET", HERE, "null", REFUSED),
        ("POST", HERE, "", REFUSED),
        ("OPTIONS", HERE, "", REFUSED),
        ("POST", HERE, "http://127.0.0.1:8081", REFUSED),
        ("WS", HERE, "", REFUSED),
        ("WS", HERE, "null", REFUSED),
        ("WS", HERE, "http://tracker.example", REFUSED),
    ],
)
def test_who_was_let_in_must_ask_in_our_name_and_from_our_pages(
    guard, behind, cookie, method, client, host, origin, expected
):
    asked = Asked(method, client, headers(host, origin, cookie))
    assert status(guard, asked) == expected
    assert len(behind.asked) == (expected == LET_IN)


@pytest.mark.parametrize("client", [LOOPBACK, PHONE])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "WS"])
@pytest.mark.parametrize("path", ["/", "/_nicegui/static/nicegui.js", "/favicon.ico"])
def test_without_a_cookie_nobody_gets_anything(guard, behind, client, method, path):
    asked = Asked(method, client, headers(origin=f"http://{HERE}"), path)
    assert status(guard, asked) == REFUSED
    assert behind.asked == []


@pytest.mark.parametrize(
    "said",
    [
        "{name}=wrong",
        "{name}=",
        "{name}",
        "tracker_8081={cookie}",
        "other={cookie}; {name}={cookie}x",
        "x{name}={cookie}",
    ],
)
def test_a_wrong_cookie_is_none(guard, cookie, said):
    wrong = (("host", HERE), ("cookie", said.format(name=COOKIE, cookie=cookie)))
    assert status(guard, Asked(headers=wrong)) == REFUSED


def test_cookies_of_other_programs_do_no_harm(guard, cookie):
    theirs = (("host", HERE), ("cookie", 'a[1]="; b'), ("cookie", f"c=d;{COOKIE}=old; {COOKIE}={cookie}"))
    assert status(guard, Asked(headers=theirs)) == LET_IN


def test_two_hosts_or_origins_are_none(guard, cookie):
    twice = headers(cookie=cookie) + headers()
    assert status(guard, Asked(headers=twice)) == NO_HOST
    twice = (*headers(origin=f"http://{HERE}", cookie=cookie), ("origin", f"http://{HERE}"))
    assert status(guard, Asked(headers=twice)) == REFUSED


def test_a_websocket_is_refused_before_it_is_accepted(guard):
    asked = Asked("WS", PHONE, headers(origin=f"http://{HERE}"))
    assert answers(guard, asked) == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("method", ["HEAD", "POST", "WS"])
def test_a_token_is_spent_by_get_only(guard, tickets, method):
    token = tickets.issue()
    asked = Asked(method, PHONE, headers(origin=f"http://{HERE}"), query=f"token={token}")
    assert status(guard, asked) == REFUSED
    assert tickets.spend(token)


def test_a_token_is_not_spent_under_a_foreign_name(guard, tickets):
    token = tickets.issue()
    assert status(guard, Asked(headers=headers("tracker.example"), query=f"token={token}")) == NO_HOST
    assert tickets.spend(token)


@pytest.fixture
def browser(guard):
    """Make a browser with a cookie jar of its own, on the phone."""

    def make(**options):
        transport = httpx.ASGITransport(guard, client=(PHONE, 50000))
        return httpx.AsyncClient(transport=transport, base_url=f"http://{THERE}", **options)

    return make


async def test_a_token_lets_one_browser_in(browser, behind, tickets):
    token = tickets.issue()
    async with browser() as phone, browser() as other:
        come_in = await phone.get(f"/live?token={token}&side=left")
        assert come_in.status_code == LET_IN
        assert behind.asked == []
        assert f'url=http://{THERE}/live?side=left"' in come_in.text
        assert token not in come_in.text
        assert come_in.headers["cache-control"] == "no-store"
        assert set(come_in.headers["set-cookie"].split("; ")[1:]) == {"HttpOnly", "SameSite=Strict", "Path=/"}
        assert (await phone.get("/live?side=left")).text == "inside"
        assert (await other.get("/live?side=left")).status_code == REFUSED
        refused = await other.get(f"/live?token={token}")
        assert refused.status_code == REFUSED
        assert "Scan the QR code anew" in refused.text
        assert "set-cookie" not in refused.headers


async def test_who_is_in_and_opens_the_address_again_only_goes_on(browser, tickets):
    token, unused = tickets.issue(), tickets.issue()
    async with browser() as phone:
        await phone.get("/", params={"token": token})
        for again in (token, unused):
            answer = await phone.get("/", params={"token": again})
            assert f'url=http://{THERE}/"' in answer.text
            assert "set-cookie" not in answer.headers
    assert tickets.spend(unused)


async def test_over_tls_the_cookie_is_secure(behind, tickets):
    guard = Guard(behind, Door(PORT, tls=True), tickets)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url=f"https://{HERE}") as phone:
        answer = await phone.get("/", params={"token": tickets.issue()})
    assert "Secure" in answer.headers["set-cookie"].split("; ")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("//tracker.example/", f'url=http://{THERE}//tracker.example/"'),
        ('/"><script>', f'url=http://{THERE}/%22%3E%3Cscript%3E"'),
    ],
)
def test_a_path_leads_nowhere_else(guard, tickets, path, shown):
    asked = Asked("GET", PHONE, headers(THERE), path, f"token={tickets.issue()}")
    body = answers(guard, asked)[1]["body"].decode()
    assert shown in body
    assert "<script>" not in body


def test_the_server_may_start_and_stop_the_app(guard, behind):
    asyncio.run(guard({"type": "lifespan"}, None, None))
    assert behind.asked == [("lifespan", None)]


NOT_GOOD = Tickets()
SPENT = NOT_GOOD.issue()
ELSEWHERE = NOT_GOOD.spend(SPENT)  # a cookie of another run of the program

HOSTS = st.sampled_from([HERE, THERE, f"localhost:{PORT}", f"[::1]:{PORT}", "tracker.example"])
WORDS = st.one_of(
    st.sampled_from(["", SPENT, ELSEWHERE, ELSEWHERE[:-1], COOKIE]),
    st.text(st.characters(max_codepoint=255), max_size=30),
)
COOKIES = st.builds("{}={}".format, st.sampled_from([COOKIE, "other"]), WORDS)


@st.composite
def refused(draw):
    """Draw a request of somebody who has no good token and no good cookie, whatever else is right."""
    host = draw(HOSTS | WORDS)
    origins = draw(st.lists(st.just(f"http://{host}") | WORDS, max_size=2))
    said = [("host", host), *(("origin", origin) for origin in origins)]
    return Asked(
        draw(st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "WS"])),
        draw(st.sampled_from([LOOPBACK, PHONE, "::1", "203.0.113.9"])),
        (*said, *(("cookie", cookie) for cookie in draw(st.lists(COOKIES, max_size=3)))),
        draw(st.text(max_size=20).map("/{}".format)),
        draw(st.builds("{}={}".format, st.sampled_from(["token", "TOKEN", "other&token"]), WORDS)),
    )


@settings(max_examples=300, deadline=None)
@given(refused())
def test_without_a_good_token_or_cookie_nobody_reaches_the_app(asked):
    behind, tickets = Behind(), Tickets()
    waiting = tickets.issue()
    assert status(Guard(behind, DOOR, tickets), asked) in (NO_HOST, REFUSED)
    assert behind.asked == []
    assert tickets.spend(waiting)
