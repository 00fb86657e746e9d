"""Tickets: one-time tokens that let one browser in each, and the browsers that came in."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from hmac import compare_digest
from secrets import token_urlsafe

TOKEN_LIFE_S = 15 * 60.0
"""Life of an unused token, s: time to fetch a phone; a photo of the screen is worth nothing later."""

TOKENS_ALIVE = 16
"""Unused tokens at a time; a new one ends the oldest. More than a page draws QR codes in a token's life."""

SESSIONS_ALIVE = 64
"""Browsers that are known at a time; a new one ends the oldest. More than look on in any gym."""

_TOKEN_BYTES = 16
"""Chance in a token: 128 bits cannot be guessed, and its QR code still fits into a small terminal."""

_COOKIE_BYTES = 32
"""Chance in a session cookie."""


class Tickets:
    """One-time tokens, and the browsers that came in with one; all are forgotten when the program ends.

    Parameters
    ----------
    now_s
        A clock that never goes back, s.

    Examples
    --------
    >>> tickets = Tickets()
    >>> token = tickets.issue()
    >>> cookie = tickets.spend(token)
    >>> tickets.knows(cookie), tickets.spend(token)
    (True, None)
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._ends_s: dict[str, float] = {}
        self._cookies: deque[str] = deque(maxlen=SESSIONS_ALIVE)

    def issue(self) -> str:
        """Make a token, for one browser and for `TOKEN_LIFE_S`."""
        token = token_urlsafe(_TOKEN_BYTES)
        self._ends_s[token] = self._now_s() + TOKEN_LIFE_S
        for oldest in tuple(self._ends_s)[:-TOKENS_ALIVE]:
            del self._ends_s[oldest]
        return token

    def spend(self, token: str) -> str | None:
        """Take a token and give the cookie of a new session; None when the token is not good (any more)."""
        if not _is_among(token, self._ends_s) or self._ends_s.pop(token) <= self._now_s():
            return None
        cookie = token_urlsafe(_COOKIE_BYTES)
        self._cookies.append(cookie)
        return cookie

    def knows(self, cookie: str) -> bool:
        """Say whether a cookie is that of a session."""
        return _is_among(cookie, self._cookies)


def _is_among(said: str, known: Iterable[str]) -> bool:
    """Compare with each and all of it, so that the time taken says nothing about the secrets."""
    return sum([compare_digest(said.encode(), each.encode()) for each in known]) > 0
