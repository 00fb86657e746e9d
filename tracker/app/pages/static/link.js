// The live feed of the session: a websocket that comes back by itself, and a clock that both ends share.

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4000;
const PING_EVERY_MS = 2000;
const FORGETS_MS = 0.05; // at least so much slower a trip is believed after each: 0 ms on a coarse clock would stay

// How far the session's clock is ahead of this page's, ms: of the fastest round trip so far, half of it
// is taken for the way there. A trip that took longer says less, so it replaces a faster one only slowly.
export class SharedClock {
  constructor() {
    this.ahead = null;
    this.trip = Infinity;
  }

  answered(sent, now, sessionNow) {
    const trip = now - sent;
    this.trip = Math.min(trip, Math.max(this.trip * 1.05, this.trip + FORGETS_MS));
    if (trip <= this.trip) this.ahead = sessionNow - (sent + now) / 2;
  }

  // Time since `arrived` (session's clock, ms), at the page's moment `at` (performance.now()).
  since(arrived, at) {
    return this.ahead === null ? null : at + this.ahead - arrived;
  }
}

export class Link {
  // onNews(news) gets every message; onState(connected) is told when the socket comes and goes.
  constructor(url, onNews, onState) {
    this.url = url;
    this.onNews = onNews;
    this.onState = onState;
    this.clock = new SharedClock();
    this.retry = FIRST_RETRY_MS;
    this.over = false;
    this.open();
  }

  open() {
    this.socket = new WebSocket(this.url);
    this.socket.onopen = () => {
      this.retry = FIRST_RETRY_MS;
      this.onState(true);
      this.clock = new SharedClock();
      this.ping();
      this.pinging = setInterval(() => this.ping(), PING_EVERY_MS);
    };
    this.socket.onmessage = (event) => this.take(JSON.parse(event.data));
    this.socket.onclose = () => this.closed();
  }

  take(news) {
    if ("pong" in news) return this.clock.answered(news.pong, performance.now(), news.now_ms);
    this.over = news.over;
    this.onNews(news);
  }

  closed() {
    clearInterval(this.pinging);
    if (this.over) return;
    this.onState(false);
    setTimeout(() => this.open(), this.retry);
    this.retry = Math.min(2 * this.retry, LONGEST_RETRY_MS);
  }

  ping() {
    this.say({ ping: performance.now() });
  }

  say(words) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(words));
  }
}
