"""Names of athletes: how those are listed who have none, and which was meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from tracker.errors import InputError
from tracker.sensing.marks import as_one

_NEAR = 0.6
"""Likeness from which another name may have been meant: difflib's own."""


def not_known(name: str, known: Iterable[str]) -> InputError:
    """Say that none of the sets is an athlete's, and who may have been meant.

    Examples
    --------
    >>> print(not_known("ana", ["Ana", "Bea"]))
    none of the sets looked at is of ana; did you mean Ana?
    """
    by_sound = {as_one(one).casefold(): one for one in known if one}
    near = [by_sound[key] for key in get_close_matches(as_one(name).casefold(), by_sound, cutoff=_NEAR)]
    advice = f"did you mean {' or '.join(near)}?" if near else "tracker athletes list says who trained"
    return InputError(f"none of the sets looked at is of {name or 'nobody named'}; {advice}")
