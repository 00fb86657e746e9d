"""`Sound` as a page uses it, in a real browser with its real audio clock."""

from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from tracker.app.pages.heard import Heard, Hearing, SoundName
from tracker.app.replay import one_by_one
from tracker.archive.importers import open_any
from tracker.path import Path as Way

RECORDING = Path(__file__).parents[3] / "recordings" / "missed_lockouts.arrows"

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BEGIN = """async () => {
  window.AudioContext = class extends AudioContext {
    constructor(...options) { super(...options); window.context = this; }
  };
  const { Sound } = await import("/sound.js");
  window.states = [];
  window.sound = new Sound({ onstate: (state) => states.push(state) });
}"""

REP_AND_LOCKOUT = [{"sound": "rep", "moment": "any"}, {"sound": "lockout", "moment": "any"}]
TEMPO = {"eccentric_s": 3.0, "bottom_s": 1.0, "concentric_s": 1.0, "top_s": 2.0}


def at(moment, *sounds):
    return [{"sound": sound, "moment": moment} for sound in sounds]


@pytest_asyncio.fixture(loop_scope="session")
async def page(blank):
    """A page with a `sound` that has not been armed yet."""
    await blank.evaluate(BEGIN)
    return blank


@pytest_asyncio.fixture(loop_scope="session")
async def armed(page):
    """A page whose `sound` is armed, with an empty log."""
    assert await page.evaluate("sound.arm()")
    await page.evaluate("sound.log.length = 0")
    return page


async def hear(page, sounds):
    return await page.evaluate("(sounds) => sound.hear(sounds)", sounds)


async def change(page, **settings):
    await page.evaluate("(settings) => { sound.settings = settings; }", settings)


async def heard(page):
    """Names of what was scheduled, one for each sound."""
    log = await page.evaluate("sound.log")
    return [entry["sound"] for n, entry in enumerate(log) if n == 0 or log[n - 1]["sound"] != entry["sound"]]


async def test_before_it_is_armed_nothing_sounds(page):
    assert await page.evaluate("sound.armed") is False
    assert await hear(page, REP_AND_LOCKOUT) is None
    await change(page, glide=True)
    await page.evaluate("(tempo) => { sound.glide(9); sound.guide('top', 0, tempo); }", TEMPO)
    await page.evaluate("sound.say([{ text: 'Hold', rank: 11, kind: 'cue', moment: 'any', rep: 1 }])")
    assert await page.evaluate("sound.log") == []
    assert await page.evaluate("sound.state.audio") == "off"


async def test_arming_ticks_softly_and_says_so(page):
    assert await page.evaluate("sound.arm()")
    assert await heard(page) == ["armed"]
    assert (await page.evaluate("states.at(-1)"))["audio"] == "running"


async def test_sounds_of_a_message_come_one_after_the_other(armed):
    await hear(armed, REP_AND_LOCKOUT + at("any", "alert", "rep"))
    log = await armed.evaluate("sound.log")
    for before, after in pairwise(log):
        pause_s = after["at"] - (before["at"] + before["for_s"])
        assert pause_s >= (-1e-6 if before["sound"] == after["sound"] else 0.069)


async def test_the_next_message_waits_for_the_one_before(armed):
    await armed.evaluate("(sounds) => { sound.hear(sounds); sound.hear(sounds); }", at("any", "target"))
    log = await armed.evaluate("sound.log")
    assert len(log) == 6
    assert log[3]["at"] - (log[2]["at"] + log[2]["for_s"]) >= 0.069


async def test_it_says_when_a_sound_leaves_the_speaker_and_what_of_that_is_the_devices(armed):
    before_ms, when, after_ms = await armed.evaluate(
        "(sounds) => { const now = performance.now(); return [now, sound.hear(sounds), performance.now()]; }",
        at("any", "rep"),
    )
    device_ms = when["base_ms"] + when["output_ms"] + when["limiter_ms"]
    assert when["limiter_ms"] == pytest.approx(6.0)
    assert when["base_ms"] > 0.0
    assert before_ms <= when["at_ms"] - device_ms <= after_ms + 5.1


@pytest.mark.parametrize(("chosen", "other"), [("top", "bottom"), ("bottom", "top")])
async def test_only_the_chosen_moment_is_heard(armed, chosen, other):
    await change(armed, moment=chosen)
    assert await hear(armed, at(other, "rep", "target")) is None
    assert await hear(armed, at(other, "rep") + at(chosen, "lockout") + at("any", "alert"))
    assert await heard(armed) == ["lockout", "alert"]


@pytest.mark.parametrize(
    ("switch", "silent"),
    [
        ("tick", ["rep", "taken_back"]),
        ("lockout", ["lockout", "no_lockout"]),
        ("alert", ["alert"]),
        ("milestones", ["target", "set_end"]),
        ("link", ["link_lost", "link_back"]),
    ],
)
async def test_each_kind_of_sound_can_be_switched_off(armed, switch, silent):
    every = [
        "rep",
        "taken_back",
        "lockout",
        "no_lockout",
        "alert",
        "target",
        "set_end",
        "link_lost",
        "link_back",
    ]
    await change(armed, **{switch: False})
    assert await hear(armed, at("any", *every))
    assert await heard(armed) == [sound for sound in every if sound not in silent]


async def test_every_sound_that_the_server_may_send_is_known(armed):
    await hear(armed, [asdict(Heard(name)) for name in SoundName])
    assert await heard(armed) == [name.value for name in SoundName]


@pytest.mark.parametrize("moment", ["top", "bottom"])
async def test_a_whole_session_is_heard_as_it_was(armed, moment):
    """Reps and lockouts of a recording, from the path to the audio clock: 16 reps, 11 of them locked out."""
    way, hearing = Way(), Hearing()
    steps = [(item, way.receive(item)) for item in one_by_one(open_any(RECORDING).items)]
    messages = [hearing.step(item, step) for item, step in steps]
    await change(armed, moment=moment)
    for message in messages:
        if message.heard:
            await hear(armed, [asdict(one) for one in message.heard])
    names = await heard(armed)
    assert [names.count(name) for name in ("rep", "lockout", "no_lockout")] == [16, 11, 5]
    assert [names.count(name) for name in ("target", "set_end", "link_lost", "taken_back")] == [2, 2, 0, 0]


async def test_a_sound_of_a_newer_server_is_passed_over(armed):
    assert await hear(armed, at("any", "applause", "rep"))
    assert await heard(armed) == ["rep"]


FALL_ASLEEP = """async () => {
  context.resume = () => Promise.reject(new DOMException("not without a gesture", "NotAllowedError"));
  const asleep = new Promise((done) => context.addEventListener("statechange", done, { once: true }));
  await context.suspend();
  await asleep;
}"""


async def test_while_the_context_sleeps_nothing_piles_up(armed):
    await armed.evaluate(FALL_ASLEEP)
    assert await armed.evaluate("states.at(-1).audio") == "suspended"
    assert await hear(armed, REP_AND_LOCKOUT) is None
    assert await heard(armed) == []


@pytest.mark.parametrize(
    "touch",
    [
        "window.dispatchEvent(new PointerEvent('pointerdown'))",
        "window.dispatchEvent(new KeyboardEvent('keydown'))",
        "document.dispatchEvent(new Event('visibilitychange'))",
    ],
)
async def test_a_touch_or_a_look_wakes_a_context_that_could_not_wake_itself(armed, touch):
    await armed.evaluate(FALL_ASLEEP)
    await armed.evaluate("delete context.resume")
    await armed.evaluate(touch)
    await armed.wait_for_function("sound.armed && states.at(-1).audio === 'running'")
    assert await hear(armed, REP_AND_LOCKOUT)


async def test_a_context_that_is_interrupted_goes_on_by_itself_where_it_may(armed):
    await armed.evaluate("context.suspend()")
    await armed.wait_for_function("states.some(({ audio }) => audio === 'suspended') && sound.armed")


async def test_settings_stay_when_the_page_is_loaded_again(page):
    defaults = await page.evaluate("sound.settings")
    chosen = {"moment": "top", "tick": False, "glide": True, "volume": 0.3}
    await change(page, **chosen)
    await page.reload()
    await page.evaluate(BEGIN)
    assert await page.evaluate("sound.settings") == {**defaults, **chosen}


@pytest.mark.parametrize(
    "stored", ["no json", "null", '{"version": 0, "tick": false}', '{"version": 1, "tick": "?"}']
)
async def test_settings_that_cannot_be_used_are_the_defaults(page, stored):
    defaults = await page.evaluate("sound.settings")
    await page.evaluate("(stored) => localStorage.setItem('tracker.sound', stored)", stored)
    await page.evaluate(BEGIN)
    assert await page.evaluate("sound.settings") == defaults


async def test_settings_of_the_wrong_kind_change_nothing(page):
    before = await page.evaluate("sound.settings")
    await change(page, tick="yes", moment="middle", applause=True)
    assert await page.evaluate("sound.settings") == before
    await change(page, volume=7.0)
    assert await page.evaluate("sound.settings.volume") == 1


async def test_the_volume_is_that_of_the_settings(page):
    await page.evaluate("""() => {
      window.targets = [];
      const set = AudioParam.prototype.setTargetAtTime;
      AudioParam.prototype.setTargetAtTime = function (value, ...when) {
        targets.push(value);
        return set.call(this, value, ...when);
      };
    }""")
    await change(page, volume=0.5)
    assert await page.evaluate("sound.arm()")
    await change(page, volume=0.25)
    half, quarter = await page.evaluate("targets")
    assert half == pytest.approx(2 * quarter)


async def test_a_glide_is_off_until_it_is_chosen_and_is_one_entry_of_the_log(armed):
    await armed.evaluate("sound.glide(9)")
    assert await heard(armed) == []
    await change(armed, glide=True)
    await armed.evaluate("[4, 5, 6].forEach((tilt) => sound.glide(tilt))")
    [entry] = await armed.evaluate("sound.log")
    assert entry["hz"] > 800
    assert entry["pan"] < 0
    await armed.evaluate("sound.glide(null)")
    assert (await armed.evaluate("sound.log"))[-1]["gain"] == 0


async def test_switching_the_guide_off_takes_its_clicks_back(armed):
    await armed.evaluate("(tempo) => sound.guide('lowering', 0, tempo)", TEMPO)
    assert len(await armed.evaluate("sound.log")) == 3
    await change(armed, guide=False)
    assert await armed.evaluate("sound.log.every((entry) => entry.cancelled)")


async def test_the_log_is_bounded(armed):
    await armed.evaluate("for (let n = 0; n < 700; n++) sound.hear([{ sound: 'rep', moment: 'any' }])")
    assert await armed.evaluate("sound.log.length") == 500
