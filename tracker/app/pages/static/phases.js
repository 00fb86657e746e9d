// The phase bar: up, hold, down, reset; the one that is on fills up, toward its target where there is one.

const PHASES = [
  // as the session calls it, as the lifter does, where the tempo has its target, and how long it usually is
  { phase: "drive", word: "up", target: "concentric_s", usualS: 1 },
  { phase: "top", word: "hold", target: "top_s", usualS: 1 },
  { phase: "lowering", word: "down", target: "eccentric_s", usualS: 2 },
  { phase: "bottom", word: "reset", target: "bottom_s", usualS: 1 },
];
const NARROWEST = 0.7; // share of a second's width: a word has to fit

function made(host, name, text = "") {
  const child = document.createElement("div");
  child.className = name;
  child.textContent = text;
  host.append(child);
  return child;
}

export class PhaseBar {
  constructor(host) {
    this.parts = PHASES.map(({ phase, word, target, usualS }) => {
      const part = made(host, "phase");
      const fill = made(part, "phase-fill");
      made(part, "phase-word", word);
      return { phase, target, usualS, part, fill, time: made(part, "phase-time"), aimS: 0 };
    });
    this.aim(null);
  }

  // tempo: target of each phase in s, 0 where speed is free; null where none was said.
  aim(tempo) {
    for (const one of this.parts) {
      one.aimS = tempo?.[one.target] ?? 0;
      one.part.style.flexGrow = Math.max(NARROWEST, one.aimS || one.usualS);
    }
  }

  show(phase, inPhaseS) {
    for (const { phase: name, part, fill, time, aimS, usualS } of this.parts) {
      const on = name === phase;
      part.dataset.on = on;
      part.dataset.reached = on && aimS > 0 && inPhaseS >= aimS;
      fill.style.transform = `scaleX(${on ? Math.min(1, inPhaseS / (aimS || usualS)) : 0})`;
      const aim = aimS ? `${aimS} s` : "";
      time.textContent = on ? `${inPhaseS.toFixed(1)}${aim ? ` / ${aim}` : " s"}` : aim;
    }
  }
}
