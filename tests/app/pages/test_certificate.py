"""The certificate as a file, and under a real server on 127.0.0.1."""

import asyncio
import hashlib
import os
import socket
import ssl
import stat
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tracker.app.pages.access import Guard
from tracker.app.pages.addresses import Door
from tracker.app.pages.certificate import (
    CLOCKS_APART,
    LEFT_OVER,
    VALID_FOR,
    certificate_file,
    certificate_for,
    fingerprint_words,
)
from tracker.app.pages.tickets import Tickets
from tracker.archive.settings import settings_file
from tracker.errors import InputError

NOW = datetime(2026, 1, 31, 18, 5, tzinfo=UTC)
ENDS = NOW - CLOCKS_APART + VALID_FOR
NAMES = ("127.0.0.1", "localhost", "::1", "192.168.1.7")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_it_lies_beside_the_settings_for_its_owner_only(home):
    assert certificate_for(NAMES).path == certificate_file()
    assert certificate_file().parent == settings_file().parent
    assert [path.name for path in home.iterdir()] == ["certificate.pem"]
    if os.name == "posix":
        assert stat.S_IMODE(certificate_file().stat().st_mode) == 0o600


def test_it_says_what_browsers_ask_for():
    certificate_for(NAMES, NOW)
    made = x509.load_pem_x509_certificate(certificate_file().read_bytes())
    named = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in named} == set(NAMES)
    assert made.public_key().curve.name == "secp256r1"
    assert made.not_valid_before_utc < NOW
    assert made.not_valid_after_utc - made.not_valid_before_utc <= timedelta(days=365)


@pytest.mark.parametrize(
    ("names", "now", "is_kept"),
    [
        (NAMES, NOW, True),
        (NAMES[:2], NOW + timedelta(days=200), True),
        (reversed(NAMES), ENDS - LEFT_OVER, True),
        (NAMES, ENDS - LEFT_OVER + timedelta(seconds=1), False),
        (NAMES, NOW - timedelta(days=30), False),
        ((*NAMES, "10.0.0.4"), NOW, False),
    ],
)
def test_it_is_used_again_while_it_serves(names, now, is_kept):
    first = certificate_for(NAMES, NOW)
    assert (certificate_for(names, now) == first) == is_kept
    assert certificate_for(NAMES[:1], now).fingerprint == certificate_for(NAMES[:1], now).fingerprint


def with_password(content, _):
    key = load_pem_private_key(content, None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    return foreign_key(content, locked)


def nameless(content, _):
    key = load_pem_private_key(content, None)
    made = x509.CertificateBuilder().serial_number(1).public_key(key.public_key())
    made = made.subject_name(x509.Name([])).issuer_name(x509.Name([]))
    made = made.not_valid_before(NOW).not_valid_after(ENDS).sign(key, SHA256())
    return content.partition(b"-----BEGIN CERTIFICATE-----")[0] + made.public_bytes(Encoding.PEM)


def foreign_key(content, other):
    """Put the key of another certificate before this one."""
    begins = b"-----BEGIN CERTIFICATE-----"
    return other.partition(begins)[0] + begins + content.partition(begins)[2]


@pytest.mark.parametrize(
    "damage",
    [
        lambda *_: b"",
        lambda *_: b"something else",
        lambda content, _: content[: len(content) // 2],
        lambda content, _: content[content.index(b"-----BEGIN CERTIFICATE") :],
        foreign_key,
        with_password,
        nameless,
    ],
)
def test_a_damaged_one_is_replaced(damage):
    other = certificate_for(NAMES, NOW).path.read_bytes()
    certificate_file().unlink()
    first = certificate_for(NAMES, NOW)
    certificate_file().write_bytes(damage(certificate_file().read_bytes(), other))
    again = certificate_for(NAMES, NOW)
    assert again.fingerprint != first.fingerprint
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(again.path)


def test_a_folder_that_cannot_be_made_is_told(home):
    home.write_text("a file, and no folder")
    with pytest.raises(InputError, match=r"certificate\.pem cannot be written"):
        certificate_for(NAMES)


def test_the_fingerprint_is_said_as_browsers_show_it():
    certificate = certificate_for(NAMES)
    assert certificate.fingerprint in fingerprint_words(certificate)
    assert len(certificate.fingerprint.split(":")) == 32


async def app(scope, _receive, send):
    assert scope["scheme"] == "https"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]})
    await send({"type": "http.response.body", "body": b"inside"})


@asynccontextmanager
async def served(certificate, tickets):
    """Serve the app behind its guard, encrypted, on a free port of 127.0.0.1; gives the door."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        door = Door(listening.getsockname()[1], tls=True)
        config = uvicorn.Config(
            Guard(app, door, tickets),
            ssl_certfile=certificate.path,
            lifespan="off",
            ws="none",
            log_level="error",
            proxy_headers=False,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        listening.listen()
        yield door
        server.should_exit = True
        await serving


def trusting(certificate):
    """Make a client's context that trusts this certificate only, and asks for all that a strict one may."""
    context = ssl.create_default_context(cafile=certificate.path)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


async def test_a_client_that_trusts_just_it_connects_and_checks_the_name():
    certificate, tickets = certificate_for(NAMES), Tickets()
    async with served(certificate, tickets) as door:
        context = trusting(certificate)
        for name in NAMES:
            _, stream = await asyncio.open_connection(
                "127.0.0.1", door.port, ssl=context, server_hostname=name
            )
            seen = stream.get_extra_info("ssl_object").getpeercert(binary_form=True)
            assert hashlib.sha256(seen).digest().hex(":").upper() == certificate.fingerprint
            stream.close()
            await stream.wait_closed()
        async with httpx.AsyncClient(verify=context) as browser:
            assert (await browser.get(door.url())).status_code == 403
            come_in = await browser.get(door.url(token=tickets.issue()))
            assert "; Secure" in come_in.headers["set-cookie"]
            assert (await browser.get(door.url())).text == "inside"


@pytest.mark.parametrize("name", ["tracker.example", "192.168.1.8"])
async def test_another_name_is_not_believed(name):
    certificate = certificate_for(NAMES)
    async with served(certificate, Tickets()) as door:
        with pytest.raises(ssl.SSLCertVerificationError, match=r"mismatch|not valid for"):
            await asyncio.open_connection(
                "127.0.0.1", door.port, ssl=trusting(certificate), server_hostname=name
            )


async def test_who_does_not_trust_it_does_not_connect():
    async with served(certificate_for(NAMES), Tickets()) as door:
        with pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
            await asyncio.open_connection("127.0.0.1", door.port, ssl=ssl.create_default_context())
