"""What is text: names of files, and what is typed, may hold bytes that are no letters."""

from __future__ import annotations


def is_text(said: str) -> bool:
    r"""Whether all of it are letters.

    Examples
    --------
    >>> is_text("caf\u00e9"), is_text("caf\udce9")
    (True, False)
    """
    return whole_letters(said) == said


def whole_letters(said: str) -> str:
    """Put a question mark for what is no letter."""
    return said.encode("utf-8", "replace").decode()
