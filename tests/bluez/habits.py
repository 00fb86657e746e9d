"""How this BlueZ behaves: what is left to its version, its settings and the day."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from tests.bluez.objects import Refusal


@dataclass
class Habits:
    """How this BlueZ behaves; it may be changed at any time.

    Attributes
    ----------
    disconnect_s
        How long a Disconnect takes; the real one needs 2 s, which most tests do not wait for.
    resolve_s
        How long it takes to read a device's table of services.
    forget_s
        After which it forgets a device that is neither connected nor paired.
    delay_s
        Method name to the time it takes before anything is done.
    refuse
        Method name to the errors of its next calls.
    """

    disconnect_s: float = 0.0
    resolve_s: float = 0.005
    forget_s: float = 30.0
    delay_s: dict[str, float] = field(default_factory=dict)
    refuse: dict[str, deque[Refusal]] = field(default_factory=dict)

    def refuse_next(self, member: str, name: str, text: str, times: int = 1) -> None:
        """Answer the next calls of a method with an error of BlueZ's."""
        self.refuse.setdefault(member, deque()).extend([Refusal(name, text)] * times)
