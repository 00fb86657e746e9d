// The lift of the last seconds, newest on the right; 0 deg is the set's top.

const SPAN_S = 20;
const LEAST_RANGE_DEG = 20; // a dumbbell that lies still is drawn as a line, not as noise
const MARGIN = 0.1;

export class Trace {
  constructor(canvas) {
    this.canvas = canvas;
    this.points = [];
    this.colour = "white";
  }

  // points: [t_s, lift_deg], rising in time.
  add(points) {
    if (points.length && this.points.length && points[0][0] < this.points.at(-1)[0]) this.points = [];
    this.points.push(...points);
    const newest = this.points.at(-1)?.[0] ?? 0;
    const first = this.points.findIndex(([t]) => t >= newest - SPAN_S);
    if (first > 0) this.points.splice(0, first);
  }

  draw() {
    const { canvas, points } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
      canvas.width = width * ratio;
      canvas.height = height * ratio;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (points.length < 2) return;
    const lifts = points.map(([, lift]) => lift);
    const top = Math.max(...lifts);
    const range = Math.max(LEAST_RANGE_DEG, top - Math.min(...lifts));
    const x = (t) => width * (1 - (points.at(-1)[0] - t) / SPAN_S);
    const y = (lift) => height * (MARGIN + (1 - 2 * MARGIN) * ((top - lift) / range));
    this.line(pen, [[points.at(-1)[0] - SPAN_S, 0], [points.at(-1)[0], 0]], x, y, "rgb(255 255 255 / 35%)", 1);
    this.line(pen, points, x, y, this.colour, 4);
  }

  line(pen, points, x, y, colour, thick) {
    pen.beginPath();
    pen.strokeStyle = colour;
    pen.lineWidth = thick;
    pen.lineJoin = "round";
    let before = null;
    for (const [t, lift] of points) {
      const gone = before !== null && points.length > 2 && t - before > 0.5; // a gap is not drawn over
      if (before === null || gone) pen.moveTo(x(t), y(lift));
      else pen.lineTo(x(t), y(lift));
      before = t;
    }
    pen.stroke();
  }
}
