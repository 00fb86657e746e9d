/**
 * The sounds, and how they are made: notes of one oscillator each, under an envelope, through one limiter.
 *
 * There are no sound files: everything works offline, and a note sounds the moment it is asked for.
 * Fundamentals lie between 400 and 3000 Hz, for a phone's speaker gives little below and ears little above.
 * What must be told apart with eyes closed differs in more than pitch: how many notes, which way they go,
 * how long they are, how sharp their wave.
 */

/** Up and down times of a note, s: a note that began or ended at once would click. */
const ATTACK_S = 0.004;
const RELEASE_S = 0.012;

/** Share of its gain that a note has left when its release begins: it rings off like something struck. */
const RINGS_OFF_TO = 0.25;

/** Silence between two sounds of one message, s: less, and they melt into one. */
export const GAP_S = 0.07;

/** Gain behind the limiter at full volume: all sounds at once stay below full scale with it. */
const CEILING = 0.75;

/** The look-ahead of the compressor, s: all sounds come so much later. Measured in Chromium. */
export const LIMITER_S = 0.006;

/**
 * Notes of each sound: start after the sound's own start and length in s, pitch in Hz (sliding to `to_hz`).
 * Square waves carry more than triangles, triangles more than sines: gains make up for that.
 */
export const SOUNDS = {
  // one dry tick: it comes most often
  rep: [{ at_s: 0, for_s: 0.06, hz: 1500, gain: 0.9, wave: "sine" }],
  // bright, two notes, a fifth up
  lockout: [
    { at_s: 0, for_s: 0.09, hz: 1320, gain: 0.6, wave: "triangle" },
    { at_s: 0.09, for_s: 0.18, hz: 1980, gain: 0.6, wave: "triangle" },
  ],
  // one long low note, square, so that small speakers give its harmonics
  no_lockout: [{ at_s: 0, for_s: 0.32, hz: 440, gain: 0.4, wave: "square" }],
  // three sharp beeps, the highest of all
  alert: [0, 0.13, 0.26].map((at_s) => ({ at_s, for_s: 0.08, hz: 2600, gain: 0.45, wave: "square" })),
  // a soft slide down: the count goes back
  taken_back: [{ at_s: 0, for_s: 0.2, hz: 1000, to_hz: 500, gain: 0.6, wave: "sine" }],
  // rising three, the last one long
  target: [
    { at_s: 0, for_s: 0.13, hz: 784, gain: 0.6, wave: "triangle" },
    { at_s: 0.14, for_s: 0.13, hz: 1047, gain: 0.6, wave: "triangle" },
    { at_s: 0.28, for_s: 0.36, hz: 1568, gain: 0.6, wave: "triangle" },
  ],
  // falling three, the last one long
  set_end: [
    { at_s: 0, for_s: 0.16, hz: 1047, gain: 0.6, wave: "triangle" },
    { at_s: 0.18, for_s: 0.16, hz: 784, gain: 0.6, wave: "triangle" },
    { at_s: 0.36, for_s: 0.4, hz: 523, gain: 0.6, wave: "triangle" },
  ],
  // low, two long notes, down; and up again
  link_lost: [
    { at_s: 0, for_s: 0.25, hz: 660, gain: 0.35, wave: "square" },
    { at_s: 0.27, for_s: 0.4, hz: 440, gain: 0.35, wave: "square" },
  ],
  link_back: [
    { at_s: 0, for_s: 0.25, hz: 440, gain: 0.35, wave: "square" },
    { at_s: 0.27, for_s: 0.4, hz: 660, gain: 0.35, wave: "square" },
  ],
  // the lifter knows now what a tick is, and that it can be heard
  armed: [{ at_s: 0, for_s: 0.06, hz: 1500, gain: 0.4, wave: "sine" }],
  // a wood-block: short, its pitch falls while it sounds
  click: [{ at_s: 0, for_s: 0.035, hz: 900, to_hz: 700, gain: 0.3, wave: "triangle" }],
  accent: [{ at_s: 0, for_s: 0.06, hz: 1200, to_hz: 1000, gain: 0.5, wave: "triangle" }],
};

/** How long a sound is, s. */
export function lengthOf(sound) {
  return Math.max(...SOUNDS[sound].map((note) => note.at_s + note.for_s));
}

/**
 * Build the way out: limiter, then volume, then the speaker.
 *
 * The volume stands behind the limiter, so that turning it down does not change how sounds are limited.
 *
 * @param {BaseAudioContext} context where the sounds are made
 * @returns {{input: AudioNode, setVolume: function(number): void}} `setVolume` takes 0 to 1
 */
export function wayOut(context) {
  const limiter = new DynamicsCompressorNode(context, {
    threshold: -3, // dB: one sound passes as it is, several together do not add up
    knee: 0,
    ratio: 20, // as near to a limiter as the node comes
    attack: 0.001,
    release: 0.1,
  });
  const volume = new GainNode(context, { gain: CEILING });
  limiter.connect(volume).connect(context.destination);
  const setVolume = (share) => volume.gain.setTargetAtTime(CEILING * share, context.currentTime, 0.02);
  return { input: limiter, setVolume };
}

/**
 * Schedule one sound.
 *
 * @param {BaseAudioContext} context where it is made
 * @param {AudioNode} out where it goes
 * @param {string} sound a name in `SOUNDS`
 * @param {number} at when it starts, s on the context's clock
 * @returns {{notes: object[], silence: function(): void}} what was scheduled, and how to take it back
 */
export function play(context, out, sound, at) {
  const voices = SOUNDS[sound].map((note) => voice(context, out, note, at + note.at_s));
  const notes = SOUNDS[sound].map(({ at_s, ...note }) => ({ sound, at: at + at_s, pan: 0, ...note }));
  return { notes, silence: () => voices.forEach((oscillator) => oscillator.stop(0)) };
}

function voice(context, out, { for_s, hz, to_hz, gain, wave }, at) {
  const end = at + for_s;
  const oscillator = new OscillatorNode(context, { type: wave, frequency: hz });
  if (to_hz) {
    oscillator.frequency.setValueAtTime(hz, at);
    oscillator.frequency.exponentialRampToValueAtTime(to_hz, end);
  }
  const envelope = new GainNode(context, { gain: 0 });
  envelope.gain.setValueAtTime(0, at);
  envelope.gain.linearRampToValueAtTime(gain, at + ATTACK_S);
  envelope.gain.exponentialRampToValueAtTime(gain * RINGS_OFF_TO, end - RELEASE_S);
  envelope.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(envelope).connect(out);
  oscillator.start(at);
  oscillator.stop(end);
  return oscillator;
}
