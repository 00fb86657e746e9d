"""What is said: the calls that reach the browser's speech, which is replaced by one that keeps them."""

from dataclasses import asdict

import pytest
import pytest_asyncio

from tracker.app.pages.heard import LAST_ONE_RANK, NUMBER_RANK, SUMMARY_RANK, Kind, Moment, Spoken
from tracker.coaching.cues import RANK
from tracker.coaching.results import Cue

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SPY = """([voices]) => {
  const calls = (window.calls = []);
  const spy = {
    getVoices: () => voices,
    speak: (utterance) => calls.push(utterance),
    cancel: () => calls.push({ text: "(cancelled)" }),
    addEventListener: (_, heard) => (window.voicesChanged = heard),
  };
  Object.defineProperty(window, "speechSynthesis", { value: spy, configurable: true });
  SpeechSynthesisUtterance = class extends EventTarget {
    constructor(text) { super(); this.text = text; }
  };
}"""

BEGIN = """async () => {
  const { Sound } = await import("/sound.js");
  window.states = [];
  window.sound = new Sound({ onstate: (state) => states.push(state) });
  await sound.arm();
  calls.length = 0;
}"""

VOICES = [
    {"name": "Anna", "lang": "de-DE", "localService": True},
    {"name": "Far", "lang": "en-US", "localService": False},
    {"name": "Near", "lang": "en-GB", "localService": True},
]


@pytest_asyncio.fixture(loop_scope="session")
async def page(blank):
    """A page whose armed `sound` speaks to a spy."""
    await blank.evaluate(SPY, [VOICES])
    await blank.evaluate(BEGIN)
    return blank


def cue(which, rep=1, moment="any"):
    return asdict(Spoken(which.value, RANK[which], Kind.CUE, Moment(moment), rep))


def number(rep):
    return asdict(Spoken(str(rep), NUMBER_RANK, Kind.NUMBER, Moment.ANY, rep))


LAST_ONE = asdict(Spoken("Last one", LAST_ONE_RANK, Kind.LAST_ONE, Moment.ANY, 7))
SUMMARY = asdict(Spoken("8 reps", SUMMARY_RANK, Kind.SUMMARY))


async def say(page, *words):
    await page.evaluate("(words) => sound.say(words)", list(words))


async def said(page):
    return await page.evaluate("calls.map((call) => call.text)")


async def finish(page):
    """Let what is being said come to its end."""
    await page.evaluate("calls.at(-1).dispatchEvent(new Event('end'))")


async def test_of_one_message_the_most_important_is_said(page):
    await say(page, cue(Cue.HOLD), cue(Cue.STEADY), cue(Cue.ALL_THE_WAY_UP))
    assert await said(page) == ["Steady the weight"]


async def test_words_do_not_queue_up(page):
    await say(page, cue(Cue.ALL_THE_WAY_UP, rep=1))
    await say(page, cue(Cue.HOLD, rep=2))
    await say(page, cue(Cue.ALL_THE_WAY_UP, rep=2))
    await finish(page)
    assert await said(page) == ["All the way up"]


async def test_what_is_more_important_breaks_in(page):
    await say(page, cue(Cue.HOLD, rep=1))
    await say(page, cue(Cue.STEADY, rep=2))
    assert await said(page) == ["Hold", "(cancelled)", "Steady the weight"]
    assert await page.evaluate("sound.log.map((entry) => entry.sound)") == [
        "armed", "speech", "speech_cancelled", "speech",
    ]  # fmt: skip


async def test_a_rep_is_told_once_unless_it_is_worse(page):
    await say(page, cue(Cue.ALL_THE_WAY_UP, rep=3))
    await finish(page)
    await say(page, cue(Cue.HOLD, rep=3))
    assert await said(page) == ["All the way up"]
    await say(page, cue(Cue.STEADY, rep=3))
    assert await said(page) == ["All the way up", "Steady the weight"]


async def test_the_end_of_a_set_is_said_over_all_and_to_its_end(page):
    await say(page, cue(Cue.STEADY, rep=8))
    await say(page, SUMMARY)
    await say(page, cue(Cue.STEADY, rep=9))
    assert await said(page) == ["Steady the weight", "(cancelled)", "8 reps"]
    await finish(page)
    await say(page, cue(Cue.STEADY, rep=9))
    assert (await said(page))[-1] == "Steady the weight"


async def test_an_error_of_the_voice_ends_its_words(page):
    await say(page, SUMMARY)
    await page.evaluate("calls.at(-1).dispatchEvent(new Event('error'))")
    await say(page, cue(Cue.HOLD))
    assert await said(page) == ["8 reps", "Hold"]


async def test_the_last_one_is_said_unless_something_may_hurt(page):
    await say(page, cue(Cue.ALL_THE_WAY_UP, rep=7), LAST_ONE)
    await finish(page)
    await say(page, {**LAST_ONE, "rep": 17}, cue(Cue.RIBS_DOWN, rep=17))
    assert await said(page) == ["Last one", "Ribs down, stop at the line"]


async def test_numbers_are_said_when_asked_for_and_the_newest_of_several(page):
    await say(page, number(1))
    assert await said(page) == []
    await page.evaluate("sound.settings = { numbers: true }")
    await say(page, number(1), number(2))
    assert await said(page) == ["2"]
    await finish(page)
    await say(page, cue(Cue.HOLD, rep=2))
    assert await said(page) == ["2", "Hold"]


async def test_words_have_their_moment(page):
    await say(page, cue(Cue.ALL_THE_WAY_UP, moment="top"))
    assert await said(page) == []
    await page.evaluate("sound.settings = { moment: 'top' }")
    await say(page, cue(Cue.ALL_THE_WAY_UP, moment="top"))
    assert await said(page) == ["All the way up"]


async def test_speech_can_be_switched_off_in_the_middle_of_a_word(page):
    await say(page, cue(Cue.HOLD))
    await page.evaluate("sound.settings = { speech: false }")
    await say(page, SUMMARY)
    assert await said(page) == ["Hold", "(cancelled)"]


async def test_it_is_said_in_english_by_this_device_a_little_faster(page):
    await page.evaluate("sound.settings = { volume: 0.5 }")
    await say(page, cue(Cue.HOLD))
    lang, voice, rate, volume = await page.evaluate(
        "(({ lang, voice, rate, volume }) => [lang, voice.name, rate, volume])(calls.at(-1))"
    )
    assert (lang, voice, volume) == ("en-US", "Near", 0.5)
    assert 1.0 < rate < 1.5


async def test_a_browser_without_voices_says_so_and_when_they_come(blank):
    await blank.evaluate(SPY, [[]])
    await blank.evaluate(BEGIN)
    assert await blank.evaluate("states.at(-1).speech") == "no voices"
    await blank.evaluate("speechSynthesis.getVoices = () => [{ lang: 'en-US' }]; voicesChanged();")
    assert await blank.evaluate("states.at(-1).speech") == "ready"


async def test_a_browser_without_speech_says_so_and_stays_silent(blank):
    await blank.evaluate(SPY, [[]])
    await blank.evaluate("Object.defineProperty(window, 'speechSynthesis', { value: undefined })")
    await blank.evaluate(BEGIN)
    await say(blank, SUMMARY)
    assert await blank.evaluate("sound.state.speech") == "not supported"
    assert await said(blank) == []
