"""What holds at a place of a recording: the links that are up, and what was declared."""

from __future__ import annotations

from tracker.coaching.declared import together
from tracker.sensing.marks import NO_LINK, Calibrated, Connected, Declared, Disconnected, Mark


class Standing:
    """The marks that whoever begins to read here would need."""

    def __init__(self) -> None:
        self._links: dict[int, dict[type, Mark]] = {}
        self._said = Declared()
        self._declared: Mark | None = None

    def step(self, mark: Mark) -> None:
        """Take in the next mark."""
        match mark.body:
            case Connected() | Calibrated():
                self._links.setdefault(mark.link, {})[type(mark.body)] = mark
            case Disconnected():
                self._links.pop(mark.link, None)
            case Declared() as declared:
                self._said = together(self._said, declared)
                self._declared = Mark(mark.t_ns, NO_LINK, self._said)

    @property
    def links(self) -> tuple[int, ...]:
        """The links that are up."""
        return tuple(self._links)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks that hold, in order of time."""
        declared = [self._declared] if self._declared else []
        of_links = [mark for marks in self._links.values() for mark in marks.values()]
        return tuple(sorted([*declared, *of_links], key=lambda mark: mark.t_ns))
