// Keeps the screen on while the page is looked at, where the browser lets it.

export const CANNOT = "this screen may go dark: the browser keeps it on only over https (start with --tls)";

// onWords("") when the screen stays on; else why not.
export function stayAwake(onWords) {
  if (!navigator.wakeLock) return onWords(CANNOT);
  const ask = async () => {
    if (document.hidden) return;
    try {
      await navigator.wakeLock.request("screen");
      onWords("");
    } catch (refusal) {
      onWords(`this screen may go dark: ${refusal.message}`);
    }
  };
  document.addEventListener("visibilitychange", ask); // leaving the page ends the lock
  return ask();
}
