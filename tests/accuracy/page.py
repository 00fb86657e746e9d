"""The page ACCURACY.md, and the same tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from tests.accuracy.counts import count_table, far_off_table, rest_table
from tests.accuracy.figures import (
    measure_table,
    mistake_table,
    rep_table,
    scenario_table,
    set_table,
    short_table,
    time_table,
    travel_table,
)
from tests.accuracy.judgements import confidence_table, judgement_table, sliding_table
from tests.accuracy.scoring import FEWEST_FOR_SPREAD, Counted
from tests.accuracy.summary import Group, Summary
from tests.accuracy.tables import Table, as_markdown, as_text

HEAD = """# Accuracy

How near the tracker comes to labelled recordings. `make accuracy` analyses all of them, prints these tables
and writes this page; do not edit it by hand. The recordings are not part of the project: the command looks
for them in the folder that `TRACKER_SHARED` names, or in `../shared`."""

LIMITS = """## What the figures do not prove

- **No human hip thrust was measured.** The thrusts come from a physics simulation of a lifter, a loose
  dumbbell and a sensor on it. How people move, how a clip holds and how a dumbbell rests on soft tissue
  are guesses.
- **The rules were developed on these same recordings**, so the figures are better than those of new
  recordings would be, by an amount that nobody knows.
- The recordings of people are other lifts, with the sensor on the wrist, and only their number of reps is
  known. They test counting for another lift (`any_lift`); they say nothing about thrusts, times, lockout or
  rocking.
- How often something goes wrong in these recordings was chosen; at home it happens more often or less.
- Some bars hold for few cases (see the numbers beside them): one case more or less moves such a figure."""

DEFINITIONS = """## How they are made

Every recording goes through `tracker.analyze`, and the tables that `tracker analyze --out` writes are held
against its labels: thrusts without any option, the other lifts with `--exercise any_lift`. Nothing is set
for a single file.

**Labels.** They are exact, because they are read from the simulation. Times are those of the lifter's
*trunk*, while the sensor rides on the *dumbbell*, which follows the trunk a few hundredths of a second
later and, in an overarched rep, stops before it: part of the error in times is no error of the tracker.
Range, travel, tilt and twist are the dumbbell's own. Whether a lockout was missed is what the simulated
lifter was told to do.

**Right, missed, ghost.** A counted rep belongs to a label when its top lies in the labelled top hold, or at
most {score.TOLERANCE_S:g} s before or after it; one rep to one label, the nearest tops together. A label
that nothing belongs to is *missed*, a counted rep that belongs to no label is a *ghost*. A *partial* rep is
labelled as such and should not be counted. Labels of which less than {received_pct:g} % of the samples
arrived, or with a hole of more than {score.MAX_GAP_S:g} s, are left out: to find them is neither right nor
wrong. A set is *exact* when each of its reps is found and nothing else is counted from
{score.SET_MARGIN_S:g} s before it to {score.SET_MARGIN_S:g} s after it; what is wrongly counted further
away is *outside of sets*.

**Errors.** Absolute, of the reps that were found: the median, and what 95 % of them stay below; the bias
keeps its sign. *Empty* is the share of these reps without the value. A set is held against the found set
that is nearest, in recordings where any was found. Change of tilt is that against the median of the set; of
twist only the size is compared. The spread within a set is the standard deviation of its reps' errors, and
the median is over the sets of {fewest} found reps and more: it is what is left when a whole set is off by
the same amount.

**Judgements.** Of the reps that were found. *Positive* is a missed lockout, a rebound, an overarch that
reaches the dumbbell, or rocking of {score.MUST_ALERT_DEG:g} deg and more, which has to be called alert or
severe; {score.MUST_NOT_DEG:g} deg and less must not be, and between the two either is fine. No verdict is
an *abstention*, and a false negative as well where the label is positive. Its share is of all reps that
have a label.

**Confidence.** Every motion that was counted or rejected in the recordings of thrusts, by its `confidence`.
It is really a rep when it belongs to the label of a full rep, by the same rule as above; a rejected motion
only to a label that no counted rep belongs to."""


def tables(scored: Group, counted: Sequence[Counted], score: ModuleType) -> tuple[Table, ...]:
    """All tables in the order of the page."""

    def summarise(group: Group) -> Summary:
        return Summary(score, group)

    return (
        short_table(scored, summarise),
        rep_table(scored, summarise),
        time_table(scored, summarise),
        set_table(scored, summarise),
        measure_table(scored, summarise),
        travel_table(scored),
        judgement_table(scored, summarise),
        sliding_table(scored, summarise),
        confidence_table(scored),
        scenario_table(scored, summarise),
        mistake_table(scored),
        count_table(counted),
        rest_table(counted),
        far_off_table(counted),
    )


def as_page(every: Sequence[Table], score: ModuleType) -> str:
    """Write ACCURACY.md: what matters most, how it was measured, what it does not prove, all tables."""
    short, *others = every
    parts = (HEAD, as_markdown(short, "##"), definitions(score), LIMITS, "## All figures")
    return "\n\n".join((*parts, *map(as_markdown, others))) + "\n"


def as_report(every: Sequence[Table]) -> str:
    """Write the tables for the terminal."""
    return "\n\n".join(map(as_text, every))


def definitions(score: ModuleType) -> str:
    """How each figure is made, with the numbers that the scoring uses."""
    return DEFINITIONS.format(score=score, received_pct=100 * score.MIN_RECEIVED, fewest=FEWEST_FOR_SPREAD)
