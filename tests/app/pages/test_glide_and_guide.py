"""The glide tone and the tempo guide as signals: what either ear gets, and when something clicks."""

import numpy as np
import pytest

from tests.app.pages.signals import QUIET, RATE_HZ, loudest_hz, loudness, render

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

GLIDE = """
  const { Glide } = await import("/glide.js");
  const glide = new Glide(context, context.destination, (entry) => notes.push(entry));
  for (const [at, tilt] of given)
    context.suspend(at).then(() => { glide.follow(tilt); context.resume(); });
"""

GUIDE = """
  const { Guide } = await import("/guide.js");
  const guide = new Guide(context, context.destination, (entry) => notes.push(entry));
  for (const [at, phase, tempo] of given)
    context.suspend(at).then(() => { guide.follow(phase, 0, tempo); context.resume(); });
"""

TEMPO = {"eccentric_s": 3.0, "bottom_s": 1.0, "concentric_s": 0.5, "top_s": 2.0}


async def glided(page, *steps):
    """Left and right ear, and what was scheduled, for tilts at given times."""
    (left, right), entries = await render(page, GLIDE, steps, channels=2)
    return left, right, entries


async def clicks(page, *steps):
    """When something clicks, s, and what was scheduled, for phases and tempos at given times."""
    [samples], entries = await render(page, GUIDE, steps, length_s=4.0)
    heard = np.flatnonzero(np.abs(samples) > QUIET) / RATE_HZ
    starts = [*heard[:1], *heard[1:][np.diff(heard) > 0.02]]
    return [round(float(at_s), 2) for at_s in starts], entries


@pytest.mark.parametrize("tilt_deg", [0.0, 1.9, -2.9, None])
async def test_level_is_silent(workbench, tilt_deg):
    left, right, entries = await glided(workbench, (0.0, tilt_deg))
    assert entries == []
    assert not left.any()
    assert not right.any()


@pytest.mark.parametrize("tilt_deg", [3.2, 6.0, 12.0, 40.0])
async def test_the_low_side_is_louder(workbench, tilt_deg):
    left, right, _ = await glided(workbench, (0.0, tilt_deg))
    assert loudness(left) > 1.5 * loudness(right), "the right end is high, so the left one is low"
    left, right, _ = await glided(workbench, (0.0, -tilt_deg))
    assert loudness(right) > 1.5 * loudness(left)


async def test_pitch_and_place_follow_the_tilt(workbench):
    tilts_deg = [-11.0, -8.0, -5.0, -3.5, 3.5, 5.0, 8.0, 11.0]
    heard = [await glided(workbench, (0.0, tilt_deg)) for tilt_deg in tilts_deg]
    pitches_hz = [loudest_hz(left + right, 0.5, 0.5) for left, right, _ in heard]
    assert (np.diff(pitches_hz) > 0.0).all()
    assert min(pitches_hz) > 400
    places = [
        (loudness(right) - loudness(left)) / (loudness(right) + loudness(left)) for left, right, _ in heard
    ]
    assert (np.diff(places) <= 1e-6).all()
    assert places[1] == pytest.approx(1.0)


async def test_it_stays_until_it_is_clearly_level_again(workbench):
    left, *_ = await glided(workbench, (0.0, 4.0), (0.2, 2.5))
    assert loudness(left) > 0.01
    left, *_ = await glided(workbench, (0.0, 4.0), (0.2, 1.5), (0.4, 2.5))
    assert loudness(left, 0.7, 0.3) < QUIET


async def test_it_falls_silent_when_the_tilt_is_not_known(workbench):
    left, right, entries = await glided(workbench, (0.0, 6.0), (0.3, None))
    assert loudness(left, 0.2, 0.1) > 0.01
    assert loudness(left + right, 0.6, 0.5) < QUIET
    assert entries[-1]["gain"] == 0


async def test_it_glides_instead_of_stepping(workbench):
    """From one side to the other in a moment: no sample is further from the next than its wave goes."""
    still, *_ = await glided(workbench, (0.0, 12.0))
    left, *_ = await glided(workbench, (0.0, 12.0), (0.5, -12.0), (0.6, 12.0), (0.7, None))
    assert np.abs(np.diff(left)).max() < 1.5 * np.abs(np.diff(still)).max()


@pytest.mark.parametrize(
    ("phase", "at_s"),
    [("drive", [0.5]), ("top", [1.0, 2.0]), ("lowering", [1.0, 2.0, 3.0]), ("bottom", [1.0])],
)
async def test_the_guide_clicks_each_second_and_accents_the_end(workbench, phase, at_s):
    heard, entries = await clicks(workbench, (0.0, phase, TEMPO))
    assert heard == at_s
    assert [entry["sound"] for entry in entries] == ["click"] * (len(at_s) - 1) + ["accent"]


async def test_a_phase_that_changes_takes_its_clicks_back(workbench):
    heard, entries = await clicks(workbench, (0.0, "lowering", TEMPO), (1.5, "bottom", TEMPO))
    assert heard == [1.0, 2.5]
    assert [entry.get("cancelled", False) for entry in entries] == [False, True, True, False]


async def test_a_phase_that_goes_on_is_not_clicked_again(workbench):
    steps = [(at_s, "lowering", TEMPO) for at_s in (0.0, 0.5, 1.3, 2.9)]
    assert (await clicks(workbench, *steps))[0] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(("phase", "tempo"), [("unknown", TEMPO), (None, None), ("top", None)])
async def test_without_a_phase_or_a_tempo_nothing_clicks(workbench, phase, tempo):
    assert (await clicks(workbench, (0.0, phase, tempo)))[0] == []


async def test_what_has_passed_of_a_phase_is_not_clicked(workbench):
    left = await workbench.evaluate(
        'async (tempo) => (await import("/guide.js")).clicksOf("lowering", 1.4, tempo)', TEMPO
    )
    assert [round(click["in_s"], 6) for click in left] == [0.6, 1.6]
