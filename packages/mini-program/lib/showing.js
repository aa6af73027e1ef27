// Which of the codes that were given is shown now, and when the next ones are asked for. Times are milliseconds.

const MINUTE = 60000;
/** A try after one that failed waits twice as long, from here to there. */
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30000;

/** How far the region's clock is ahead of this phone's: the first code began when it was given. */
function ahead(shown, asked, answered) {
  const began = Date.parse(shown.codes[0].from);
  const middle = (asked + answered) / 2;
  // Codes are dated to the second.
  return Math.abs(began - middle) < 2000 ? 0 : began - middle;
}

/** The code that is good at a time by the region's clock, or null. */
function current(shown, now) {
  const good = shown.codes.filter(({ from }) => {
    const begins = Date.parse(from);
    return begins <= now + 1000 && now < begins + MINUTE;
  });
  return good.length > 0 ? good[good.length - 1].text : null;
}

/** How long until something changes: the next code, or the end of the last one, before which new ones are asked for. */
function untilChange(shown, now) {
  const begins = shown.codes.map(({ from }) => Date.parse(from)).filter((at) => at > now);
  const last = Date.parse(shown.codes[shown.codes.length - 1].from) + MINUTE;
  const next = begins.length > 0 ? begins[0] : last - 5000;
  return Math.max(500, next - now);
}

/** Whether new codes are to be asked for: the last one has begun. */
function isLast(shown, now) {
  return Date.parse(shown.codes[shown.codes.length - 1].from) <= now;
}

/** How long to wait after so many tries that failed: never all phones at one moment. `chance` is below 1. */
function wait(tries, after, chance) {
  const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries);
  return Math.max(after * 1000, longest / 2 + chance * (longest / 2));
}

module.exports = { ahead, current, isLast, untilChange, wait };
