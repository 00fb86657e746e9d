"""What two sides keep of their pairing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Bond:
    """The keys of a pairing, as the central and the peripheral remember them.

    Attributes
    ----------
    central, peripheral
        Whether that side has its key; either may lose it without the other one's knowing.
    allowed
        Whether the peripheral lets itself be paired.
    """

    central: bool = False
    peripheral: bool = False
    allowed: bool = True

    @property
    def holds(self) -> bool:
        """Whether a link can be encrypted with it."""
        return self.central and self.peripheral

    def make(self) -> None:
        """Give both sides their keys."""
        self.central = self.peripheral = True
