"use strict";
// A finger that moves over a figure scrolls the page, as everywhere else on it: plotly would take every such
// move for a zoom and hold the page. Pinching, and the buttons of the figure, still zoom; a tap still tells.
document.addEventListener(
  "touchstart",
  (event) => {
    if (event.target.closest(".draglayer")) event.stopPropagation();
  },
  { capture: true, passive: true },
);
