"""The addresses of the review pages."""

from __future__ import annotations

from urllib.parse import quote, urlencode

SESSION, SET, EXPORT, REPORT = (
    "/session/{name}",
    "/session/{name}/set/{number}",
    "/session/{name}/export/{what}",
    "/report",
)
"""As the web app takes them."""


def session_address(name: str) -> str:
    """Write the address of a session's page.

    Examples
    --------
    >>> session_address("an evening?")
    '/session/an%20evening%3F'
    """
    return f"/session/{quote(name, safe='')}"


def set_address(name: str, number: int) -> str:
    """Write the address of a set's page."""
    return f"{session_address(name)}/set/{number}"


def export_address(name: str, what: str) -> str:
    """Write the address of a session's files in some format."""
    return f"{session_address(name)}/export/{what}"


def report_address(**asked: str | int) -> str:
    """Write the address of the report of an athlete, of the sessions that are asked for.

    Examples
    --------
    >>> report_address(athlete="Ana", since="2026-11-01")
    '/report?athlete=Ana&since=2026-11-01'
    """
    return f"{REPORT}{list_address(**asked)[1:]}"


def list_address(**asked: str | int) -> str:
    """Write the address of the list of sessions, with what is asked for.

    Examples
    --------
    >>> list_address(words="left knee", page=2), list_address()
    ('/?words=left+knee&page=2', '/')
    """
    said = {name: value for name, value in asked.items() if value not in ("", 1)}
    return f"/?{urlencode(said)}" if said else "/"
