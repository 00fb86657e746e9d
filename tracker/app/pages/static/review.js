"use strict";
// For who has no mouse: a page whose parts are drawn anew after a correction keeps the focus where it was, and
// Escape puts away what was said. For everybody: who presses twice says it once.

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
});
