// From what the eyes see to who is decided on: one person at a time, each code once while it is held up.

import { issued } from "./decide.js";

/** A code that is out of the picture for so long is a new showing when it comes back, in milliseconds. */
const GONE = 4000;
/** Hands shake and glass reflects: so long, or in a single picture, a code that is held up may be missed. */
const UNSTEADY = 1500;
/** A code that is seen and cannot be read for so long: the guard is told what to do. */
const UNREAD = 1000;

/**
 * What the pictures say, step by step. Callbacks: `code(text)`, `held()`, `back(seconds)` where the code that was decided on
 * was put down and comes again, `unread()`, `several()`, `clear()`.
 */
export class Scanner {
  #to;
  #clock;
  #current = null;
  #at = 0;
  #without = 0;
  #unreadSince = null;
  #told = null;

  constructor(to, clock = () => performance.now()) {
    this.#to = to;
    this.#clock = clock;
  }

  /** What was seen in a picture. */
  seen({ texts, unread }) {
    const now = this.#clock();
    if (texts.length > 1) {
      this.#unreadSince = null;
      this.#tell("several");
      return;
    }
    const [text] = texts;
    if (text !== undefined) {
      this.#unreadSince = null;
      this.#told = null;
      this.#read(text, now);
      return;
    }
    this.#without += 1;
    if (unread && now - this.#at > GONE) {
      this.#unreadSince ??= now;
      if (now - this.#unreadSince >= UNREAD) this.#tell("unread");
      return;
    }
    if (!unread) {
      this.#unreadSince = null;
      if (this.#told) {
        this.#told = null;
        this.#to.clear();
      }
    }
  }

  #read(text, now) {
    const name = issued(text);
    const away = now - this.#at;
    // On a slow device two pictures alone may be so far apart.
    const down = away >= UNSTEADY && this.#without > 1;
    const known = name === this.#current && away < GONE;
    this.#current = name;
    this.#at = now;
    this.#without = 0;
    if (!known) this.#to.code(text);
    else if (down) this.#to.back(Math.round(away / 1000));
    else this.#to.held();
  }

  #tell(what) {
    if (this.#told === what) return;
    this.#told = what;
    this.#to[what]();
  }
}
