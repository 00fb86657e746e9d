"""How fast the library is: listed when nothing has changed, and made from nothing.

As in `test_speed`: printed beside its bar, never asserted.
"""

import os
from dataclasses import replace
from time import perf_counter

import pytest

from tracker.archive.index import Index
from tracker.archive.index_file import opened
from tracker.archive.inventory import families
from tracker.archive.library import Library
from tracker.archive.listing import name_of, read_row
from tracker.archive.news import news_of
from tracker.archive.search import Search

LISTED = 5_000
LISTED_BAR_S = 0.5

REBUILT = 60
REBUILT_BAR = 10.0
"""Twelve-minute sessions a second, on two cores."""


def many(folder, recording, count):
    """A folder of sessions as `train` leaves them, all of one recording, so that the disk has room."""
    folder.mkdir()
    for number in range(count):
        os.link(recording, folder / f"session_{number:04}.arrows")
        for ending in ("edits.jsonl", "reps.csv", "sets.csv", "sides.csv", "balance.csv", "motions.csv"):
            (folder / f"session_{number:04}.{ending}").touch()
    return folder


def in_pairs(row):
    """The row as it would be with both legs: every other set, and half of the measures each."""
    [side] = row.sides
    return replace(row, sides=(side, side))


def test_listing_many_sessions(benchmark, twelve_minutes, tmp_path, say):
    folder = many(tmp_path / "sessions", twelve_minutes.path, LISTED if benchmark.enabled else 20)
    path = tmp_path / "library.sqlite"
    row = in_pairs(read_row(twelve_minutes.path))
    connection = opened(folder, path).connection
    index = Index(folder, connection)
    for found, seen in news_of(families(folder).values(), [], folder).stale.items():
        index.put(replace(row, name=name_of(found.file), file=found.file), seen)
    index.close()

    def listed():
        with Library(folder, path) as library:
            assert library.refresh().analysed == ()
            return library.sessions()

    rows = benchmark.pedantic(listed, rounds=9 if benchmark.enabled else 1, warmup_rounds=1)
    assert len(rows) == len(list(folder.glob("*.arrows")))
    assert repr(rows[0].sets) == repr(row.sets).replace(row.name, rows[0].name)
    if benchmark.enabled:
        stats = benchmark.stats.stats
        say(
            f"{LISTED} sessions are listed in {stats.median:.2f} s at the median, {stats.min:.2f} s at best "
            f"(index opened, folder compared, rows read); the bar is {LISTED_BAR_S:g} s"
        )


def test_looking_at_every_set_of_many_sessions(benchmark, twelve_minutes, tmp_path, say):
    folder = many(tmp_path / "sessions", twelve_minutes.path, 20)
    with Library(folder, None, processes=1) as library:
        library.refresh()

        def looked_at():
            return sum(len(row.sets) + len(row.sides) for row in library.sessions(Search("session")))

        rounds = 9 if benchmark.enabled else 1
        assert benchmark.pedantic(looked_at, rounds=rounds, warmup_rounds=1) == 20 * (8 + 1)
    if benchmark.enabled:
        each_ms = benchmark.stats.stats.median / 20 * 1e3
        say(f"who looks at all sets and measures of a session waits for {each_ms:.2f} ms more")


@pytest.mark.slow
def test_rebuilding_the_index(benchmark, twelve_minutes, tmp_path, say):
    folder = many(tmp_path / "sessions", twelve_minutes.path, REBUILT if benchmark.enabled else 14)
    loaded_rates = []

    def rebuilt():
        times_s = []
        done = library.rebuild(lambda *_: times_s.append(perf_counter()))
        loaded_rates.append((len(times_s) - 4) / (times_s[-1] - times_s[3]))
        return done

    with Library(folder, tmp_path / "library.sqlite", processes=2) as library:
        done = benchmark.pedantic(rebuilt, rounds=3 if benchmark.enabled else 1)
        rows = library.sessions()
    assert len(done.analysed) == len(rows)
    assert {sum(one.reps for one in row.sets) for row in rows} == {twelve_minutes.reps}
    if benchmark.enabled:
        stats = benchmark.stats.stats
        best, usual = REBUILT / stats.min, REBUILT / stats.median
        say(
            f"the index is made anew of {REBUILT} twelve-minute sessions at {best:.1f} a second at best, "
            f"{usual:.1f} at the median, {max(loaded_rates):.1f} once two processes are loaded; "
            f"the bar is {REBUILT_BAR:g}"
        )
