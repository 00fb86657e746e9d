"""The measures of `balance.MEASURES` in words, with their units."""

from __future__ import annotations

MEASURES = {
    "reps": "Reps a set",
    "clean_rate": "Clean reps (share)",
    "lockout_rate": "Locked out (share)",
    "rom_deg": "Range (deg)",
    "travel_cm": "Travel (cm)",
    "concentric_s": "Drive (s)",
    "top_hold_s": "Top hold (s)",
    "eccentric_s": "Lowering (s)",
    "bottom_s": "Bottom (s)",
    "mean_velocity_m_s": "Velocity (m/s)",
    "tilt_top_deg": "Tilt at top (deg)",
    "rocking_peak_deg": "Rocking (deg)",
    "load_kg_max": "Load (kg)",
    "clean": "Clean reps",
    "volume_kg": "Volume (kg)",
}


def titled(measure: str) -> str:
    """Title of a measure's axis; a name without words is shown as it is."""
    return MEASURES.get(measure, measure)
