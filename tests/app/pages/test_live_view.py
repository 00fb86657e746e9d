"""What the live view works out by itself, in a real browser; whole sessions are in test_live_page.py."""

from importlib.resources import files

import pytest
import pytest_asyncio

from tests.app.pages.conftest import ORIGIN

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAGES = files("tracker.app.pages")

MOUNT = """async () => {
  const { default: view } = await import("/live_view.js");
  const { SharedClock } = await import("/tracker/link.js");
  window.said = [];
  window.WebSocket = class { constructor() { window.socket = this; this.readyState = 1; }
    send(text) { window.said.push(JSON.parse(text)); } };
  window.WebSocket.OPEN = 1;
  window.frames = [];
  window.requestAnimationFrame = (draw) => window.frames.push(draw);
  const host = () => document.createElement("div");
  const canvas = document.createElement("canvas");
  window.view = { ...view.data(), $refs: { level: host(), phases: host(), trace: canvas } };
  for (const [name, method] of Object.entries(view.methods)) window.view[name] = method.bind(window.view);
  view.created.call(window.view);
  view.mounted.call(window.view);
  window.news = (more) => ({ shown: null, pulses: [], told: [], over: false, ...more });
}"""
"""The component without Vue: what it is told comes from the test, frames are drawn when it says so."""


@pytest_asyncio.fixture(loop_scope="session")
async def view(blank):
    async def answer(route):
        name = route.request.url.removeprefix(f"{ORIGIN}/").replace("tracker/", "static/")
        await route.fulfill(body=(PAGES / name).read_text(), content_type="text/javascript")

    await blank.route(f"{ORIGIN}/tracker/*", answer)
    await blank.route(f"{ORIGIN}/live_view.js", answer)
    await blank.evaluate(MOUNT)
    return blank


async def test_the_rest_of_a_page_that_comes_while_the_sensor_is_away_is_as_long_as_it_is(view):
    rested_s = await view.evaluate("""() => {
      const { view, news } = window;
      view.link.clock.answered(performance.now(), performance.now(), 500_000);
      view.shown = { ...view.shown, rest: { since_s: 100, target_s: 90 } };
      const pulse = { t_s: 130, arrived_ms: 440_000, phase: "unknown", in_phase_s: 0, trace: [] };
      view.take(news({ pulses: [{ ...pulse, tilt_deg: null }] }));
      return view.restedS;
    }""")
    assert rested_s == 30 + 60


async def test_what_comes_too_late_to_be_heard_is_not_heard(view):
    heard = await view.evaluate("""() => {
      const { view, news } = window;
      const heard = [];
      view.sound.hear = (sounds) => { heard.push(sounds[0].sound); return null; };
      view.sound.say = (words) => heard.push(words[0].text);
      const told = (arrived_ms, sound) =>
        ({ arrived_ms, heard: [{ sound, moment: "any" }], spoken: [{ text: sound, rank: 1 }] });
      view.take(news({ told: [told(1000, "rep")] }));  // before the clock is known
      view.link.clock.answered(performance.now(), performance.now(), 60_000);
      view.take(news({ told: [told(20_000, "set_end"), told(59_900, "alert")] }));
      return heard;
    }""")
    assert heard == ["rep", "rep", "alert", "alert"]


async def test_what_came_while_nobody_looked_has_no_delay(view):
    delays = await view.evaluate("""() => {
      const { view, news, frames, said } = window;
      const told = [{ arrived_ms: 0, heard: [], spoken: [] }];
      const draw = () => { while (frames.length) frames.shift()(performance.now()); };
      view.link.clock.answered(performance.now(), performance.now(), 20);
      view.take(news({ told }));
      draw();
      view.take(news({ told }));  // hidden from here on: no frame
      document.dispatchEvent(new Event("visibilitychange"));
      draw();
      return said.filter((one) => "seen_ms" in one).length;
    }""")
    assert delays == 1


async def test_the_clock_is_read_again_although_an_answer_took_no_time(view):
    ahead = await view.evaluate("""async () => {
      const { SharedClock } = await import("/tracker/link.js");
      const clock = new SharedClock();
      clock.answered(100, 100, 1000);  // as coarse as some browsers' clock
      for (let at = 200; at < 1e6; at += 2000) clock.answered(at, at + 1, at + 950);
      return clock.ahead;
    }""")
    assert ahead == pytest.approx(950, abs=1)


async def test_a_screen_that_the_browser_lets_go_of_is_said(blank):
    words = await blank.evaluate("""async () => {
      const lock = new EventTarget();
      Object.defineProperty(navigator, "wakeLock", { value: { request: async () => lock } });
      const { stayAwake } = await import("/awake.js");
      const words = [];
      await stayAwake((said) => words.push(said));
      lock.dispatchEvent(new Event("release"));
      return words;
    }""")
    assert [bool(said) for said in words] == [False, True]
