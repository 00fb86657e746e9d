"use strict";
// For who has no mouse: a page that is drawn anew after a correction keeps the focus where it was, and Escape
// puts away what was said.

const nameOf = (element) => element.getAttribute("aria-label") || element.textContent.trim();
let last = null; // the control that had the focus, by what it says: the element itself is made anew

document.addEventListener("focusin", (event) => {
  if (!event.target.closest(".told")) last = { tag: event.target.tagName, name: nameOf(event.target) };
});

document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest("a, button, input, select, textarea, [tabindex]")) last = null; // put away on purpose
});

// The server calls this when it has sent what is new; figures are drawn first, because a focus in between makes
// the browser lay the whole page out once more.
function focusBack(tries = 20) {
  const later = window.requestIdleCallback ?? ((act) => setTimeout(act, 200)); // Safari has none
  later(() => {
    const now = last !== null && document.activeElement === document.body ? alike() : undefined;
    if (now) now.focus({ preventScroll: true });
    else if (tries > 0) setTimeout(focusBack, 50, tries - 1);
  });
}

function alike() {
  const same = [...document.querySelectorAll(`.page ${last.tag}`)].find((one) => nameOf(one) === last.name);
  return same ?? document.querySelector(".told button");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector(".told .close")?.click();
});
