/**
 * The tempo guide: a soft wood-block on each second of the running phase, a stronger one where it should end.
 *
 * A whole phase is scheduled ahead on the audio clock, which a busy page cannot delay, and what has not
 * sounded yet is taken back when the phase changes.
 */

import { play } from "./tones.js";

/** Which time of the tempo each phase is held against; the names are those of the server. */
const TARGET_OF = { drive: "concentric_s", top: "top_s", lowering: "eccentric_s", bottom: "bottom_s" };

/** Nobody counts further than this, s. */
const LONGEST_S = 60;

/**
 * The clicks that are still to come in a phase.
 *
 * @param {string} phase drive, top, lowering or bottom; nothing clicks in any other
 * @param {number} secondsInPhase how long it has lasted
 * @param {object | null} tempo target times in s: concentric_s, top_s, eccentric_s, bottom_s; 0 asks for nothing
 * @returns {{sound: string, in_s: number}[]} what sounds, and how long from now
 */
export function clicksOf(phase, secondsInPhase, tempo) {
  const target = Math.min(LONGEST_S, tempo?.[TARGET_OF[phase]] ?? 0);
  if (!(target > 0)) return [];
  const seconds = Array.from({ length: Math.ceil(target) - 1 }, (_, n) => ({ sound: "click", in_s: n + 1 }));
  return [...seconds, { sound: "accent", in_s: target }]
    .map(({ sound, in_s }) => ({ sound, in_s: in_s - secondsInPhase }))
    .filter(({ in_s }) => in_s >= 0);
}

export class Guide {
  #context;
  #out;
  #log;
  #phase = null;
  #tempo = null;
  #scheduled = [];

  /**
   * @param {AudioContext} context where it is made
   * @param {AudioNode} out where it goes
   * @param {function(object): void} log takes what was scheduled
   */
  constructor(context, out, log) {
    this.#context = context;
    this.#out = out;
    this.#log = log;
  }

  /** Follow the lifter; of a phase that goes on nothing new is scheduled. */
  follow(phase, secondsInPhase, tempo) {
    const asked = JSON.stringify(tempo ?? null);
    if (phase === this.#phase && asked === this.#tempo) return;
    this.stop();
    this.#phase = phase;
    this.#tempo = asked;
    const now = this.#context.currentTime;
    for (const { sound, in_s } of clicksOf(phase, secondsInPhase, tempo)) {
      const { notes, silence } = play(this.#context, this.#out, sound, now + in_s);
      notes.forEach(this.#log);
      this.#scheduled.push({ notes, silence });
    }
  }

  /** Take back what has not sounded yet; the log says so. */
  stop() {
    const now = this.#context.currentTime;
    for (const { notes, silence } of this.#scheduled) {
      if (notes[0].at <= now) continue; // it sounds already, and is short
      silence();
      notes.forEach((note) => (note.cancelled = true));
    }
    this.#scheduled = [];
    this.#phase = null;
    this.#tempo = null;
  }
}
