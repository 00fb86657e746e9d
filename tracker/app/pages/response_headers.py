"""The headers that every answer of the web app carries: what a browser must not do with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from starlette.types import Message, Send

Header: TypeAlias = tuple[bytes, bytes]

_CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",  # NiceGUI's page is one; Vue compiles templates
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",  # websockets, too: Chromium since 71, Firefox, Safari since 16
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "object-src": "'none'",
}
"""Nothing comes from another host or goes to one."""

_FEATURES = {
    "screen-wake-lock": "(self)",  # the screen stays on during a set
    "autoplay": "(self)",  # a cue is heard without a touch
} | dict.fromkeys(
    (
        "accelerometer",
        "camera",
        "clipboard-read",
        "clipboard-write",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "gamepad",
        "geolocation",
        "gyroscope",
        "hid",
        "idle-detection",
        "local-fonts",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "publickey-credentials-create",
        "publickey-credentials-get",
        "serial",
        "usb",
        "window-management",
        "xr-spatial-tracking",
    ),
    "()",
)
"""What of the device a page may use. Each is named: a browser allows what a policy leaves out."""

_ALWAYS = {
    b"content-security-policy": "; ".join(f"{key} {said}" for key, said in _CONTENT_SECURITY_POLICY.items()),
    b"permissions-policy": ", ".join(f"{feature}={who}" for feature, who in _FEATURES.items()),
    b"referrer-policy": "no-referrer",
    b"x-content-type-options": "nosniff",
}

_WHERE_SECURE = {b"cross-origin-opener-policy": "same-origin"}
"""Elsewhere Chromium ignores it, and puts an error into the page's console."""

_UNLESS_SAID = {b"cache-control": "no-store"}
"""NiceGUI says of its own static files that they may be kept; nothing else may."""


def guarded(send: Send, *, is_secure: bool) -> Send:
    """Give a `send` that puts the headers onto the beginning of every answer.

    An app's own header of the same name is replaced, except what it says about caching.

    Parameters
    ----------
    send
        Where answers go.
    is_secure
        Whether the browser holds the page for a secure one; see `Door.is_secure`.
    """
    ours = _ALWAYS | (_WHERE_SECURE if is_secure else {})

    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _joined(message.get("headers", ()), ours)}
        await send(message)

    return send_guarded


def _joined(theirs: Iterable[Header], ours: dict[bytes, str]) -> list[Header]:
    kept = [(name, said) for name, said in theirs if name.lower() not in ours]
    names = {name.lower() for name, _ in kept}
    missing = {name: said for name, said in _UNLESS_SAID.items() if name not in names}
    return kept + [(name, said.encode()) for name, said in (ours | missing).items()]
