/**
 * Everything that is heard of a session, for who trains with both hands full and eyes closed.
 *
 *     const sound = new Sound({ onstate: (state) => show(state) });
 *     button.onclick = () => sound.arm();          // browsers let a page sound only after a gesture
 *     const when = sound.hear(message.heard);      // each message of the server
 *     sound.say(message.spoken);
 *     sound.glide(message.tilt_deg);
 *     sound.guide(message.phase, message.phase_s, message.tempo);
 *     sound.settings = { moment: "bottom" };       // kept in this browser
 */

import { Glide } from "./glide.js";
import { Guide } from "./guide.js";
import { keep, load, settingsFrom } from "./sound_settings.js";
import { Speech } from "./speech.js";
import { GAP_S, LIMITER_S, SOUNDS, lengthOf, play, wayOut } from "./tones.js";

/** Between now and the first sound, s: time to build it before the audio thread gets there. */
const LEAD_S = 0.005;

/** So many entries of the log are kept: a long set's worth. */
const LOG_LENGTH = 500;

/** Which setting lets a sound through, and which one words. */
const SWITCH_OF_SOUND = {
  rep: "tick",
  taken_back: "tick",
  lockout: "lockout",
  no_lockout: "lockout",
  alert: "alert",
  target: "milestones",
  set_end: "milestones",
  link_lost: "link",
  link_back: "link",
};
const SWITCH_OF_WORDS = { number: "numbers" };

export class Sound {
  /** What was scheduled and said, oldest first: names, times in s on the audio clock, pitch, gain, pan. */
  log = [];

  #onstate;
  #settings = load();
  #context = null;
  #out = null;
  #glide = null;
  #guide = null;
  #speech;
  #freeAt = 0;

  /**
   * @param {object} [options]
   * @param {function(object): void} [options.onstate] gets `state` whenever it may have changed
   */
  constructor({ onstate = () => {} } = {}) {
    this.#onstate = onstate;
    this.#speech = new Speech(window.speechSynthesis, (entry) => this.#note(entry), () => this.#tell());
    for (const gesture of ["pointerdown", "keydown"]) window.addEventListener(gesture, () => this.#wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
  }

  /** Whether sounds can be heard now. */
  get armed() {
    return this.#context?.state === "running";
  }

  /**
   * How it stands, for people: `audio` is "off" before `arm`, then "running", or "suspended" or
   * "interrupted" (a phone call, another app) until the page is touched again; `speech` is "ready",
   * "no voices" or "not supported".
   */
  get state() {
    return { audio: this.#context?.state ?? "off", speech: this.#speech.state };
  }

  /** What the listener has chosen; see sound_settings.js. */
  get settings() {
    return this.#settings;
  }

  /** Change some of the settings, and keep them; names that are not known are ignored. */
  set settings(changes) {
    this.#settings = settingsFrom(changes, this.#settings);
    keep(this.#settings);
    this.#out?.setVolume(this.#settings.volume);
    if (!this.#settings.glide) this.#glide?.stop();
    if (!this.#settings.guide) this.#guide?.stop();
    if (!this.#settings.speech) this.#speech.stop();
  }

  /** Begin to sound; call it from a click or a key. One soft tick says that it works. */
  async arm() {
    this.#context ??= this.#newContext();
    this.#speech.unlock();
    await this.#context.resume();
    if (this.armed) this.#play("armed", this.#context.currentTime + LEAD_S);
    this.#tell();
    return this.armed;
  }

  /**
   * Schedule sounds, one after the other, and after what still sounds.
   *
   * @param {{sound: string, moment: string}[]} sounds in order; `moment` is "top", "bottom" or "any"
   * @returns {object | null} null when nothing sounds; else, for the first one, on performance.now()'s clock:
   *   `scheduled_ms`, when it starts, and `at_ms`, when it leaves the speaker; what lies between them:
   *   `base_ms`, `output_ms` (null where the browser does not say) and `limiter_ms`; and whether it `waits`
   *   for an earlier one to end
   */
  hear(sounds) {
    const wanted = sounds.filter((one) => this.#isWanted(one));
    if (!this.armed || !wanted.length) return null; // a context that sleeps would play all of it when it wakes
    const soonest = this.#context.currentTime + LEAD_S;
    const first = Math.max(soonest, this.#freeAt);
    this.#freeAt = wanted.reduce((at, { sound }) => this.#play(sound, at) + GAP_S, first);
    return { ...this.#heardAt(first), waits: first > soonest };
  }

  /** Let the tone follow the tilt, deg, right end high is positive; null stops it. */
  glide(tiltDeg) {
    if (tiltDeg === null) this.#glide?.stop();
    else if (this.armed && this.#settings.glide) this.#glide.follow(tiltDeg);
  }

  /**
   * Click the seconds of the running phase; call it with every message, it notices the changes.
   *
   * @param {string | null} phase drive, top, lowering or bottom
   * @param {number} [secondsInPhase] how long it had lasted when the message came
   * @param {object | null} [tempo] target times: eccentric_s, bottom_s, concentric_s, top_s
   */
  guide(phase, secondsInPhase = 0, tempo = null) {
    if (this.armed && this.#settings.guide) this.#guide.follow(phase, secondsInPhase, tempo);
  }

  /** Say at most one of these; the others are dropped. Their form is that of `Spoken` on the server. */
  say(words) {
    if (!this.armed || !this.#settings.speech) return;
    const wanted = words.filter(
      ({ kind, moment }) => this.#settings[SWITCH_OF_WORDS[kind] ?? "speech"] && this.#isItsMoment(moment),
    );
    this.#speech.say(wanted, this.#settings.volume);
  }

  #newContext() {
    const context = new AudioContext({ latencyHint: "interactive" });
    context.addEventListener("statechange", () => {
      this.#tell();
      this.#wake();
    });
    this.#out = wayOut(context);
    this.#out.setVolume(this.#settings.volume);
    this.#glide = new Glide(context, this.#out.input, (entry) => this.#note(entry));
    this.#guide = new Guide(context, this.#out.input, (entry) => this.#note(entry));
    return context;
  }

  /** Go on after a phone call, another tab, a locked screen; where that takes a gesture the next one does it. */
  #wake() {
    if (!this.#context || this.armed || this.#context.state === "closed") return;
    this.#context.resume().catch(() => this.#tell());
  }

  #isWanted({ sound, moment }) {
    const isKnown = sound in SOUNDS && sound in SWITCH_OF_SOUND; // a newer server may know more
    return isKnown && this.#settings[SWITCH_OF_SOUND[sound]] && this.#isItsMoment(moment);
  }

  #isItsMoment(moment) {
    return !["top", "bottom"].includes(moment) || moment === this.#settings.moment;
  }

  #play(sound, at) {
    play(this.#context, this.#out.input, sound, at).notes.forEach((note) => this.#note(note));
    return at + lengthOf(sound);
  }

  /** When what was scheduled leaves the speaker; what the audio clock has overtaken sounds at once. */
  #heardAt(at) {
    const { currentTime, baseLatency, outputLatency } = this.#context;
    const scheduled_ms = performance.now() + Math.max(0, at - currentTime) * 1000;
    const base_ms = (baseLatency ?? 0) * 1000;
    const output_ms = outputLatency === undefined ? null : outputLatency * 1000;
    const limiter_ms = LIMITER_S * 1000;
    const at_ms = scheduled_ms + base_ms + (output_ms ?? 0) + limiter_ms;
    return { scheduled_ms, at_ms, base_ms, output_ms, limiter_ms };
  }

  #note(entry) {
    const isGliding = entry.sound === "glide" && this.log.at(-1)?.sound === "glide";
    if (isGliding) this.log.pop(); // a glide is one entry, its newest: it would push out all others
    entry.at ??= this.#context.currentTime;
    this.log.push(entry); // itself, not a copy: the guide marks what it takes back
    if (this.log.length > LOG_LENGTH) this.log.shift();
  }

  #tell() {
    this.#onstate(this.state);
  }
}
