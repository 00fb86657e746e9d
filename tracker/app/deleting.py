"""Everything about one athlete deleted, after it was said what that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tracker.app.athletes import (
    amount_words,
    complain_of_busy,
    complain_of_unreadable,
    cut_off_words,
    look,
    sessions_of,
)
from tracker.app.terminal import Terminal
from tracker.archive.athletes import People, corrected_names
from tracker.archive.deleting import Deletion, cut_off_deletion, delete
from tracker.archive.holdings import holdings, is_being_recorded
from tracker.archive.settings import deletion_note, library_index, load_sensors, sessions_folder
from tracker.errors import InputError
from tracker.sensing.marks import as_one

_UNASKED = "nothing was deleted: without a terminal to ask in, say --yes"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What goes, and what stays though it is the athlete's."""

    going: tuple[People, ...]
    shared: tuple[People, ...]
    busy: tuple[People, ...]
    left_over: tuple[Path, ...]  # of a deletion that was cut off

    @property
    def files(self) -> tuple[Path, ...]:
        """What goes."""
        of_sessions = (file for one in self.going for file in one.holding.files)
        return (*of_sessions, *self.left_over)


def delete_athlete(terminal: Terminal, name: str, *, agreed: bool, with_shared: bool) -> int:
    """Delete all files of an athlete's sessions.

    Parameters
    ----------
    terminal
        Where it is said what would go, and asked whether it is to.
    name
        Whose.
    agreed
        Whether not to ask.
    with_shared
        Whether to delete sessions, too, in which others have sets, or that cannot be read in full.

    Returns
    -------
    int
        How many sessions that are the athlete's, or may be, are still there.

    Raises
    ------
    InputError
        If no name is given, the athlete has no session, nobody can be asked, or the disk refuses.
    """
    if not as_one(name):  # a script's variable that is not set would delete all sessions of nobody named
        raise InputError("an empty name is nobody's; say whose sessions are to be deleted")
    cut_off = cut_off_deletion(deletion_note())
    if cut_off and as_one(cut_off.athlete) != as_one(name):
        raise InputError(cut_off_words(cut_off.athlete))
    sessions = look(terminal)
    left = complain_of_unreadable(terminal, [one for one in sessions if not one.includes(name)])
    left += _complain_of_names(terminal, name, sessions) + _complain_of_strays(terminal, name, cut_off)
    plan = _plan(name, sessions, cut_off, with_shared=with_shared)
    left += _complain_of_left(terminal, name, plan) + _complain_of_links(terminal, plan)
    if plan.files or cut_off:
        _say_plan(terminal, name, plan)
        if agreed or terminal.agrees(f"delete all this of {name}?", _UNASKED):
            left += _delete(terminal, name, plan)
        else:
            terminal.say("nothing was deleted")
    return left


def _plan(name: str, sessions: Sequence[People], cut_off: Deletion | None, *, with_shared: bool) -> _Plan:
    own = [one for one in sessions if one.includes(name)] if cut_off else sessions_of(name, sessions)
    named = [sessions_folder() / file for file in cut_off.files] if cut_off else []
    _require_rest([one for one in sessions if set(named) & set(one.holding.files)])
    busy = [one for one in own if is_being_recorded(one.holding.recordings)]
    free = [one for one in own if one not in busy]
    asked = [one for one in free if not set(one.holding.recordings) <= set(named)]  # the rest was agreed to
    shared = [] if with_shared else [one for one in asked if one.trouble or one.others(name)]
    going = [one for one in free if one not in shared]
    known = {file for one in (*going, *shared) for file in one.holding.files}
    left_over = [path for path in named if path.is_file() and path not in known]
    return _Plan(tuple(going), tuple(shared), tuple(busy), tuple(left_over))


def _require_rest(going_before: Sequence[People]) -> None:
    """Refuse to end a deletion while a session goes on of which it has a file; the note of it stays."""
    for one in going_before:
        if is_being_recorded(one.holding.recordings):
            raise InputError(f"{one.holding.name} is being recorded right now; delete again afterwards")


def _complain_of_names(terminal: Terminal, name: str, sessions: Sequence[People]) -> int:
    """Tell the sessions of others that name the athlete; give how many."""
    naming = [one for one in sessions if one.only_names(name)]
    for one in naming:
        others = " and ".join(one.others(name))
        terminal.complain(f"{one.holding.name} names {name}, but what it holds is of {others}; left as it is")
    return len(naming)


def _complain_of_strays(terminal: Terminal, name: str, cut_off: Deletion | None) -> int:
    """Tell the corrections beside which no recording lies and that name the athlete; give how many."""
    _, others = holdings(sessions_folder())
    going = cut_off.files if cut_off else ()
    strays = [file for file in others if file.name not in going and as_one(name) in corrected_names([file])]
    for file in strays:
        terminal.complain(f"{file.name} names {name}, and no recording lies beside it; left as it is")
    return len(strays)


def _complain_of_links(terminal: Terminal, plan: _Plan) -> int:
    """Tell the files that lie elsewhere, of which only the link goes; give how many."""
    links = [file for file in plan.files if file.is_symlink()]
    for file in links:
        terminal.complain(f"{file.name} is a link; {file.resolve()}, to which it leads, is not deleted")
    return len(links)


def _complain_of_left(terminal: Terminal, name: str, plan: _Plan) -> int:
    """Tell the sessions of the athlete that stay, and why; give how many."""
    for one in plan.shared:
        others = " and ".join(one.others(name))
        why = f"is of {others}, too" if others else f"may be of others, too ({one.trouble})"
        whole = "its raw data is one stream, left whole; --with-shared deletes all of it"
        terminal.complain(f"{one.holding.name} {why}: {whole}")
    return len(plan.shared) + complain_of_busy(terminal, [one.holding for one in plan.busy])


def _say_plan(terminal: Terminal, name: str, plan: _Plan) -> None:
    size = sum(file.stat().st_size for file in plan.files)
    days = sorted(one.day for one in plan.going if one.day)
    when = f"{days[0]} to {days[-1]}" if days else "days not known"
    terminal.say(f"of {name}: {amount_words(len(plan.going), len(plan.files), size)}, {when}")
    for one in plan.going:
        files = ", ".join(file.name for file in one.holding.files)
        whole = f", with what is of {' and '.join(others)}" if (others := one.others(name)) else ""
        terminal.say(f"  {one.holding.name}{whole}: {files}")
    if plan.left_over:
        terminal.say(f"  cut off before: {', '.join(file.name for file in plan.left_over)}")


def _delete(terminal: Terminal, name: str, plan: _Plan) -> int:
    """Delete it, and say what that does not delete; give how many sessions have begun to go on meanwhile."""
    busy = [one for one in plan.going if is_being_recorded(one.holding.recordings)]
    plan = replace(plan, going=tuple(one for one in plan.going if one not in busy))
    deletion = Deletion(name, tuple(file.name for file in plan.files))
    delete(deletion, sessions_folder(), deletion_note(), library_index())
    terminal.say("deleted; exports, backups, and what a disk keeps of deleted files, are beyond tracker")
    for sensor in load_sensors():
        if as_one(name).casefold() in as_one(sensor.nickname).casefold():
            terminal.say(f"note: a sensor is still called {sensor.nickname}; tracker sensors rename mends it")
    return complain_of_busy(terminal, [one.holding for one in busy])
