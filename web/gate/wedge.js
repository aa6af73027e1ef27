// A hand-held scanner that types what it reads, as a keyboard: fast, and Enter at the end.

/** A person types slower than this; a scanner faster, in milliseconds between two keys. */
const FAST = 80;
/** The first keys may be further apart: a page that was asleep wakes up. */
const WAKING = 500;
/** No code is shorter. */
const SHORTEST = 16;
/** No code is longer. */
const LONGEST = 1200;
/** With what every code begins. */
const BEGINNING = "HC1P:";

/** Gathers keys into texts. `read(text)` is called for each. Fields that are typed in stay as they are. */
export class Wedge {
  #read;
  #typed = "";
  #at = 0;

  constructor(read) {
    this.#read = read;
  }

  /** One key, as the browser tells it; whether it was a scanner's and is used up. */
  key({ key, at, inField }) {
    const fast = at - this.#at < (this.#typed.length < BEGINNING.length ? WAKING : FAST);
    this.#at = at;
    if (!fast) this.#typed = "";
    if (key === "Enter") {
      const text = this.#typed;
      this.#typed = "";
      if (text.length < SHORTEST || !text.startsWith(BEGINNING)) return false;
      this.#read(text);
      return true;
    }
    if (key.length !== 1) return key === "Shift" && this.#typed !== "";
    this.#typed = (this.#typed + key).slice(0, LONGEST);
    // From the second letter on it is no person's hand; the first one does nothing on a page without shortcuts.
    return !inField && this.#typed.length > 1 && BEGINNING.startsWith(this.#typed.slice(0, BEGINNING.length));
  }

  /** Listens to a document. */
  listen(document) {
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
        const inField = event.target?.matches?.("input, textarea, select") ?? false;
        const used = this.key({ key: event.key, at: event.timeStamp, inField });
        if (used && !inField) {
          event.preventDefault();
          event.stopPropagation();
        }
      },
      true,
    );
  }
}
