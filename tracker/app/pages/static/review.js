"use strict";
// For who has no mouse: a page whose parts are drawn anew after a correction keeps the focus where it was, and
// Escape puts away what was said, Ctrl+Z takes it back, a replay has controls. For everybody: who presses twice says
// it once, and figures fit on paper.

const nameOf = (element) => element.getAttribute("aria-label") || element.textContent.trim();
let last = null; // the control that had the focus, by what it says: the element itself may be made anew

document.addEventListener("focusin", (event) => {
  if (event.target.closest(".told") || event.target.matches("tr")) return;
  const row = event.target.closest("tbody tr");
  last = { tag: event.target.tagName, name: nameOf(event.target), table: row && captionOf(row), row: row?.rowIndex };
});

document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest("a, button, input, select, textarea, [tabindex]")) last = null; // put away on purpose
});

// The server calls this when it has sent what is new; figures are drawn first, because a focus in between makes
// the browser lay the whole page out once more.
function focusBack(tries = 20) {
  const later = window.requestIdleCallback ?? ((act) => setTimeout(act, 200)); // Safari has none
  later(() => {
    const now = last !== null && document.activeElement === document.body ? alike() : null;
    if (now) now.focus({ preventScroll: true });
    else if (tries > 0) setTimeout(focusBack, 50, tries - 1);
  });
}

// Where the control is gone, the row that took its place, or what was said: nothing that Enter would press.
function alike() {
  const all = [...document.querySelectorAll(`.page ${last.tag}`)];
  const same = all.find((one) => nameOf(one) === last.name);
  if (same) return same;
  const table = last.table && [...document.querySelectorAll("table")].find((one) => nameOf(one.caption) === last.table);
  const place = table ? table.rows[Math.min(last.row, table.rows.length - 1)] : document.querySelector(".told");
  place.tabIndex = -1;
  return place;
}

function captionOf(row) {
  return nameOf(row.closest("table").caption);
}

// A correction moves rows. Who presses before they have seen that would press another row's button: from one press
// until the rows have stood for a while, the others are greyed and take none. A key presses what has the focus.
const SEEN_MS = 400; // to see a change and choose what to do takes people that long
const LOST_MS = 5000; // an answer that has not come by now may never come
let settling = 0;

document.addEventListener("click", (event) => {
  if (event.detail === 0 || !event.target.closest("tbody .act")) return;
  document.documentElement.classList.add("settling");
  settled(LOST_MS);
});

// The server calls this when nothing that was said waits to be drawn.
function settled(after = SEEN_MS) {
  clearTimeout(settling);
  settling = setTimeout(() => document.documentElement.classList.remove("settling"), after);
}

function onlyOnce(event) {
  const again = event.type === "click" ? event.detail > 1 : event.repeat && event.key !== "Tab";
  if (!again || !event.target.closest(".act")) return;
  event.stopPropagation();
  event.preventDefault();
}

document.addEventListener("click", onlyOnce, { capture: true });
document.addEventListener("keydown", onlyOnce, { capture: true }); // a key that is held down

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector(".told .close")?.click();
  const undoes = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
  if (!undoes || event.repeat || event.target.matches("input, textarea, select")) return; // there it undoes typing
  if (!document.querySelector(".told")) return;
  event.preventDefault(); // the browser would take back what was typed last in some field, and go there
  emitEvent("undo_last");
});

// What NiceGUI draws figures with; its list of modules stands behind this script.
let Plotly = null;
const drawn = new Promise((parsed) => document.addEventListener("DOMContentLoaded", parsed))
  .then(() => import("nicegui-plotly"))
  .then((module) => ({ Plotly } = module));

// Plotly's own buttons and slider take no key, and are not shown. These stand in their place, and do what those say.
async function playable(id) {
  await drawn;
  const figure = document.getElementById(id);
  while (!figure.layout) {
    if (!figure.isConnected) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  const [slider] = figure.layout.sliders ?? [], [menu] = figure.layout.updatemenus ?? [];
  if (!slider || !menu) return; // nothing to play
  const film = Object.assign(document.createElement("div"), { className: "film" });
  const time = Object.assign(document.createElement("input"), { type: "range", max: slider.steps.length - 1, value: 0 });
  const told = document.createElement("span"); // no <output>: screen readers would read each picture out
  const animate = (args) => Plotly.animate(figure, ...args).catch(() => {}); // what ends early is rejected
  const show = (at) => {
    time.value = at;
    told.textContent = slider.steps[at].label;
    time.setAttribute("aria-valuetext", slider.steps[at].label);
  };
  for (const { label, args } of menu.buttons) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    made.addEventListener("click", () => animate(args));
    film.append(made);
  }
  time.setAttribute("aria-label", "time in the set");
  time.addEventListener("input", () => {
    const at = Number(time.value);
    show(at);
    animate(slider.steps[at].args);
  });
  figure.on("plotly_animatingframe", ({ name }) => show(slider.steps.findIndex((step) => step.args[0][0] === name)));
  film.append(time, told);
  figure.after(film);
  show(0);
  film.querySelector("button").focus({ preventScroll: true });
}

// The list of sessions is as it was when it was opened: whoever comes back to it from another tab sees it as it is now.
document.addEventListener("visibilitychange", () => {
  const search = document.querySelector("form.search"), asked = new URLSearchParams(location.search);
  const isAsAsked = (field) => field.value === (asked.get(field.name) ?? "");
  if (search && !document.hidden && [...search.querySelectorAll("input, select")].every(isAsAsked)) location.reload();
});

// On paper every figure is as wide as the page, A4 less margins of 15 mm, in px at 96 an inch. It keeps so much of its
// height, and is drawn larger by so much than it is printed: its letters are then as small as those of the tables.
const PAPER = { width: 680, share: 0.8, zoom: CSS.supports("zoom", "1") ? 0.75 : 1 };
let onPaper = [];

window.addEventListener("beforeprint", () => {
  onPaper = [...document.querySelectorAll(".figure.js-plotly-plot")].map((figure) => ({
    figure, height: figure.offsetHeight, width: figure.layout.width, given: figure.layout.height, least: figure.style.minHeight,
  }));
  for (const { figure, height } of onPaper) {
    figure.style.minHeight = "0";
    figure.style.zoom = PAPER.zoom;
    Plotly.relayout(figure, { width: PAPER.width / PAPER.zoom, height: PAPER.share * height, autosize: false });
  }
});

window.addEventListener("afterprint", () => {
  for (const { figure, width, given, least } of onPaper) {
    figure.style.zoom = "";
    figure.style.minHeight = least;
    Plotly.relayout(figure, { width: width ?? null, height: given ?? null, autosize: true });
  }
});
