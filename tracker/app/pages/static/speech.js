/**
 * Words: one at a time, never queued, for advice that comes two reps late is advice about the wrong rep.
 */

/** A little faster than people talk: a cue has to fit between two reps. */
const RATE = 1.15;

/** Browsers sometimes forget to say that an utterance is over; none of ours takes so long, ms. */
const FORGOTTEN_MS = 8000;

export class Speech {
  #voices;
  #log;
  #onstate;
  #current = null;
  #lastOfRep = { rep: null, rank: Infinity };

  /**
   * @param {SpeechSynthesis | undefined} synthesis the browser's, if it has one
   * @param {function(object): void} log takes what was said
   * @param {function(): void} onstate is called when `state` may have changed
   */
  constructor(synthesis, log, onstate) {
    this.#voices = synthesis;
    this.#log = log;
    this.#onstate = onstate;
    synthesis?.addEventListener?.("voiceschanged", onstate);
  }

  /** "ready", "no voices", or "not supported". */
  get state() {
    if (!this.#voices) return "not supported";
    return this.#voices.getVoices().length ? "ready" : "no voices";
  }

  /** Say nothing, inside a user's gesture: iOS lets a page speak later only if it spoke in one. */
  unlock() {
    this.#voices?.speak(new SpeechSynthesisUtterance(""));
  }

  /**
   * Say the most important of what may be said; of two that are alike the newer one.
   *
   * It is dropped when something as important is being said, or was said about the same rep. What is more
   * important breaks in. The end of a set is said to its end.
   *
   * @param {{text: string, rank: number, rep: ?number}[]} words lower ranks are more important
   * @param {number} volume 0 to 1
   */
  say(words, volume) {
    if (!this.#voices || !words.length) return;
    const best = words.reduce((chosen, one) => (one.rank <= chosen.rank ? one : chosen));
    const isOfSameRep = best.rep != null && best.rep === this.#lastOfRep.rep;
    if (isOfSameRep && best.rank >= this.#lastOfRep.rank) return;
    if (this.#isSpeaking()) {
      if (best.rank >= this.#current.rank) return;
      this.#voices.cancel();
      this.#log({ sound: "speech_cancelled", text: this.#current.text });
    }
    this.#lastOfRep = { rep: best.rep, rank: best.rank };
    this.#speak(best, volume);
  }

  /** Be silent at once. */
  stop() {
    if (this.#current) this.#voices.cancel();
    this.#current = null;
  }

  #isSpeaking() {
    return this.#current !== null && performance.now() - this.#current.since < FORGOTTEN_MS;
  }

  #speak({ text, rank }, volume) {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = "en-US";
    utterance.rate = RATE;
    utterance.volume = volume;
    utterance.voice = this.#english() ?? null;
    const said = { text, rank, since: performance.now(), utterance }; // kept: an utterance that is let go falls silent
    const over = () => {
      if (this.#current === said) this.#current = null;
    };
    utterance.addEventListener("end", over);
    utterance.addEventListener("error", over);
    this.#current = said;
    this.#voices.speak(utterance);
    this.#log({ sound: "speech", text, rank });
  }

  /** An English voice of this device; one that is fetched over the network only when there is no other. */
  #english() {
    const english = this.#voices.getVoices().filter((voice) => /^en\b/i.test(voice.lang));
    return english.find((voice) => voice.localService) ?? english[0];
  }
}
