"""The library in several threads: no one meets an index that another has closed."""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from tracker.archive.index import Index
from tracker.archive.index_file import opened
from tracker.archive.library import Library
from tracker.archive.search import EVERYTHING

RECORDING = Path(__file__).parents[2] / "recordings" / "rocking.arrows"


def test_an_index_is_closed_only_after_who_reads_it(tmp_path):
    index = Index(tmp_path, opened(tmp_path, None).connection)
    closer = threading.Thread(target=index.close)
    with index._lock:  # as who reads holds it
        closer.start()
        closer.join(0.05)
        assert closer.is_alive()
    closer.join()
    with pytest.raises(sqlite3.ProgrammingError):
        index.seen()


def test_who_was_with_the_index_that_another_thread_replaced_goes_on_with_the_new_one(tmp_path):
    shutil.copy(RECORDING, tmp_path / "rocking.arrows")
    with Library(tmp_path, None) as library:
        library.refresh()
        first = True

        def work(index: Index) -> int:
            nonlocal first
            if first:
                first = False
                replacing = threading.Thread(
                    target=library._open_another, args=(index, sqlite3.DatabaseError("spoilt"))
                )
                replacing.start()
                replacing.join()
            return len(index.rows(EVERYTHING))

        assert library._with_index(work, of_all=True) == 1


def test_two_threads_that_meet_one_damage_replace_the_index_once(tmp_path):
    with Library(tmp_path, tmp_path / "library.sqlite") as library:
        damaged = library._index
        library._open_another(damaged, sqlite3.DatabaseError("spoilt"))
        anew = library._index
        library._open_another(damaged, sqlite3.DatabaseError("spoilt"))
        assert library._index is anew
        assert library.notes == ()
