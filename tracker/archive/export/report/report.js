"use strict";
// Draws the figures where they belong, and once more as wide as the paper when it is printed.

const PAPER_PX = 680; // A4 less its margins of 15 mm, at 96 px an inch
const figures = JSON.parse(document.getElementById("figures").textContent);
const holders = [...document.querySelectorAll("[data-figure]")];
const config = { responsive: true, displaylogo: false, displayModeBar: "hover" };

for (const holder of holders) {
  const figure = figures[Number(holder.dataset.figure)];
  Plotly.newPlot(holder, figure.data, figure.layout, config);
}

function redrawn(width) {
  for (const holder of holders) {
    Plotly.relayout(holder, width ? { width, autosize: false } : { width: null, autosize: true });
  }
}

window.addEventListener("beforeprint", () => redrawn(PAPER_PX));
window.addEventListener("afterprint", () => redrawn(null));
