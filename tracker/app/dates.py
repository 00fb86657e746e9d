"""Dates as people type them."""

from __future__ import annotations

from datetime import datetime

from tracker.errors import InputError


def moment_of(said: str, option: str) -> datetime:
    """Read a date or time, local where it names no time zone.

    Parameters
    ----------
    said
        What was typed.
    option
        Where; it is named when it is no date.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return datetime.fromisoformat(said).astimezone()
    except (ValueError, OverflowError, OSError):
        raise InputError(f"{option} {said!r} is no date; write it like 2026-11-01") from None
