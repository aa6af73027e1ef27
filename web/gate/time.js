// What time it is. Only a demonstration has a clock that can be turned forward; everywhere else the device's own counts, and
// the verifier holds it to what signed lists prove.

let ahead = 0;

/** Takes the clock of a demonstration: so many milliseconds ahead of this device's. */
export const follow = (milliseconds) => {
  ahead = milliseconds;
};

/** Milliseconds since 1970. */
export const milliseconds = () => Date.now() + ahead;

/** Whole seconds since 1970. */
export const seconds = () => Math.floor(milliseconds() / 1000);
