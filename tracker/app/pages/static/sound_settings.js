/** What the listener has chosen to hear, kept in this browser. */

/** One place in the browser's storage; a later version that means something else by a name begins anew. */
const KEY = "tracker.sound";
const VERSION = 1;

export const DEFAULTS = Object.freeze({
  tick: true, // every real rep is what people ask for first
  moment: "bottom", // "top" answers at once, and is taken back after every second set: the weight was put down
  lockout: true, // "12 counted, 9 locked out" is worth more while it can still be mended
  alert: true, // the weight may come down
  milestones: true, // the target and the end of a set: both hands are full, nobody can look
  link: true, // who counts on the count must know when nobody counts
  glide: false, // on an uncalibrated sensor level itself may be off by more than the dead band
  guide: true, // it speaks up only where a tempo was asked for
  speech: true,
  numbers: false, // the tick has said so already
  volume: 0.8, // 0 to 1; the rest is the device's own volume
});

const MOMENTS = ["top", "bottom"];

/**
 * Complete what is given with defaults; whatever is unknown or of the wrong kind is left out.
 *
 * @param {object} given some settings
 * @param {object} base where the others come from
 */
export function settingsFrom(given, base = DEFAULTS) {
  const fits = ([name, value]) => name in DEFAULTS && typeof value === typeof DEFAULTS[name];
  const settings = { ...base, ...Object.fromEntries(Object.entries(given ?? {}).filter(fits)) };
  if (!MOMENTS.includes(settings.moment)) settings.moment = base.moment;
  settings.volume = Math.min(1, Math.max(0, Number.isNaN(settings.volume) ? base.volume : settings.volume));
  return Object.freeze(settings);
}

/** Read the settings; the defaults where there are none, or storage is shut. */
export function load() {
  try {
    const { version, ...kept } = JSON.parse(localStorage.getItem(KEY)) ?? {};
    return settingsFrom(version === VERSION ? kept : {});
  } catch {
    return DEFAULTS;
  }
}

/** Keep the settings; where storage is shut they hold until the page is left. */
export function keep(settings) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ version: VERSION, ...settings }));
  } catch {
    // a private window: nothing to do, and nothing lost but the choice
  }
}
