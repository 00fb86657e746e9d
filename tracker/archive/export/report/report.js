"use strict";
// Draws the figures where they belong, and once more as wide as the paper when it is printed.

const PAPER = { width: 680, share: 0.5 }; // A4 less margins of 15 mm, px at 96 an inch; of a figure's own height
const figures = JSON.parse(document.getElementById("figures").textContent);
const holders = [...document.querySelectorAll("[data-figure]")];
const config = { responsive: true, displaylogo: false };

function figureOf(holder) {
  return figures[Number(holder.dataset.figure)];
}

for (const holder of holders) {
  Plotly.newPlot(holder, figureOf(holder).data, figureOf(holder).layout, config);
}
const heights = holders.map((holder) => holder.layout.height);

window.addEventListener("beforeprint", () => {
  holders.forEach((holder, at) => {
    const height = Math.max(260, PAPER.share * heights[at]);
    holder.style.minHeight = "0";
    Plotly.relayout(holder, { width: PAPER.width, height, autosize: false });
  });
});

window.addEventListener("afterprint", () => {
  holders.forEach((holder, at) => {
    holder.style.minHeight = `${heights[at]}px`;
    Plotly.relayout(holder, { width: null, height: heights[at], autosize: true });
  });
});
