// What time it is. Only a demonstration has a clock that can be turned forward; everywhere else the device's own counts, and
// the verifier holds it to what signed lists prove. Times and days are those of the region: a device that is set to another
// zone shows the same as everybody's.

let ahead = 0;
/** Minutes by which the region's clocks are ahead of UTC; China's until it has said so. */
let offset = 480;

/** Takes the clock of a demonstration: so many milliseconds ahead of this device's. */
export const follow = (milliseconds) => {
  ahead = milliseconds;
};

/** Milliseconds since 1970. */
export const milliseconds = () => Date.now() + ahead;

/** Whole seconds since 1970. */
export const seconds = () => Math.floor(milliseconds() / 1000);

/** Minutes of an offset such as `+08:00`. */
export function minutes(text) {
  const [, sign, hours, rest] = /^([+-])(\d\d):(\d\d)$/.exec(text) ?? [null, "+", "08", "00"];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(rest));
}

/** Takes the region's offset from UTC. */
export const live = (text) => {
  offset = minutes(text);
};

/** A date whose UTC parts are what a clock in the region shows at an instant. */
export const there = (instant) => new Date(instant + offset * 60_000);

/** The region's day at an instant, as `2022-07-15`. */
export const dayOf = (instant) => there(instant).toISOString().slice(0, 10);
