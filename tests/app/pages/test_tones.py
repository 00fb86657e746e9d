"""The sounds as signals: rendered by the browser, judged by their samples."""

from itertools import combinations

import numpy as np
import pytest

from tests.app.pages.signals import QUIET, RATE_HZ, loudest_hz, render, stretch

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

START_S = 0.1
LIMITER_S = 0.006

SOUNDS = [
    *("rep", "lockout", "no_lockout", "alert", "taken_back", "target", "set_end"),
    *("link_lost", "link_back", "armed", "click", "accent"),
]

PLAY = """
  const { wayOut, play } = await import("/tones.js");
  const out = wayOut(context);
  for (const name of given) notes.push(...play(context, out.input, name, %.1f).notes);
"""


async def rendered(page, *names):
    """Samples of sounds that begin together, and their notes."""
    [samples], notes = await render(page, PLAY % START_S, names)
    return samples, notes


async def test_every_sound_is_tried_here(workbench):
    known = await workbench.evaluate('async () => Object.keys((await import("/tones.js")).SOUNDS)')
    assert known == SOUNDS


@pytest.mark.parametrize("name", SOUNDS)
async def test_a_sound_begins_and_ends_in_silence_without_offset(workbench, name):
    samples, notes = await rendered(workbench, name)
    heard = np.flatnonzero(np.abs(samples) > QUIET) / RATE_HZ
    ends_s = max(note["at"] + note["for_s"] for note in notes) + LIMITER_S
    assert START_S + LIMITER_S <= heard[0] < START_S + LIMITER_S + 0.002
    assert ends_s - 0.02 < heard[-1] <= ends_s + 0.001
    assert abs(samples.mean()) < 1e-4
    assert 0.2 < np.abs(samples).max() < 0.8


@pytest.mark.parametrize("name", SOUNDS)
async def test_a_sound_does_not_click(workbench, name):
    """Each note grows from silence and fades into it: its first and last 0.3 ms are soft."""
    samples, notes = await rendered(workbench, name)
    for note in notes:
        begins_s, ends_s = note["at"] + LIMITER_S, note["at"] + note["for_s"] + LIMITER_S
        if note["at"] == START_S or note["at"] > notes[0]["at"] + notes[0]["for_s"]:  # no other rings still
            assert np.abs(stretch(samples, begins_s - 0.0003, 0.0006)).max() < 0.1
        assert note is not notes[-1] or np.abs(stretch(samples, ends_s - 0.0003, 0.0006)).max() < 0.1


@pytest.mark.parametrize("name", SOUNDS)
async def test_a_note_has_its_pitch_where_phones_are_loud(workbench, name):
    samples, notes = await rendered(workbench, name)
    for note in notes:
        pitch_hz = loudest_hz(samples, note["at"] + LIMITER_S, note["for_s"])
        low_hz, high_hz = sorted([note["hz"], note.get("to_hz", note["hz"])])
        assert low_hz * 0.98 <= pitch_hz <= high_hz * 1.02
        assert 400 <= pitch_hz <= 3000


async def pitches(page, name):
    """Loudest pitch of each note of a sound, and how long each is."""
    samples, notes = await rendered(page, name)
    return [(loudest_hz(samples, note["at"] + LIMITER_S, note["for_s"]), note["for_s"]) for note in notes]


async def test_no_two_sounds_are_alike(workbench):
    """Another number of notes, or another direction, or a pitch or length that differs by a third."""

    def alike(one, other):
        if len(one) != len(other):
            return False
        return bool(np.all(np.maximum(np.divide(one, other), np.divide(other, one)) < 1.3))

    known = {name: await pitches(workbench, name) for name in SOUNDS if name != "armed"}  # which is a tick
    assert [pair for pair in combinations(known, 2) if alike(*(known[name] for name in pair))] == []


@pytest.mark.parametrize(("name", "direction"), [("lockout", 1), ("target", 1), ("set_end", -1)])
async def test_a_tune_goes_up_or_down(workbench, name, direction):
    steps = np.diff([pitch_hz for pitch_hz, _ in await pitches(workbench, name)])
    assert len(steps) == (1 if name == "lockout" else 2)
    assert (np.sign(steps) == direction).all()


async def test_a_rep_without_lockout_is_lower_and_longer_than_any_note_of_a_lockout(workbench):
    [(low_hz, low_for_s)] = await pitches(workbench, "no_lockout")
    bright = await pitches(workbench, "lockout")
    assert low_hz < 0.5 * min(pitch_hz for pitch_hz, _ in bright)
    assert low_for_s > max(for_s for _, for_s in bright)


async def test_all_sounds_at_once_stay_below_full_scale(workbench):
    samples, _ = await rendered(workbench, *SOUNDS * 3)
    assert 0.5 < np.abs(samples).max() <= 1.0


async def test_the_volume_scales_what_the_limiter_lets_through(workbench):
    soft = PLAY % START_S + "out.setVolume(0.25);"
    [loud], _ = await render(workbench, PLAY % START_S, ["target"])
    [soft], _ = await render(workbench, soft, ["target"])
    ratio = np.abs(stretch(soft, 0.5, 0.2)).max() / np.abs(stretch(loud, 0.5, 0.2)).max()
    assert ratio == pytest.approx(0.25, rel=0.02)
