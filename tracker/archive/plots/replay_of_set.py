"""A set as it went, in three dimensions: the dumbbell with a slider over time."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from tracker.archive.plots import theme
from tracker.archive.plots.rows_of_set import CM_PER_M, between
from tracker.coaching.names import set_name
from tracker.coaching.results import Set
from tracker.motion.events import Motion, Phase
from tracker.sensing.samples import Floats

FRAMES_HZ, MOST_FRAMES = 6.0, 240
"""A drive of a second has six pictures; a set longer than 40 s has fewer a second, so that the figure stays
under a quarter of a megabyte."""

HALF_CM, HEAD_CM, RADIUS_CM = 18.0, 9.0, 7.0
"""Half of the dumbbell, length and radius of its heads: a hexagonal one of 15 to 20 kg. Its size is drawn,
not measured."""

LABEL_CM = RADIUS_CM + 4.0
SIDES_OF_HEAD = 6
ROOM_CM = 30.0
"""The space around it: wide enough for any turn."""

HEAD_COLOR, HANDLE_COLOR = "#4d4d4d", theme.FAINT
PHASE_NAMES = {Phase.UNKNOWN: "", **theme.PHASE_WORDS}


def replay(one: Set, motion: Motion | None) -> go.Figure:
    """Draw the dumbbell moving through a set.

    Parameters
    ----------
    one
        The set.
    motion
        Of the whole recording (`tracker.trace`).

    Returns
    -------
    plotly.graph_objects.Figure
        Seen from the lifter's head, so that right is right; it turns by lift, tilt and twist, and stands
        at its height above each rep's bottom. Without known angles it says so. Shown by WebGL.
    """
    figure = go.Figure()
    theme.styled(figure, f"{set_name(one)}: replay (cm)", 520)
    seen = None if motion is None else _thinned(between(motion, one.t_start_s, one.t_end_s))
    if seen is None or not np.isfinite(seen.lift_deg).any():
        theme.says(figure, "no motion of this set")
        return figure
    turns, height_cm = earth_from_dumbbell(seen), _height_cm(seen)
    figure.frames = [
        go.Frame(name=f"{t_s:.2f}", data=_dumbbell(turn, high), traces=[0, 1])
        for t_s, turn, high in zip(seen.t_s.tolist(), turns, height_cm.tolist(), strict=True)
    ]
    heads, handle = _dumbbell(turns[0], float(height_cm[0]))
    i, j, k = _faces()
    heads.update(i=i, j=j, k=k, color=HEAD_COLOR, flatshading=True, name="dumbbell", hoverinfo="skip")
    handle.update(
        mode="lines+text",
        text=["left end", "", "", "", "", "right end"],
        line={"color": HANDLE_COLOR, "width": 12},
        name="handle",
        hoverinfo="skip",
        showlegend=False,
        textfont={"size": 13, "color": theme.INK},
    )
    figure.add_traces([heads, handle])
    _lay_out(figure, seen, float(height_cm.max()))
    return figure


def earth_from_dumbbell(motion: Motion) -> NDArray[np.float64]:
    """Turn from the dumbbell's frame to the earth's at each row, shape (n, 3, 3); headings by twist alone.

    First about the handle by lift, then the handle's slope by tilt, then its heading by twist; an angle
    that is not known is taken for 0.
    """
    lift, tilt, twist = (
        np.radians(np.nan_to_num(angle)) for angle in (motion.lift_deg, motion.tilt_deg, motion.twist_deg)
    )
    roll = _about(0, lift)
    slope = _about(1, -tilt)
    yaw = _about(2, twist)
    return np.asarray(yaw @ slope @ roll)


def _about(axis: int, angle: Floats) -> NDArray[np.float64]:
    """Rotations about one axis, shape (n, 3, 3)."""
    one, two = (axis + 1) % 3, (axis + 2) % 3
    turn = np.zeros((len(angle), 3, 3))
    turn[:, axis, axis] = 1.0
    turn[:, one, one] = turn[:, two, two] = np.cos(angle)
    turn[:, two, one], turn[:, one, two] = np.sin(angle), -np.sin(angle)
    return turn


def _thinned(motion: Motion) -> Motion:
    """Rows at an even pace."""
    if not len(motion):
        return motion
    lasting_s = float(motion.t_s[-1] - motion.t_s[0])
    count = min(MOST_FRAMES, max(2, round(lasting_s * FRAMES_HZ)))
    at = np.searchsorted(motion.t_s, np.linspace(motion.t_s[0], motion.t_s[-1], count))
    names = ("t_s", "lift_deg", "tilt_deg", "twist_deg", "height_m", "turning_deg_s", "phase")
    return Motion(*(getattr(motion, name)[at] for name in names))


def _height_cm(motion: Motion) -> Floats:
    """Height where it is known, on straight lines between; 0 when it never is."""
    known = np.isfinite(motion.height_m)
    if not known.any():
        return np.zeros(len(motion))
    return np.asarray(np.interp(motion.t_s, motion.t_s[known], CM_PER_M * motion.height_m[known]))


def _corners() -> NDArray[np.float64]:
    """Corners of both heads in the dumbbell's frame, shape (24, 3): four hexagons along the handle."""
    angle = 2.0 * np.pi * np.arange(SIDES_OF_HEAD) / SIDES_OF_HEAD
    ring = RADIUS_CM * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    along = (-HALF_CM, HEAD_CM - HALF_CM, HALF_CM - HEAD_CM, HALF_CM)
    return np.concatenate([np.insert(ring, 0, x, axis=1) for x in along])


def _faces() -> tuple[list[int], list[int], list[int]]:
    """Triangles of both heads, as three lists of corners."""
    n, faces = SIDES_OF_HEAD, []
    for head in (0, 2 * n):
        for at in range(n):
            here, there = head + at, head + (at + 1) % n
            faces += [(here, there, here + n), (there, there + n, here + n)]
        for end in (head, head + n):
            faces += [(end, end + at, end + at + 1) for at in range(1, n - 1)]
    i, j, k = zip(*faces, strict=True)
    return list(i), list(j), list(k)


def _dumbbell(turn: NDArray[np.float64], height_cm: float) -> tuple[go.Mesh3d, go.Scatter3d]:
    """Heads, and in one line the handle between two labels above its ends, cm."""
    heads = _corners() @ turn.T + [0.0, 0.0, height_cm]
    left, right = np.array([[-HALF_CM, 0.0, 0.0], [HALF_CM, 0.0, 0.0]]) @ turn.T + [0.0, 0.0, height_cm]
    above, apart = np.array([0.0, 0.0, LABEL_CM]), np.full(3, np.nan)
    line = np.array([left + above, apart, left, right, apart, right + above])
    (x, y, z), (a, b, c) = heads.round(2).T.astype(np.float32), line.round(2).T.astype(np.float32)
    return go.Mesh3d(x=x, y=y, z=z), go.Scatter3d(x=a, y=b, z=c)


def _lay_out(figure: go.Figure, seen: Motion, highest_cm: float) -> None:
    axis = {"showbackground": False, "gridcolor": theme.LINES, "dtick": 20, "tickangle": 0}
    small = {"size": 12}
    high = [-15.0, highest_cm + 15.0]
    around = {**axis, "range": [-ROOM_CM, ROOM_CM], "dtick": ROOM_CM}
    figure.update_layout(
        scene={
            "xaxis": {**around, "title": {"text": "to the right", "font": small}},
            "yaxis": {**around, "title": {"text": "to the feet", "font": small}},
            "zaxis": {**axis, "title": {"text": "height", "font": small}, "range": high},
            "aspectmode": "data",
            "camera": {"eye": {"x": 0.6, "y": -3.6, "z": 1.3}},  # on a phone, too, all axes are in sight
        },
        margin={"l": 0, "r": 0, "t": 58, "b": 0},
        sliders=[_slider(seen)],
        updatemenus=[_buttons(seen)],
    )


def _slider(seen: Motion) -> dict[str, object]:
    at_once = {"mode": "immediate", "frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}}
    steps = [
        {
            "method": "animate",
            "label": f"{t_s:.1f} s {PHASE_NAMES[Phase(phase)]}",
            "args": [[f"{t_s:.2f}"], at_once],
        }
        for t_s, phase in zip(seen.t_s.tolist(), seen.phase.tolist(), strict=True)
    ]
    hidden = "rgba(0,0,0,0)"
    return {
        "steps": steps,
        "x": 0.0,
        "len": 1.0,
        "ticklen": 0,
        "minorticklen": 0,
        "tickcolor": hidden,
        "font": {"color": hidden, "size": 1},
        "pad": {"t": 36, "b": 12, "l": 14, "r": 14},
        "currentvalue": {"font": {"color": theme.INK, "size": 14}, "xanchor": "right"},
    }


def _buttons(seen: Motion) -> dict[str, object]:
    each_ms = 1000.0 * float(np.median(np.diff(seen.t_s)))
    go_on = {
        "frame": {"duration": each_ms, "redraw": True},
        "transition": {"duration": 0},
        "fromcurrent": True,
    }
    stop = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}}
    return {
        "type": "buttons",
        "direction": "left",
        "showactive": False,
        "x": 0.0,
        "xanchor": "left",
        "y": 0.0,
        "yanchor": "top",
        "pad": {"t": 6, "l": 14},
        "buttons": [
            {"label": "▶ play", "method": "animate", "args": [None, go_on]},
            {"label": "▮▮ pause", "method": "animate", "args": [[None], stop]},
        ],
    }
