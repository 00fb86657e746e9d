// Keeps the screen on while the page is looked at, where the browser lets it.

export const CANNOT = "this screen may go dark: the browser keeps it on only over https (start with --tls)";
const TAKEN_BACK = "this screen may go dark: the browser has stopped keeping it on, perhaps to save the battery";

// onWords("") when the screen stays on; else why not.
export function stayAwake(onWords) {
  if (!navigator.wakeLock) return onWords(CANNOT);
  const ask = async () => {
    if (document.hidden) return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => document.hidden || onWords(TAKEN_BACK));
      onWords("");
    } catch (refusal) {
      onWords(`this screen may go dark: ${refusal.message}`);
    }
  };
  document.addEventListener("visibilitychange", ask); // leaving the page ends the lock
  return ask();
}
