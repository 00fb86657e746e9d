"""What the accuracy page says, on hand-made examples; the figures themselves are not tested."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from tests.accuracy import __main__ as command
from tests.accuracy.data import PROJECT, Recording, load_score, score_file, shared_folder
from tests.accuracy.figures import mistake_table, short_table
from tests.accuracy.judgements import confidence_table
from tests.accuracy.scoring import Asked, Candidate, Matching, Mistakes, Scored
from tests.accuracy.summary import Group, Summary
from tests.accuracy.tables import Figure, Table, as_markdown, as_text, at_least, at_most, with_bars

SETS = pd.DataFrame({"set": ["1"], "t_start_s": ["9"], "t_end_s": ["31"]})


@pytest.fixture(scope="module")
def score() -> ModuleType:
    shared = shared_folder()
    if shared is None:
        pytest.skip("the scoring lies in the shared folder: set TRACKER_SHARED")
    return load_score(score_file(shared))


def labelled(*tops_s: float, partial: Sequence[float] = (), lost: Sequence[float] = ()) -> pd.DataFrame:
    """Labels as score.py reads them: a second of hold at each top."""
    rows = [
        {
            "set": "1",
            "counts": "0" if top_s in partial else "1",
            "t_top_s": str(top_s),
            "t_leave_top_s": str(top_s + 1),
            "received": "0.1" if top_s in lost else "1.0",
            "longest_gap_s": "0.02",
        }
        for top_s in tops_s
    ]
    return pd.DataFrame(rows)


def counted(*tops_s: float) -> pd.DataFrame:
    return pd.DataFrame({"counted": "yes", "t_top_s": list(map(str, tops_s))})


def scored(score: ModuleType, labels: pd.DataFrame, found: pd.DataFrame) -> Scored:
    outcome = score.score_recording(labels, SETS, found, pd.DataFrame())
    asked = {"missed_lockout": Asked(0, 0)}
    mistakes = Matching(score, labels, found).mistakes()
    return Scored(Recording(Path(), "clean__s1"), outcome, asked, 0, mistakes, (), ())


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Figure(0.9979, 3, bar=at_least(0.998)), ("0.998", "at least 0.998", "NO")),
        (Figure(0.998, 3, bar=at_least(0.998)), ("0.998", "at least 0.998", "yes")),
        (Figure(25.0, unit=" ms", bar=at_most(25)), ("25 ms", "at most 25 ms", "yes")),
        (Figure(math.nan, unit=" ms", bar=at_most(25)), ("-", "at most 25 ms", "NO")),
        (Figure(-0.001, 2), ("0.00", "", "")),
    ],
)
def test_a_figure_stands_beside_its_bar(figure: Figure, said: tuple[str, ...]) -> None:
    assert with_bars("name", figure) == ("name", *said)


def test_a_missed_bar_is_marked_on_the_page_and_on_the_terminal() -> None:
    median, p95 = Figure(8.0, bar=at_most(25)), Figure(266.0, bar=at_most(100))
    table = Table("Times", ("border", "median", "95 %", "bars", "reached"), (with_bars("top", median, p95),))
    assert as_markdown(table).splitlines()[-1] == "| top | 8 | 266 | at most 25; at most 100 | NO: 266 |"
    assert as_text(table).splitlines() == [
        "== Times ==",
        "border  median  95 %                     bars  reached",
        "top          8   266  at most 25; at most 100  NO: 266",
    ]


def test_confidence_is_counted_in_bands() -> None:
    motions = (
        Candidate(0.0, counted=False, is_rep=False),
        Candidate(0.5, counted=True, is_rep=False),
        Candidate(0.74, counted=True, is_rep=True),
        Candidate(0.75, counted=True, is_rep=True),
        Candidate(1.0, counted=False, is_rep=True),
    )
    one = Scored(Recording(Path(), "clean__s1"), ({}, {}, {}), {}, 0, Mistakes((), (), ()), (), motions)
    assert confidence_table([one]).rows == (
        ("0 to 0.1", "1", "0", "0", "0.0 %"),
        ("0.1 to 0.25", "0", "0", "0", "-"),
        ("0.25 to 0.5", "0", "0", "0", "-"),
        ("0.5 to 0.75", "2", "2", "1", "50.0 %"),
        ("0.75 to 0.9", "1", "1", "1", "100.0 %"),
        ("0.9 to 1", "1", "0", "1", "100.0 %"),
    )


@pytest.mark.shared
def test_mistakes_are_those_that_the_scoring_counts(score: ModuleType) -> None:
    labels = labelled(10.0, 14.0, 18.0, 22.0, 26.0, partial=[18.0], lost=[22.0, 26.0])
    one = scored(score, labels, counted(10.2, 18.5, 22.1, 40.0))
    assert one.mistakes == Mistakes(missed=(14.0,), ghosts=(40.0,), partials=(18.5,))
    counts = one.outcome[0]
    assert counts["true"] - counts["hit"] == counts["ghosts"] == counts["partials_counted"] == 1
    assert mistake_table([one]).rows == (("clean__s1", "14.0", "40.0", "18.5"),)


@pytest.mark.shared
def test_spread_within_a_set_knows_nothing_of_an_error_that_all_share(score: ModuleType) -> None:
    matching = Matching(score, labelled(10.0, 14.0, 18.0), counted(10.0, 14.0, 18.0))
    assert matching.spreads_in_sets([5.0, 5.0, 5.0]) == (0.0,)
    assert matching.spreads_in_sets([4.0, 5.0, 6.0]) == (1.0,)
    assert matching.spreads_in_sets([4.0, 5.0, math.nan]) == ()


@pytest.mark.shared
def test_everything_right_reaches_the_bars_of_counting(score: ModuleType) -> None:
    def summarise(group: Group) -> Summary:
        return Summary(score, group)

    one = scored(score, labelled(10.0, 14.0), counted(10.0, 14.0))
    *counting, _top, _lockout = short_table([one], summarise).rows
    assert [row[-1] for row in counting] == ["yes", "yes", "yes"]


def test_without_the_shared_folder_there_is_one_line_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRACKER_SHARED", str(tmp_path))
    assert command.main() == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_readme_quotes_the_page() -> None:
    section = (PROJECT / "README.md").read_text().partition("\n## Accuracy\n")[2].partition("\n## ")[0]
    quoted = [line for line in section.splitlines() if line.startswith("|")]
    assert len(quoted) == 7, "a head, a ruler and five figures"
    page = (PROJECT / "ACCURACY.md").read_text().splitlines()
    assert [line for line in quoted if line not in page] == [], "copy the table In short into the README"
