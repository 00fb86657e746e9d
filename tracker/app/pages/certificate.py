"""The certificate of the web app, signed by itself: made once, kept beside the settings.

No browser trusts it unasked. Its fingerprint is printed, so that a person can compare it once; from then
on the browser knows it, for it is used again as long as it is valid and names the same addresses.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tracker.archive.files import FOR_OWNER, replace_files
from tracker.archive.settings import settings_file

VALID_FOR = timedelta(days=365)
"""From first to last moment; Apple refuses more than 398 days."""

CLOCKS_APART = timedelta(days=1)
"""The certificate is valid so long before it is made: a phone's clock may be behind."""

LEFT_OVER = timedelta(days=1)
"""One that ends sooner is replaced: it must not end while people train."""

_NAME = "tracker on this computer"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key.

    Attributes
    ----------
    path
        A PEM file with both, the key first; for uvicorn's `ssl_certfile`, which needs no `ssl_keyfile` then.
        One file, because two could be replaced one without the other.
    fingerprint
        Its SHA-256, as browsers show it: pairs of hexadecimal digits with colons.
    """

    path: Path
    fingerprint: str


def certificate_file() -> Path:
    """Where the certificate is kept."""
    return settings_file().with_name("certificate.pem")


def certificate_for(names: Iterable[str], now: datetime | None = None) -> Certificate:
    """Take the kept certificate, or make another where it does not serve.

    Parameters
    ----------
    names
        Names and addresses that it must be valid for.
    now
        The time, with offset; None for the computer's.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    wanted = {_general_name(name) for name in names}
    now = now or datetime.now(UTC)
    path = certificate_file()
    found = _kept(path)
    if found is None or not _serves(found, wanted, now):
        key = ec.generate_private_key(ec.SECP256R1())
        found = _signed(key, sorted(wanted, key=str), now)
        content = _pem(key) + found.public_bytes(Encoding.PEM)
        replace_files({path: content}, FOR_OWNER)
    return Certificate(path, found.fingerprint(SHA256()).hex(":").upper())


def fingerprint_words(certificate: Certificate) -> str:
    """Say in one line what a person must compare, and why.

    Examples
    --------
    >>> print(fingerprint_words(Certificate(Path("certificate.pem"), "0A:FF")))
    the browser will warn about this computer's own certificate; go on only if its SHA-256 is 0A:FF
    """
    return (
        "the browser will warn about this computer's own certificate; "
        f"go on only if its SHA-256 is {certificate.fingerprint}"
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _kept(path: Path) -> x509.Certificate | None:
    """Read the certificate, None where there is none that has names and fits its key."""
    with suppress(
        OSError, ValueError, TypeError, x509.ExtensionNotFound
    ):  # TypeError: the key has a password
        content = path.read_bytes()
        found = x509.load_pem_x509_certificate(content)
        _names_of(found)
        if load_pem_private_key(content, None).public_key() == found.public_key():
            return found
    return None


def _serves(found: x509.Certificate, wanted: set[x509.GeneralName], now: datetime) -> bool:
    in_time = found.not_valid_before_utc <= now <= found.not_valid_after_utc - LEFT_OVER
    return in_time and wanted <= set(_names_of(found))


def _names_of(found: x509.Certificate) -> x509.SubjectAlternativeName:
    return found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def _signed(
    key: ec.EllipticCurvePrivateKey, names: list[x509.GeneralName], now: datetime
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    starts = now - CLOCKS_APART
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(starts + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
