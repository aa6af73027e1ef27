// From what the eyes see to who is decided on: one person at a time, each code once while it is held up.

import { issued } from "./decide.js";

/** A code that is out of the picture for so long is a new showing when it comes back, in milliseconds: hands shake. */
const GONE = 4000;
/** A code that is seen and cannot be read for so long: the guard is told what to do. */
const UNREAD = 1000;

/** What the pictures say, step by step. Callbacks: `code(text)`, `held()`, `unread()`, `several()`, `clear()`. */
export class Scanner {
  #to;
  #clock;
  #current = null;
  #at = 0;
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
      const name = issued(text);
      const held = name === this.#current && now - this.#at < GONE;
      this.#current = name;
      this.#at = now;
      if (held) this.#to.held();
      else this.#to.code(text);
      return;
    }
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

  #tell(what) {
    if (this.#told === what) return;
    this.#told = what;
    this.#to[what]();
  }
}
