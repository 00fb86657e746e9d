"""How many of something, in words."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """Write how many there are; `many` where the plural is not that of "set".

    Examples
    --------
    >>> counted(1, "set"), counted(2, "set"), counted(0, "try", "tries")
    ('1 set', '2 sets', '0 tries')
    """
    return f"{count} {one if count == 1 else many or f'{one}s'}"
