"""Links and sensors in words: how the link is, how late it is, how full the battery, what is not recorded."""

from __future__ import annotations

from tracker.app.screen import Screen
from tracker.app.wording import joined, seconds
from tracker.sensing.marks import Battery, Connected, Disconnected, Feedback, MarkBody
from tracker.sensing.sensors import by_make

LOST = "lost, searching"
"""How a receiver calls a link that is down."""

LOW_PERCENT = 20
"""A battery at this or below may not last through the evening."""


def lag_words(make: str) -> str:
    """Say that a make's samples come late; empty where nobody would notice."""
    lag_s = by_make(make).lag_s
    return f"its samples come {lag_s:g} s late, and so do the count and the cues" if lag_s else ""


def split_words(link: str) -> tuple[str, str]:
    """Tell the state of the link from what stands behind it: what is not recorded, and why.

    Examples
    --------
    >>> split_words("streaming; NOT RECORDED: the disk is full; free some space")
    ('streaming', 'NOT RECORDED: the disk is full; free some space')
    >>> split_words("streaming")
    ('streaming', '')
    """
    state, _, unsaved = link.partition("; ")
    return state, unsaved


def feedback_words(feedback: Feedback) -> str:
    """Say how long packets took to be seen and heard, at the median and at 95 %.

    Examples
    --------
    >>> feedback_words(Feedback(40, (1.2, 4.0, 6.0), (20.0, 31.2, 40.0)))
    'from packet to decision 1 / 4 ms, to the page 20 / 31 ms (median / 95 %)'
    """
    delays_ms = (
        ("decision", feedback.decided_ms),
        ("the page", feedback.seen_ms),
        ("sound", feedback.heard_ms),
    )
    told = [f"to {what} {ms[0]:.0f} / {ms[1]:.0f} ms" for what, ms in delays_ms if ms]
    return f"from packet {', '.join(told)} (median / 95 %)"


def link_words(screen: Screen, link: str) -> str:
    """Say how the link is: state, sensor, battery, how late samples come, gaps."""
    battery = "" if screen.battery_percent is None else battery_words(screen.battery_percent)
    gaps = f"gaps: {screen.gaps}, {seconds(screen.gap_s)}" if screen.gaps else "no gaps"
    if link.startswith("lost") and not screen.gaps:
        gaps = ""  # its gap is known when it is over
    late = f"{screen.lag_s:g} s late" if screen.lag_s else ""
    return joined(link, screen.sensor, battery, late, gaps)


def lost_words(link: str, lost_for_s: float) -> str:
    """Say for how long a link that is down has been so; other words stay as they are.

    Examples
    --------
    >>> lost_words("lost, searching", 4.2), lost_words("streaming", 0.0)
    ('lost for 4 s, searching', 'streaming')
    """
    return link.replace("lost", f"lost for {lost_for_s:.0f} s", 1) if link.startswith(LOST) else link


def battery_words(percent: int) -> str:
    """Say how full a battery is, and when that is little.

    Examples
    --------
    >>> battery_words(87), battery_words(15)
    ('battery 87 %', 'battery low: 15 %')
    """
    return f"battery low: {percent} %" if percent <= LOW_PERCENT else f"battery {percent} %"


def mark_words(body: MarkBody) -> str:
    """Say a mark in one line; empty for what needs none."""
    match body:
        case Connected(name=name, make=make):
            return f"connected to {name or make}"
        case Disconnected(reason=reason):
            return joined("connection lost", reason)
        case Battery(percent=percent):
            return battery_words(percent)
        case _:
            return ""
