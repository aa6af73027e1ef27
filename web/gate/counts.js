// How many came today and what was done: numbers and nothing else.

import { keep, kept } from "./keep.js";
import { dayOf, milliseconds } from "./time.js";

/** What is counted: instructions by scan, and what was done by hand. */
export const COUNTED = ["enter", "check", "lane", "again", "stop", "hand-in", "hand-on"];

const zero = (day) => ({ day, ...Object.fromEntries(COUNTED.map((name) => [name, 0])) });

/** The numbers of the region's day. */
export class Counts {
  #numbers;
  #clock;
  #writing = Promise.resolve();

  constructor(numbers, clock = milliseconds) {
    this.#clock = clock;
    const today = zero(dayOf(clock()));
    this.#numbers = numbers?.day === today.day ? { ...today, ...numbers } : today;
  }

  /** What was kept. */
  static async read() {
    return new Counts(await kept("counts"));
  }

  /** The numbers by name. */
  get today() {
    const day = dayOf(this.#clock());
    if (this.#numbers.day !== day) this.#numbers = zero(day);
    return this.#numbers;
  }

  /** One more. */
  add(name) {
    const today = this.today;
    if (!COUNTED.includes(name)) throw new RangeError(`${name} is not counted`);
    today[name] += 1;
    const numbers = { ...today };
    // A number that cannot be kept is still shown.
    this.#writing = this.#writing.then(() => keep({ counts: numbers })).catch(() => {});
    return this.#writing;
  }
}
