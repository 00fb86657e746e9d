// The dumbbell's level: a bar that tilts as the weight does, in front of a green and an alert band.
// Seen as the lifter sees it: left is left.

const NAMESPACE = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const HEIGHT = 340;
const HALF_BAR = 460;
const STEEPER = 1.8; // drawn steeper than it is: 5 deg over two metres is hard to see
const MOST_DEG = 11; // drawn no steeper than this

const radians = (degrees) => (degrees * Math.PI) / 180;

function element(name, attributes) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Both ends of a band between two tilts, as a bow tie around the middle.
function wedge(fromDeg, toDeg) {
  const at = (degrees) => Math.tan(radians(degrees * STEEPER)) * HALF_BAR;
  const [low, high] = [at(fromDeg), at(toDeg)];
  return (
    `M0,0 L${HALF_BAR},${-high} L${HALF_BAR},${-low} Z ` +
    `M0,0 L${-HALF_BAR},${high} L${-HALF_BAR},${low} Z`
  );
}

export class Level {
  constructor(host) {
    this.svg = element("svg", {
      viewBox: `${-WIDTH / 2} ${-HEIGHT / 2} ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": "level of the dumbbell",
    });
    this.fine = element("path", { class: "band-fine" });
    this.above = element("path", { class: "band-alert" });
    this.below = element("path", { class: "band-alert" });
    this.bar = element("g", { class: "bar" });
    this.bar.append(
      element("rect", { x: -HALF_BAR, y: -9, width: 2 * HALF_BAR, height: 18, rx: 9 }),
      element("rect", { x: -HALF_BAR, y: -42, width: 56, height: 84, rx: 12 }),
      element("rect", { x: HALF_BAR - 56, y: -42, width: 56, height: 84, rx: 12 }),
    );
    this.svg.append(this.above, this.below, this.fine, this.bar);
    this.words = document.createElement("div");
    this.words.className = "level-words";
    host.append(this.svg, this.words);
    this.show(null);
  }

  bands(noticeDeg, alertDeg) {
    this.notice = noticeDeg;
    this.alert = alertDeg;
    this.fine.setAttribute("d", wedge(-noticeDeg, noticeDeg));
    this.above.setAttribute("d", wedge(alertDeg, MOST_DEG));
    this.below.setAttribute("d", wedge(-MOST_DEG, -alertDeg));
  }

  // tiltDeg is positive when the right end is high; null when it is not known.
  show(tiltDeg) {
    const known = tiltDeg !== null;
    const drawn = known ? Math.max(-MOST_DEG, Math.min(MOST_DEG, tiltDeg)) * STEEPER : 0;
    this.bar.setAttribute("transform", `rotate(${-drawn})`);
    const off = Math.abs(tiltDeg ?? 0);
    const state = !known ? "unknown" : off > this.alert ? "alert" : off > this.notice ? "notice" : "level";
    this.svg.dataset.state = state;
    this.words.dataset.state = state;
    this.words.textContent = levelWords(tiltDeg, state);
  }
}

export function levelWords(tiltDeg, state) {
  if (state === "unknown") return "level: known from the second rep";
  const off = Math.abs(tiltDeg).toFixed(0);
  if (state === "level") return `level ${off}°`;
  return tiltDeg > 0 ? `◀ left low ${off}°` : `right low ${off}° ▶`;
}
