// What a venue makes of verdicts. A verdict is what the code says here and now; an instruction is what the guard does.

/** Kinds of places, as gates are registered for them. */
export const CLASSES = ["general", "transport", "school", "care", "medical", "emergency"];
/** How old a last negative test may be, in hours; 0 where none is asked for. */
export const FRESHNESS = [0, 24, 48, 72];
/** What is done where nothing can be known. */
export const FOR_UNKNOWN = ["check", "lane"];
/** So many regions a venue answers to besides its own: the neighbour on whose ground it stands, a railway. */
export const MOST_ALSO = 3;
/**
 * What the guard does: let in; check by hand (temperature, test, permit, person); send to the lane for people without a
 * code; ask to show the code again; not let in, and say why.
 */
export const INSTRUCTIONS = ["enter", "check", "lane", "again", "stop"];

/** Nobody is turned away where people are treated. */
export const isGentle = (venueClass) => venueClass === "medical" || venueClass === "emergency";

/** A venue's settings out of whatever was kept; what makes no sense is as it is usually. */
export function venueOf(kept) {
  const one = (all, value) => (all.includes(value) ? value : all[0]);
  const venueClass = one(CLASSES, kept?.class);
  return {
    class: venueClass,
    freshness: isGentle(venueClass) ? 0 : one(FRESHNESS, kept?.freshness),
    unknown: isGentle(venueClass) ? "check" : one(FOR_UNKNOWN, kept?.unknown),
    also: regionsIn(kept?.also),
  };
}

/** The regions in what somebody wrote: divisions of six digits, each once. */
export function regionsIn(written) {
  const found = String(written ?? "").match(/(?<!\d)[1-9]\d{5}(?!\d)/g) ?? [];
  return [...new Set(found)].slice(0, MOST_ALSO);
}

const HOURS = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

function secondsOf(span) {
  const [, days = 0, hours = 0, minutes = 0, rest = 0] = HOURS.exec(span) ?? [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest);
}

/**
 * The region's recognition policy as this venue reads it: where a test is asked for, nobody passes on an older one than
 * that, and whoever has none is checked; where people are treated, whoever would be refused is checked.
 */
export function policyFor({ class: venueClass, freshness }, policy) {
  const gentle = (action) => (isGentle(venueClass) && action === "refuse" ? "check" : action);
  const rules = policy.rules.map((rule) => {
    const own = { ...rule, then: gentle(rule.then) };
    if (rule.otherwise) own.otherwise = gentle(rule.otherwise);
    if (freshness > 0 && rule.then === "pass") {
      const within = Math.min(freshness * 3600, rule.test_within ? secondsOf(rule.test_within) : Infinity);
      own.test_within = `${within}s`;
      own.otherwise ??= "check";
      if (own.otherwise === "pass") own.otherwise = "check";
    }
    return own;
  });
  return { version: `${policy.version}+${venueClass}-${freshness}h`, rules };
}

/**
 * The venue's own rules beside what regions have published: nobody who is low passes without a test as fresh as the venue
 * asks for. It lets nobody pass whom a region checks, and turns nobody away. Null where it asks for nothing.
 */
export function rulesOf({ class: venueClass, freshness }) {
  if (freshness === 0) return null;
  const rule = (id, levels, then, more = {}) => ({ id, levels, then, ...more });
  return {
    version: `venue+${venueClass}-${freshness}h`,
    rules: [
      rule("tested", ["00"], "pass", { test_within: `${freshness * 3600}s`, otherwise: "check" }),
      rule("others", ["01", "10", "20"], "check"),
    ],
  };
}

/** A person's code that does not count: shown again it may, or the device or the picture is at fault. */
const AGAIN = new Set([
  "text",
  "form",
  "signature-form",
  "claims",
  "clear-part-differs",
  "unknown-algorithm",
  "expired",
  "from-the-future",
  "not-its-day",
  "showing-missing",
  "showing-forged",
  "showing-too-old",
  "showing-from-the-future",
  "replayed",
]);

/**
 * What the guard does by a verdict: `{do, why}`, where `why` is a word for what is said beside it. It is total: whatever
 * comes, there is an instruction. `seen` is in how many seconds before the same code was shown here, or null.
 */
export function instruct(verdict, venue, seen = null) {
  const unknown = { do: isGentle(venue.class) ? "check" : venue.unknown };
  switch (verdict?.action) {
    case "pass":
      return seen === null ? { do: "enter", why: "pass" } : { do: "check", why: "seen" };
    case "check":
      return { do: "check", why: verdict.notice ? `notice-${verdict.notice}` : checkedFor(verdict, venue) };
    case "refuse":
      return isGentle(venue.class) ? { do: "check", why: "gentle" } : { do: "stop", why: "refuse" };
    case "invalid": {
      const why = seen !== null && verdict.cause === "replayed" ? "seen" : "invalid";
      if (isGentle(venue.class)) return { do: "check", why };
      return { do: AGAIN.has(verdict.cause) ? "again" : "lane", why };
    }
    default:
      return { ...unknown, why: "unknown" };
  }
}

function checkedFor({ genuine, authorities }, venue) {
  const own = authorities?.find((one) => one.authority === "venue");
  if (genuine?.level === "00" && venue.freshness > 0 && own?.action !== "pass") return "test";
  return isGentle(venue.class) && genuine?.level === "10" ? "gentle" : "check";
}
