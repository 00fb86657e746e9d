"""What lies in a folder against what its index knows: sessions to analyse, to leave, and to forget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from os import fsencode
from pathlib import Path

from tracker.archive.code_version import code_version
from tracker.archive.index import Seen
from tracker.archive.inventory import Family, Found, sessions_of
from tracker.archive.listing import name_of


@dataclass(frozen=True, slots=True)
class News:
    """What has changed.

    Attributes
    ----------
    stale
        The sessions that are new or have changed, and what they are like now.
    same
        Sessions that are as they were, while a file that is named alike has changed.
    gone
        Names of sessions that are not there any more.
    """

    stale: dict[Found, Seen] = field(default_factory=dict)
    same: list[Seen] = field(default_factory=list)
    gone: list[bytes] = field(default_factory=list)

    def compare(self, family: Family, before: Iterable[Seen], folder: Path) -> None:
        """Compare files that are named alike with the sessions that were read from such."""
        code, family_name = code_version(), fsencode(family.name)
        family_state = f"{code}\n{family.state}"
        known = {one.name: one for one in before}
        if known and all(one.family_state == family_state for one in known.values()):
            return
        for found in sessions_of(family, folder):
            name = fsencode(name_of(found.file))
            now = Seen(name, family_name, family_state, f"{code}\n{found.state}")
            old = known.pop(name, None)
            if old and old.state == now.state:
                self.same.append(now)
            else:
                self.stale[found] = now
        self.gone.extend(known)


def news_of(there: Iterable[Family], seen: Iterable[Seen], folder: Path) -> News:
    """Tell what has changed.

    Parameters
    ----------
    there
        What lies in the folder.
    seen
        What the index knows.
    folder
        The folder.
    """
    known: dict[bytes, list[Seen]] = {}
    for one in seen:
        known.setdefault(one.family, []).append(one)
    news = News()
    for family in there:
        news.compare(family, known.pop(fsencode(family.name), ()), folder)
    news.gone.extend(one.name for left in known.values() for one in left)
    return news
