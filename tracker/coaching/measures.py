"""What is measured of a leg's sets: typical values with the noise that they carry.

How noise is made. A median of n reps is known to 1.2533 s / sqrt(n), its standard error for a normal
spread s, the reps' standard deviation; a share of n reps to the binomial standard error with two successes
and two failures added (Agresti and Coull 1998), so that ten out of ten is not taken for certain; 1.96 of
them make 95 %. Where the sensor itself can be off for a whole set, which no number of reps shows, that is
added. Reps of one set are not quite independent (fatigue), so read "beyond noise" as "worth watching", not
as proof.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracker.coaching.reference import middle
from tracker.coaching.results import JudgedRep, Set, Verdict

MEDIAN_ERROR = 1.2533
"""Standard error of a median against that of a mean: sqrt(pi / 2)."""
FOR_95_PERCENT = 1.96
"""Standard errors on either side of a normal value that hold 95 % of its chance."""
FEWEST_VALUES = 3
"""Fewer reps, or sets, have no spread that could be called their own."""

TILT_SURE_DEG = 4.0
"""Absolute tilt is off by 2 deg at the median: a weight that hangs to one side cannot be told from a
twist that comes with every rep (motion/dumbbell.py), and the sensor itself has an offset of 1.2."""

ROCKING_SURE_DEG = 2.0
"""Largest error of a rocking peak on the reference sessions."""

HEIGHT_SURE_SHARE = 0.15
"""Heights of a set are off together, by less than this share of them in 95 % of the labelled sets: a
sensor far from the middle of the handle climbs otherwise than the weight, and what an accelerometer reads
too much is integrated twice. The speed of the drive is that height over the drive's time."""

RANGE_SURE_DEG = 1.0
"""A scale error of the gyroscope, or an axis not quite along the handle, is the same for all of a set."""

DRIVE_SURE_S = 0.05
"""A weight follows the trunk with a lag that is the hands': five samples at 100 Hz."""

DWELL_SURE_S = 0.1
"""As the drive; and where a soft set begins to sink, or comes to lie, is seen late: together the lowerings
of 19 in 20 labelled sets are off by less, and the holds of nine in ten."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One side's typical value of a measure and its standard error; nan where there is none."""

    measure: str
    value: float
    error: float


class Value(NamedTuple):
    """A typical value and its standard error; nan where there is none."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is compared between the sides.

    Attributes
    ----------
    name
        As in the tables, with its unit.
    title
        As in a sentence.
    form
        How its values are written, with their unit; the format of `str.format`.
    of_side
        From a side's sets to its value and standard error.
    stronger
        1 where more is stronger, -1 where less is, 0 where neither.
    sure
        By how much the sensor may be off for a whole set, in the measure's unit.
    sure_share
        The same as a share of the value.
    """

    name: str
    title: str
    form: str
    of_side: Callable[[Sequence[Set]], Value]
    stronger: int
    sure: float = 0.0
    sure_share: float = 0.0

    def noise(self, value: float, error: float) -> float:
        """Widen a standard error to what 95 % lie within, with what the sensor adds at such a value."""
        return FOR_95_PERCENT * error + self.sure + self.sure_share * value

    @property
    def is_share(self) -> bool:
        """Whether its values are shares of the whole, told in percent."""
        return "%" in self.form

    def words(self, value: float) -> str:
        """Write a value with its unit.

        Examples
        --------
        >>> measure_named("clean_rate").words(0.83), measure_named("travel_cm").words(39.6)
        ('83 %', '40 cm')
        """
        return self.form.format(value).replace("%", " %")


def measured(sets: Sequence[Set]) -> tuple[Measured, ...]:
    """Measure one side: typical values and their standard errors.

    Parameters
    ----------
    sets
        Of one side and one exercise.

    Returns
    -------
    tuple of Measured
        One for each of `MEASURES`.
    """
    return tuple(Measured(measure.name, *measure.of_side(sets)) for measure in MEASURES)


def measure_named(name: str) -> Measure:
    """Find a measure by its name, which the tables have; KeyError where there is none."""
    return _BY_NAME[name]


def _typical(values: Iterable[float]) -> Value:
    known = [value for value in values if math.isfinite(value)]
    if len(known) < FEWEST_VALUES:
        return Value(middle(known), math.nan)
    mean = sum(known) / len(known)
    spread = math.sqrt(sum((value - mean) * (value - mean) for value in known) / (len(known) - 1))
    return Value(middle(known), MEDIAN_ERROR * spread / math.sqrt(len(known)))


def _share(verdicts: Iterable[Verdict]) -> Value:
    known = [verdict is Verdict.YES for verdict in verdicts if verdict is not Verdict.UNKNOWN]
    if not known:
        return Value(math.nan, math.nan)
    tried = len(known) + 4
    share = (sum(known) + 2) / tried
    return Value(sum(known) / len(known), math.sqrt(share * (1.0 - share) / tried))


def _of_reps(value: Callable[[JudgedRep], float]) -> Callable[[Sequence[Set]], Value]:
    return lambda sets: _typical(value(rep) for one in sets for rep in one.reps)


def _of_verdicts(verdict: Callable[[JudgedRep], Verdict]) -> Callable[[Sequence[Set]], Value]:
    return lambda sets: _share(verdict(rep) for one in sets for rep in one.reps)


MEASURES = (
    Measure("reps", "reps a set", "{:.0f}", lambda sets: _typical(len(one.reps) for one in sets), stronger=1),
    Measure(
        "clean_rate",
        "clean share of judged reps",
        "{:.0%}",
        _of_verdicts(lambda rep: rep.judgement.clean),
        stronger=1,
    ),
    Measure(
        "lockout_rate",
        "locked-out share of judged reps",
        "{:.0%}",
        _of_verdicts(lambda rep: rep.judgement.lockout),
        stronger=1,
    ),
    Measure(
        "rom_deg",
        "range",
        "{:.0f} deg",
        _of_reps(lambda rep: rep.rep.rom_deg),
        stronger=1,
        sure=RANGE_SURE_DEG,
    ),
    Measure(
        "travel_cm",
        "travel",
        "{:.0f} cm",
        _of_reps(lambda rep: 100.0 * rep.rep.travel_m),
        stronger=1,
        sure_share=HEIGHT_SURE_SHARE,
    ),
    Measure(
        "concentric_s",
        "drive",
        "{:.1f} s",
        _of_reps(lambda rep: rep.rep.t_top_s - rep.rep.t_start_s),
        stronger=-1,
        sure=DRIVE_SURE_S,
    ),
    Measure(
        "top_hold_s",
        "hold at the top",
        "{:.1f} s",
        _of_reps(lambda rep: rep.rep.t_leave_top_s - rep.rep.t_top_s),
        stronger=1,
        sure=DWELL_SURE_S,
    ),
    Measure(
        "eccentric_s",
        "lowering",
        "{:.1f} s",
        _of_reps(lambda rep: rep.rep.t_end_s - rep.rep.t_leave_top_s),
        stronger=1,
        sure=DWELL_SURE_S,
    ),
    Measure(
        "bottom_s",
        "stay at the bottom",
        "{:.1f} s",
        _of_reps(lambda rep: rep.rep.bottom_s),
        stronger=0,
        sure=DWELL_SURE_S,
    ),
    Measure(
        "mean_velocity_m_s",
        "speed of the drive",
        "{:.2f} m/s",
        _of_reps(lambda rep: rep.rep.mean_velocity_m_s),
        stronger=1,
        sure_share=HEIGHT_SURE_SHARE,
    ),
    Measure(
        "tilt_top_deg",
        "size of tilt at the top",
        "{:.1f} deg",
        _of_reps(lambda rep: abs(rep.rep.tilt_top_deg)),
        stronger=-1,
        sure=TILT_SURE_DEG,
    ),
    Measure(
        "rocking_peak_deg",
        "rocking",
        "{:.1f} deg",
        _of_reps(lambda rep: abs(rep.rep.rocking_peak_deg)),
        stronger=-1,
        sure=ROCKING_SURE_DEG,
    ),
)
"""What is compared: reps a set, shares of the judged reps, and medians over all reps of a side.

Tilt and rocking are compared by size: on either leg it is the free hip that sags, so their signs
differ. A shorter drive is the stronger one, a longer lowering the better controlled.
"""

_BY_NAME = {measure.name: measure for measure in MEASURES}
