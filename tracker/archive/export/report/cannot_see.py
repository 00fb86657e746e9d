"""What a sensor on the dumbbell cannot see: said in every report, so that nobody reads more into it."""

from __future__ import annotations

from typing import Final

from tracker.coaching.exercises import Exercise

ALWAYS: Final = (
    "Which leg worked: it is what somebody said.",
    "The load: it is what somebody said.",
    "Whether the lower back arched instead of the hip: a high, creeping top is only a possible sign of it.",
    "A kick of the free leg, or the hands pushing: the dumbbell moves all the same.",
    "Pain, effort and fatigue: a slower or shorter rep may have any reason.",
    "Hip hike over more than one rep: turning about the vertical is known within a rep only.",
)

NOT_CALIBRATED = (
    "Level itself: the sensor is not calibrated, so tilt is sure to some degrees only and its changes are "
    "what is judged."
)


def cannot_see(exercise: Exercise, *, calibrated: bool) -> tuple[str, ...]:
    """List what the numbers of a lift do not say.

    Parameters
    ----------
    exercise
        The lift; what it asks to check before a set is what the sensor cannot see either.
    calibrated
        Whether absolute tilt is known.
    """
    checks = f"Set-up: {'; '.join(exercise.checklist)}." if exercise.checklist else ""
    told = (*ALWAYS, "" if calibrated or not exercise.judged else NOT_CALIBRATED, checks)
    return tuple(words for words in told if words)
