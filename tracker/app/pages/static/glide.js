/**
 * The glide tone: silent while the weight is level; off level, pitch and place follow the tilt.
 *
 * Right end high is a higher pitch and comes from the left, the low side: go where the sound is not.
 * The pitch alone says it too, for who listens through one speaker.
 */

/** Dead band, deg: heard above 3 (before 4, where rocking is noticed), silent again below 2. */
const HEARD_DEG = 3;
const SILENT_DEG = 2;

/** Pitch when level, and the tilt that doubles it, Hz and deg: severe rocking (10) is nearly an octave off. */
const LEVEL_HZ = 800;
const OCTAVE_DEG = 12;

/** Tilt at which it comes from one side only, deg. */
const ASIDE_DEG = 8;

/** Softer than any tick, which must be heard above it. */
const GAIN = 0.2;

/** Time constant with which it follows, s: no steps between two messages, and no delay to be heard. */
const FOLLOWS_S = 0.03;

/** After so many time constants it is silent to within a thousandth. */
const FADED = 7;

export class Glide {
  #context;
  #out;
  #log;
  #nodes = null;
  #isHeard = false;

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

  /** Follow the tilt, deg, right end high is positive; null when it is not known. */
  follow(tiltDeg) {
    if (!Number.isFinite(tiltDeg)) return this.stop();
    const off = Math.abs(tiltDeg);
    this.#isHeard = off > (this.#isHeard ? SILENT_DEG : HEARD_DEG);
    if (!this.#isHeard && !this.#nodes) return;
    this.#set(toneOf(tiltDeg, this.#isHeard));
  }

  /** Fade out and let go. */
  stop() {
    this.#isHeard = false;
    if (!this.#nodes) return;
    const now = this.#context.currentTime;
    this.#nodes.envelope.gain.setTargetAtTime(0, now, FOLLOWS_S);
    this.#nodes.oscillator.stop(now + FADED * FOLLOWS_S);
    this.#nodes = null;
    this.#log({ sound: "glide", at: now, gain: 0 });
  }

  #set({ hz, pan, gain }) {
    const now = this.#context.currentTime;
    this.#nodes ??= this.#start(hz, pan);
    const { oscillator, panner, envelope } = this.#nodes;
    oscillator.frequency.setTargetAtTime(hz, now, FOLLOWS_S);
    panner.pan.setTargetAtTime(pan, now, FOLLOWS_S);
    envelope.gain.setTargetAtTime(gain, now, FOLLOWS_S);
    this.#log({ sound: "glide", at: now, hz, pan, gain });
  }

  #start(hz, pan) {
    const oscillator = new OscillatorNode(this.#context, { type: "triangle", frequency: hz });
    const envelope = new GainNode(this.#context, { gain: 0 });
    const panner = new StereoPannerNode(this.#context, { pan });
    oscillator.connect(envelope).connect(panner).connect(this.#out);
    oscillator.start();
    return { oscillator, envelope, panner };
  }
}

/** The tone of a tilt: pitch in Hz, place from -1 (left) to 1 (right), gain. */
function toneOf(tiltDeg, isHeard) {
  const within = (limit) => Math.max(-limit, Math.min(limit, tiltDeg));
  return {
    hz: LEVEL_HZ * 2 ** (within(OCTAVE_DEG) / OCTAVE_DEG),
    pan: -within(ASIDE_DEG) / ASIDE_DEG,
    gain: isHeard ? GAIN : 0,
  };
}
