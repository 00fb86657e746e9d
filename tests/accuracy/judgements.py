"""Tables of what the tracker judged, and of how sure it was of a rep."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from tests.accuracy import bars
from tests.accuracy.scoring import Candidate
from tests.accuracy.summary import SLIDING, Group, Summarise, Summary, of_scenarios, share, without_scenarios
from tests.accuracy.tables import Bar, Figure, Table, with_bars

CONFIDENCE_BANDS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


def judgement_table(scored: Group, summarise: Summarise) -> Table:
    """Right and wrong verdicts, and how often there is none."""
    total = summarise(scored)
    not_sliding = summarise(without_scenarios(scored, SLIDING))
    sliding = summarise(of_scenarios(scored, SLIDING))
    rows = (
        _verdicts("missed lockout, without sliding", not_sliding, "missed_lockout", bars.LOCKOUT_F1),
        _verdicts("missed lockout, sliding only", sliding, "missed_lockout", None),
        _verdicts("rocking", total, "rocking", bars.ROCKING_F1),
        _verdicts("bounce", total, "bounce", bars.BOUNCE_F1),
        _verdicts("visible overarch", total, "overarch_visible", bars.OVERARCH_F1),
    )
    head = ("judgement", "true pos.", "false pos.", "false neg.", "F1", "abstained", "bars", "reached")
    return Table("Judgements", head, rows)


def sliding_table(scored: Group, summarise: Summarise) -> Table:
    """How often sliding makes a missed lockout of one that was reached."""
    sliding = summarise(of_scenarios(scored, SLIDING))
    (called_missed,) = sliding.verdicts("missed_lockout", "fp")
    locked_out = sliding.asked("missed_lockout").negative
    part = share(called_missed.value, locked_out)
    figures = (Figure(locked_out), called_missed, Figure(part, 1, " %", bars.SLIDING_CALLED_MISSED_PCT))
    head = ("recordings", "locked-out reps", "called missed", "share", "bar", "reached")
    return Table("Lockout while the weight slides", head, (with_bars(SLIDING, *figures),))


def confidence_table(scored: Group) -> Table:
    """How often a motion of some confidence was a rep."""
    motions = [candidate for one in scored for candidate in one.candidates]
    columns = (
        _in_bands(motions),
        _in_bands(motion for motion in motions if motion.counted),
        _in_bands(motion for motion in motions if motion.is_rep),
    )
    rows = tuple(
        (f"{low:g} to {high:g}", str(n), str(counted), str(reps), str(Figure(share(reps, n), 1, " %")))
        for (low, high), n, counted, reps in zip(pairwise(CONFIDENCE_BANDS), *columns, strict=True)
    )
    note = "A band holds its lower border, not its upper one; the last holds both."
    return Table("Confidence", ("confidence", "motions", "counted", "really reps", "share"), rows, note)


def _verdicts(name: str, summary: Summary, judgement: str, bar: Bar | None) -> tuple[str, ...]:
    asked = summary.asked(judgement)
    *verdicts, abstained = summary.verdicts(judgement, "tp", "fp", "fn", "abstained")
    part = Figure(share(abstained.value, asked.positive + asked.negative), 1, " %", bars.ABSTAINED_PCT)
    return with_bars(name, *verdicts, summary.verdict_f1(judgement, bar), part)


def _in_bands(motions: Iterable[Candidate]) -> list[int]:
    in_bands, _ = np.histogram([motion.confidence for motion in motions], CONFIDENCE_BANDS)
    return [int(n) for n in in_bands]
