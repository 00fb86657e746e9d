"""How long it takes from a packet's arrival until the lifter sees and hears what it decided."""

from __future__ import annotations

from collections import deque

import numpy as np

from tracker.sensing.marks import Feedback

MOST_KEPT = 5000
"""Events whose delays are kept: an evening has a thousand."""

LONGEST_S = 60.0
"""A page that was hidden answers when it is looked at again; that is no delay of ours."""


class Delays:
    """Collects delays, s, and sums them up.

    Browsers say when they showed and sounded an event; what they say is checked like any input from outside.
    """

    def __init__(self) -> None:
        self._decided: deque[float] = deque(maxlen=MOST_KEPT)
        self._seen: deque[float] = deque(maxlen=MOST_KEPT)
        self._heard: deque[float] = deque(maxlen=MOST_KEPT)

    def decided(self, delay_s: float) -> None:
        """Note how long after its packet's arrival an event was decided."""
        self._decided.append(delay_s)

    def seen(self, delay_s: float) -> None:
        """Note how long after its packet's arrival an event was visible."""
        if 0.0 <= delay_s < LONGEST_S:
            self._seen.append(delay_s)

    def heard(self, delay_s: float) -> None:
        """Note how long after its packet's arrival an event was scheduled to sound."""
        if 0.0 <= delay_s < LONGEST_S:
            self._heard.append(delay_s)

    def summary(self) -> Feedback | None:
        """Median, 95th and 99th percentile of each, ms; None before the first event."""
        if not self._decided:
            return None
        return Feedback(len(self._decided), _ms(self._decided), _ms(self._seen), _ms(self._heard))


def _ms(delays_s: deque[float]) -> tuple[float, ...]:
    if not delays_s:
        return ()
    return tuple(round(float(value), 2) for value in np.percentile(np.array(delays_s) * 1e3, (50, 95, 99)))
