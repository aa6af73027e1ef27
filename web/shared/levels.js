// Levels as shapes: circle low, triangle medium, square high, diamond unknown, as on printed codes.

import { s } from "./dom.js";

/** The levels of GB/T 38961. */
export const LEVELS = ["00", "01", "10", "20"];

const SHAPES = {
  "00": () => s("circle", { cx: 12, cy: 12, r: 9 }),
  "01": () => s("path", { d: "M12 3 22 21H2Z" }),
  10: () => s("path", { d: "M4 4h16v16H4Z" }),
  20: () => s("path", { d: "M12 1.5 22.5 12 12 22.5 1.5 12Z" }),
};

/** The shape of a level in the colour of the text around it. It says nothing by itself: the word stands beside it. */
export function shape(level) {
  const draw = SHAPES[level] || SHAPES[20];
  return s(
    "svg",
    { viewBox: "0 0 24 24", fill: "currentColor", "aria-hidden": "true", focusable: "false", "data-shape": level },
    draw(),
  );
}

// Two tones up for low, one for medium, three low ones for high, two equal ones for unknown: told apart without hearing pitch.
const TONES = {
  "00": [[660, 0], [880, 0.16]],
  "01": [[520, 0]],
  10: [[260, 0], [260, 0.22], [260, 0.44]],
  20: [[420, 0], [420, 0.3]],
};

/** Sounds a level. Browsers allow it after the person has touched the page. */
export function sound(level) {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return false;
  const context = new Context();
  for (const [pitch, at] of TONES[level] || TONES[20]) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const begin = context.currentTime + at;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.25, begin);
    loudness.gain.exponentialRampToValueAtTime(0.001, begin + 0.15);
    tone.connect(loudness).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 0.16);
  }
  setTimeout(() => context.close(), 1500);
  return true;
}
