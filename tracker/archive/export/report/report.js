"use strict";
// Draws the figures where they belong, and once more as wide as the paper when it is printed.

// A4 less margins of 15 mm, in px at 96 an inch; a figure keeps so much of its height, and is drawn larger by
// so much than it is printed, which makes its letters as small as those of the tables.
const PAPER = { width: 680, share: 0.7, zoom: CSS.supports("zoom", "1") ? 0.75 : 1 };
const figures = JSON.parse(document.getElementById("figures").textContent);
const holders = [...document.querySelectorAll("[data-figure]")];
const config = { responsive: true, displaylogo: false };
Plotly.setPlotConfig({ logging: 0 }); // what it warns of is how often it laid a figure out

function figureOf(holder) {
  return figures[Number(holder.dataset.figure)];
}

for (const holder of holders) {
  Plotly.newPlot(holder, figureOf(holder).data, figureOf(holder).layout, config);
}
const heights = holders.map((holder) => holder.layout.height);

window.addEventListener("beforeprint", () => {
  holders.forEach((holder, at) => {
    const height = PAPER.share * heights[at];
    holder.style.minHeight = "0";
    holder.style.zoom = PAPER.zoom;
    Plotly.relayout(holder, { width: PAPER.width / PAPER.zoom, height, autosize: false });
  });
});

window.addEventListener("afterprint", () => {
  holders.forEach((holder, at) => {
    holder.style.zoom = "";
    holder.style.minHeight = `${heights[at]}px`;
    Plotly.relayout(holder, { width: null, height: heights[at], autosize: true });
  });
});
