// The live view: one Vue component that shows what the feed says. Text is Vue's; what moves is drawn by
// the small classes it imports, once for each frame of the screen.
import { stayAwake } from "/tracker/awake.js";
import { Link } from "/tracker/link.js";
import { Level } from "/tracker/level.js";
import { PhaseBar } from "/tracker/phases.js";
import { Sound } from "/tracker/sound.js";
import { SoundPanel } from "/tracker/sound_panel.js";
import { Trace } from "/tracker/trace.js";

const NOTHING = {
  stage: "waiting", set: 0, side: "unknown", load_kg: 0, number: 0, undecided: false, clean: 0, attempts: 0,
  target: 0, tempo: null, cue: "", reps: [], summaries: [], link: "", streams: false, sensor: "", battery: "",
  gaps: "", late: "", trouble: "", notice_deg: 4, alert_deg: 6.5, checklist: [], still: "", rest: null,
  next: null, warning: "",
};
const STALE_MS = 2000; // a tick later than that would be taken for the next rep's
const LOST =
  "This page has lost the tracker and looks for it. If it was started anew, open the address that it printed.";
const COLUMNS = ["rep", "range", "tempo", "lockout", "tilt", "rocking"];

export default {
  template: `
    <div class="live" :data-stage="shown.stage" :data-side="shown.side">
      <h1 class="unseen">tracker, live</h1>
      <header class="strip">
        <span class="side" :data-side="shown.side">{{ sideWords }}</span>
        <span class="facts">{{ facts }}</span>
        <span class="link" role="status" :data-fine="connected && shown.streams">{{ linkWords }}</span>
      </header>
      <p v-if="troubleWords" class="trouble" role="alert">{{ troubleWords }}</p>

      <section v-show="shown.stage === 'set'" class="work" aria-label="set">
        <div class="count" :data-undecided="shown.undecided">
          <span class="number" :class="{ long: shown.number > 9 }">{{ shown.number }}</span>
          <span v-if="shown.undecided" class="mark">?</span>
        </div>
        <div class="tally">
          <span class="clean">{{ shown.clean }} clean</span>
          <span class="tries">of {{ shown.attempts }}{{ shown.target ? ", target " + shown.target : "" }}</span>
        </div>
        <div class="cue" role="status" :data-on="Boolean(shown.cue)">{{ shown.cue || lastWords }}</div>
        <div class="level" ref="level"></div>
        <div class="phases" ref="phases"></div>
        <canvas class="trace" ref="trace" role="img" aria-label="lift of the last 20 seconds"></canvas>
      </section>

      <section v-if="shown.stage === 'rest'" class="rest" aria-label="rest">
        <div class="timer" v-if="shown.rest">
          <span class="elapsed" :data-done="restedS >= shown.rest.target_s">{{ clock(restedS) }}</span>
          <span class="of">rest of {{ clock(shown.rest.target_s) }}</span>
        </div>
        <div class="next" v-if="shown.next" :data-side="shown.next.side">
          <span class="what">next</span>
          <span class="side" :data-side="shown.next.side">{{ words(shown.next.side) || "which side?" }}</span>
          <span class="aim">{{ shown.next.aim }}</span>
          <span class="gate" :data-gate="shown.next.gate">{{ shown.next.advice }}</span>
          <span class="why">{{ shown.next.why }}</span>
        </div>
        <p v-if="shown.warning" class="warning" role="alert">⚠ {{ shown.warning }}</p>
        <div class="last">
          <h2>{{ shown.summaries.at(-1) }}</h2>
          <table>
            <thead><tr><th v-for="column in columns" scope="col">{{ column }}</th></tr></thead>
            <tbody>
              <tr v-for="rep in shown.reps" :data-clean="rep.clean" :data-alert="rep.alert">
                <td v-for="cell in rep.cells">{{ cell }}</td>
              </tr>
            </tbody>
          </table>
        </div>
      </section>

      <section v-if="before" class="before" aria-label="before the set">
        <h2>{{ heading }}</h2>
        <p class="still" role="status">{{ shown.still }}</p>
        <p v-if="shown.warning" class="warning" role="alert">⚠ {{ shown.warning }}</p>
        <ul><li v-for="line in shown.checklist">{{ line }}</li></ul>
        <p class="hint">The first rep starts the set. Nothing needs a tap until you put the weight away.</p>
      </section>

      <section v-if="shown.stage === 'over'" class="over" aria-label="session over">
        <h2>Session over</h2>
        <p v-for="line in shown.summaries">{{ line }}</p>
        <p v-if="!shown.summaries.length">No set was counted.</p>
        <p v-if="shown.trouble">Not everything could be saved: the terminal says what, and where it lies.</p>
        <p v-else>Everything is saved. You can close this page.</p>
      </section>
      <footer class="small">
        <span v-if="soundState.audio !== 'running'">sound is off: tap Sound once</span>
        <span v-if="awakeWords">{{ awakeWords }}</span>
        <span>{{ delayWords }}</span>
      </footer>
      <sound-panel ref="panel" :sound="sound" :state="soundState"></sound-panel>
    </div>`,

  components: { SoundPanel },

  data: () => ({
    shown: NOTHING, connected: false, wasConnected: false, columns: COLUMNS, seenMs: null, heardMs: null, speakerMs: 0, restedS: 0,
    soundState: { audio: "off", speech: "ready" }, awakeWords: "",
  }),

  created() {
    this.sound = new Sound({ onstate: (state) => (this.soundState = state) });
  },

  computed: {
    sideWords() { return this.words(this.shown.side) || "no side"; },
    facts() {
      const { stage, set, load_kg } = this.shown;
      const load = load_kg ? `${load_kg} kg` : "";
      return [stage === "set" ? `set ${set}` : "", load].filter(Boolean).join(" · ");
    },
    linkWords() {
      if (!this.connected) return "not connected";
      const { link, sensor, battery, gaps, late } = this.shown;
      return [link, sensor, battery, gaps, late].filter(Boolean).join(" · ");
    },
    troubleWords() {
      return this.wasConnected && !this.connected ? LOST : this.shown.trouble;
    },
    lastWords() {
      const last = this.shown.reps.findLast((rep) => !rep.undecided);
      return last?.clean === "yes" ? "✓ clean" : "";
    },
    before() { return ["waiting", "set_up", "still", "ready"].includes(this.shown.stage); },
    heading() {
      return { waiting: "Looking for the sensor", set_up: "Before you lie down", still: "Hold it still",
        ready: "Ready" }[this.shown.stage];
    },
    delayWords() {
      if (this.seenMs === null) return "";
      const heard =
        this.heardMs === null
          ? ""
          : `, sound ${this.heardMs.toFixed(0)} + ${this.speakerMs.toFixed(0)} ms in this device`;
      return `packet to page ${this.seenMs.toFixed(0)} ms${heard}`;
    },
  },

  mounted() {
    this.level = new Level(this.$refs.level);
    this.phases = new PhaseBar(this.$refs.phases);
    this.trace = new Trace(this.$refs.trace);
    this.level.bands(NOTHING.notice_deg, NOTHING.alert_deg);
    this.frame = null;
    this.pulse = null;
    this.unseen = [];
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.link = new Link(`${scheme}://${location.host}/live`, this.take, this.connectedNow);
    setInterval(this.rest, 1000);
    // What came while nobody looked was shown late for no reason of ours: its delay is not measured.
    document.addEventListener("visibilitychange", () => (this.unseen = []));
    stayAwake((words) => (this.awakeWords = words));
    window.tracker = { sound: this.sound, openSound: () => this.$refs.panel.open() };
  },

  methods: {
    words: (side) => ({ left: "◀ LEFT", right: "RIGHT ▶" })[side] ?? "",
    clock(seconds) {
      const whole = Math.max(0, Math.floor(seconds));
      return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    },

    connectedNow(connected) {
      this.connected = connected;
      this.wasConnected ||= connected;
      if (!connected) this.sound.glide(null);
    },

    // Sound first, for the ear is faster than the eye; then one drawing for all that came in this frame.
    take(news) {
      if (news.told.length) this.hear(news.told);
      if (news.shown) {
        this.shown = news.shown;
        this.level.bands(news.shown.notice_deg, news.shown.alert_deg);
        this.phases.aim(news.shown.tempo);
      }
      for (const pulse of news.pulses) this.trace.add(pulse.trace);
      if (news.pulses.length) this.move(news.pulses.at(-1));
      if (news.over) this.end();
      this.unseen.push(...news.told);
      this.frame ??= requestAnimationFrame(this.draw);
    },

    // The rest goes on while the sensor is away, for a page that comes meanwhile, too.
    rest() {
      if (!this.shown.rest || !this.pulse) return;
      const since_ms = this.link.clock.since(this.pulse.arrived_ms, performance.now()) ?? 0;
      const now_s = this.pulse.t_s + since_ms / 1000;
      this.restedS = Math.max(0, Math.floor(now_s - this.shown.rest.since_s));
    },

    // Nothing more will come: no tone stays, and the page's own socket need not look for the tracker.
    end() {
      this.sound.glide(null);
      window.socket?.disconnect();
    },

    move(pulse) {
      this.pulse = pulse;
      this.rest();
      const inSet = this.shown.stage === "set";
      this.sound.glide(inSet ? pulse.tilt_deg : null);
      if (inSet && this.shown.tempo) this.sound.guide(pulse.phase, pulse.in_phase_s, this.shown.tempo);
    },

    hear(told) {
      for (const { arrived_ms, heard, spoken } of told) {
        if (this.link.clock.since(arrived_ms, performance.now()) > STALE_MS) continue; // kept by a slow network
        const sounds = heard.length ? this.sound.hear(heard) : null;
        if (spoken.length) this.sound.say(spoken);
        if (!sounds || sounds.waits) continue; // what waits for another sound waits on purpose
        const late = this.link.clock.since(arrived_ms, sounds.scheduled_ms);
        if (late === null) continue;
        this.heardMs = late;
        this.speakerMs = sounds.at_ms - sounds.scheduled_ms;
        this.link.say({ heard_ms: late });
      }
    },

    draw() {
      this.frame = null;
      if (this.pulse) {
        this.level.show(this.pulse.tilt_deg);
        this.phases.show(this.pulse.phase, this.pulse.in_phase_s);
      }
      if (this.shown.stage === "set") this.trace.draw();
      if (this.unseen.length) requestAnimationFrame(this.drawn);
    },

    // The frame after the drawing: what was drawn is on the screen.
    drawn(at) {
      for (const { arrived_ms } of this.unseen.splice(0)) {
        const late = this.link.clock.since(arrived_ms, at);
        if (late === null || document.hidden) continue;
        this.seenMs = late;
        this.link.say({ seen_ms: late });
      }
    },
  },
};
