"""The date and time of day in WitMotion frames, as a device's clock."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.sensing.samples import Floats, Ints

LAYOUT = np.dtype(
    [*((name, "u1") for name in ("year", "month", "day", "hour", "minute", "second")), ("ms", "<u2")]
)
"""The eight bytes; the year counts from 2000."""

_LEAST_AND_MOST = {
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
    "ms": (0, 999),
}

_RESET_BACK_MS, _RESET_AHEAD_MS = 1000, 60_000
"""A step back of so much, or so much further on than the arrival says, is a clock that was set or began
anew, ms; a smaller one is a packet that came twice."""

_RESET_NS = 50_000_000
"""At least so much time passes where a clock begins anew, ns: the break must be seen."""


def are_times(time: NDArray[Any]) -> NDArray[np.bool_]:
    """Say which of these bytes, shape (n,) of `LAYOUT`, are a date and time at all."""
    are = np.ones(len(time), np.bool_)
    for name, (least, most) in _LEAST_AND_MOST.items():
        are &= (time[name] >= least) & (time[name] <= most)
    return are


def since_2000_ms(time: NDArray[Any]) -> Ints:
    """Give how long after the start of the year 2000 each time is, ms."""
    months = (time["year"].astype(np.int64) * 12 + time["month"] - 1).astype("timedelta64[M]")
    first_days = (np.datetime64("2000-01") + months).astype("datetime64[D]") - np.datetime64("2000-01-01")
    days = first_days.astype(np.int64) + time["day"] - 1
    seconds = (days * 24 + time["hour"]) * 3600 + time["minute"].astype(np.int64) * 60 + time["second"]
    ms: Ints = seconds * 1000 + time["ms"]
    return ms


class TimeOfDay:
    """Makes device time of the sensor's date and time of day, which may begin anew at any moment.

    Notes
    -----
    Where it does, the time that passed is taken from the packets' arrival. The state is the last time and
    the arrival that belongs to it.
    """

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None
        self._offset_ns = 0

    def step(self, ms: Ints, arrival_ns: Ints) -> Floats:
        """Give the next frames' `device_s`, from the first frame on.

        Parameters
        ----------
        ms, arrival_ns
            Shape (n,), their times and their packets' arrival.
        """
        if len(ms) == 0:
            return np.empty(0)
        if self._last is None:
            self._offset_ns = -1_000_000 * int(ms[0])
        last = self._last or (int(ms[0]), int(arrival_ns[0]))
        passed_ms = np.diff(ms, prepend=last[0])
        waited_ns = np.diff(arrival_ns, prepend=last[1])
        is_reset = (passed_ms < -_RESET_BACK_MS) | (passed_ms > _RESET_AHEAD_MS + waited_ns // 1_000_000)
        offsets_ns = np.where(is_reset, np.maximum(waited_ns, _RESET_NS) - passed_ms * 1_000_000, 0)
        offsets_ns = self._offset_ns + offsets_ns.cumsum()
        self._last, self._offset_ns = (int(ms[-1]), int(arrival_ns[-1])), int(offsets_ns[-1])
        device_s: Floats = (ms * 1_000_000 + offsets_ns) / 1e9
        return device_s
