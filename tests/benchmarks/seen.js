// When what stands on a page of a set was seen first, ms since the page was asked for or since the last press.
// What changes between two frames is drawn with the second, so looking once a frame is exact enough.
"use strict";
const FIGURES = 3;
const told = () => document.querySelector(".told")?.textContent ?? "";
const plots = () => [...document.querySelectorAll(".js-plotly-plot")];
let since = 0;
let before = "";
let drawn = 0;

window.seen = {};

document.addEventListener(
  "click",
  () => {
    [since, before, drawn, window.seen] = [performance.now(), told(), 0, {}];
    for (const plot of plots()) plot.once("plotly_afterplot", () => drawn++);
  },
  { capture: true },
);

function look() {
  const now = {
    buttons: window.did_handshake && document.querySelector(".sides .act"),
    words: told() !== before,
    figures: (since ? drawn : plots().filter((plot) => plot.querySelector(".main-svg")).length) >= FIGURES,
  };
  for (const [what, stands] of Object.entries(now))
    if (stands) window.seen[what] ??= performance.now() - since;
  requestAnimationFrame(look);
}

requestAnimationFrame(look);
