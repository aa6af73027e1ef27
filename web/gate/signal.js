// What an instruction sounds and feels like. Told apart by rhythm alone, for ears and hands that do not tell pitches.

/** `[pitch in hertz, start in seconds, length in seconds]` */
const TONES = {
  enter: [[880, 0, 0.12], [1175, 0.13, 0.16]],
  check: [[587, 0, 0.3]],
  lane: [[587, 0, 0.12], [440, 0.2, 0.3]],
  again: [[740, 0, 0.08], [740, 0.14, 0.08]],
  stop: [[220, 0, 0.22], [220, 0.3, 0.22], [220, 0.6, 0.3]],
};
/** Milliseconds on and off. */
const BUZZ = {
  enter: [60],
  check: [250],
  lane: [120, 80, 250],
  again: [60, 60, 60],
  stop: [250, 100, 250, 100, 400],
};

/** Sounds and vibration; silent until a person has touched the page, as browsers ask. */
export class Signal {
  #context = null;
  constructor(on) {
    this.on = on;
  }

  /** Called by a touch of a person: from then on it sounds. */
  wake() {
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (!this.#context && Context) this.#context = new Context();
    void this.#context?.resume?.();
  }

  /** Gives an instruction's signal. */
  give(instruction) {
    if (!this.on) return;
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(BUZZ[instruction]);
    const context = this.#context;
    if (context?.state !== "running") return;
    for (const [pitch, at, length] of TONES[instruction]) {
      const tone = context.createOscillator();
      const loudness = context.createGain();
      const begin = context.currentTime + at;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, begin);
      loudness.gain.exponentialRampToValueAtTime(0.4, begin + 0.01);
      loudness.gain.exponentialRampToValueAtTime(0.0001, begin + length);
      tone.connect(loudness).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + length + 0.02);
    }
  }
}
