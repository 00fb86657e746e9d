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

new MutationObserver(() => {
  if (last === null || document.activeElement !== document.body) return;
  const alike = [...document.querySelectorAll(`.page ${last.tag}`)].filter((one) => nameOf(one) === last.name);
  const now = alike[0] ?? document.querySelector(".told button");
  now?.focus({ preventScroll: true });
}).observe(document, { childList: true, subtree: true });

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector(".told .close")?.click();
});
