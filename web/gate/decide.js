// From the text of a code to what the guard does, within a second whatever happens.

import { instruct, isGentle } from "./venue.js";

/** An instruction is there after this time at the latest, in milliseconds. */
export const AT_LATEST = 1000;
/** So long the region is waited for before the gate's own verdict is shown. */
export const CONFIRM_WITHIN = 180;
/** For so long the same code is noticed when it is shown again, in milliseconds. */
const NOTICED_FOR = 300_000;
/** One reading: a hand-held scanner that reads twice in one go. The camera's own readings are told apart by `scanner.js`. */
const ONE_READING = 1000;

/** Which codes were shown here in the last minutes: hashes in memory, never kept. */
export class Recent {
  #shown = new Map();

  /** Seconds since the same code was shown here, or null; notes it. `now` in milliseconds. */
  async note(text, now) {
    for (const [name, at] of this.#shown) {
      if (now - at < NOTICED_FOR) break;
      this.#shown.delete(name);
    }
    const name = await nameOf(text);
    const before = this.#shown.get(name);
    this.#shown.delete(name);
    this.#shown.set(name, now);
    return before === undefined || now - before <= ONE_READING ? null : Math.round((now - before) / 1000);
  }

  /** How many are remembered. */
  get size() {
    return this.#shown.size;
  }
}

async function nameOf(text) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(issued(text)));
  return btoa(String.fromCharCode(...new Uint8Array(hash).subarray(0, 12)));
}

/** The text as it was issued: without the showing of a carried code, which is another one each time. */
export function issued(text) {
  let at = 16;
  for (let domain = 0; domain < 2; domain += 1) {
    const length = Number(text.slice(at, at + 3));
    if (!Number.isInteger(length)) return text;
    at += 3 + Math.floor(length / 2) * 3 + (length % 2) * 2;
  }
  return text.slice(0, at);
}

/**
 * The answer where the code that it is about was put down and is shown again some seconds later: one code lets one person in,
 * so whoever was let in, or was only to be checked, is looked at; who was not let in stays so.
 */
export function shownAgain(answer, seconds) {
  if (answer.do !== "enter" && answer.do !== "check") return answer;
  return { ...answer, do: "check", why: "back", seen: seconds };
}

/** Causes that are a clock's: the code's time is over by one and not by another. */
const BY_CLOCK = new Set(["expired", "not-its-day", "from-the-future", "showing-too-old", "showing-from-the-future"]);

/**
 * The answer where this device's clock is known to be wrong: nobody walks in by what it decides, and whoever is sent back
 * for the time hears whose clock it is.
 */
export function byWrongClock(answer) {
  if (answer.do === "enter") return { ...answer, do: "check", why: "clock" };
  const forTheTime = answer.verdict.action === "invalid" && BY_CLOCK.has(answer.verdict.cause);
  return forTheTime ? { ...answer, why: "clock" } : answer;
}

/**
 * The answer where the region calls a code invalid that this gate lets pass or has checked. A region that does not know
 * the issuer has said nothing of the code; whatever else it says, nobody walks in. The graver word stays.
 */
export function against(answer, online, venue) {
  if (online.cause === "issuer-unknown") return { ...answer, confirmed: "not-known" };
  const told = { ...answer, confirmed: "otherwise" };
  if (answer.do !== "enter" && answer.do !== "check") return told;
  if (!BY_CLOCK.has(online.cause)) return { ...told, do: "check", why: "otherwise" };
  return { ...told, do: isGentle(venue.class) ? "check" : "again", why: "time" };
}

/** A verdict where none can be had. */
const none = (cause) => ({ action: "unknown", cause, rule: null, notice: null, genuine: null });

/** Levels from the harmless to the grave; `unknown` is neither, and stands where it is asked about. */
const GRAVITY = { pass: 0, check: 1, unknown: 2, invalid: 3, refuse: 4 };

/**
 * Decides on texts. `verify(text)` is the gate's own verdict; `confirm(text, within)` asks the region, or is null where
 * it is not asked; `wrongClock()` says whether this device's clock is known to differ from the region's.
 */
export class Decider {
  constructor({ verify, confirm, venue, clock = () => performance.now(), now = Date.now, wrongClock = () => false }) {
    this.verify = verify;
    this.confirm = confirm;
    this.venue = venue;
    this.clock = clock;
    this.now = now;
    this.wrongClock = wrongClock;
    this.recent = new Recent();
  }

  /**
   * What the guard does with a text: `{do, why, verdict, seen, confirmed}`. `confirmed` is true where the region said the
   * same or something newer, `otherwise` where it calls the code invalid, `not-known` where it knows nothing of its issuer,
   * false where it did not answer in time, and null where it was not asked. `later` is called where the region says
   * something else after the answer was given.
   */
  async decide(text, later = () => {}) {
    const begun = this.clock();
    const left = () => AT_LATEST - (this.clock() - begun);
    const venue = this.venue();
    let seen = null;
    let verdict;
    try {
      verdict = this.verify(text);
      if (verdict.genuine) seen = await this.recent.note(text, begun);
    } catch (fault) {
      verdict = none(fault?.word === "not-ready" ? "not-ready" : "fault");
    }
    const held = (answer) => (this.wrongClock() ? byWrongClock(answer) : answer);
    const plain = (verdict, confirmed) => ({ ...instruct(verdict, venue, seen), verdict, seen, confirmed });
    const answer = (verdict, confirmed) => held(plain(verdict, confirmed));
    const asked = verdict.action === "invalid" && verdict.cause === "text" ? null : this.confirm?.(text, left());
    if (!asked) return answer(verdict, null);
    const told = asked.then(
      (online) => {
        const differs = online.action === "invalid" && verdict.action !== "invalid";
        if (differs) return held(against(plain(verdict, false), online, venue));
        return answer(merged(verdict, online, venue, this.now()), true);
      },
      () => null,
    );
    const first = await Promise.race([told, after(CONFIRM_WITHIN, undefined)]);
    if (first) return first;
    const given = answer(verdict, false);
    if (first === undefined) {
      void told.then((now) => {
        if (now) later(now, now.do !== given.do || now.verdict.genuine?.level !== verdict.genuine?.level);
      });
    }
    return given;
  }
}

const after = (milliseconds, value) => new Promise((resolve) => setTimeout(resolve, milliseconds, value));

/**
 * The region's word over the gate's own. The region knows newer facts; it does not know this venue's policy, so its pass
 * leaves what the venue asks for, and what the gate alone notices (a showing used twice) stays.
 */
export function merged(own, online, venue, now) {
  if (own.action === "invalid" || online.action === "invalid") return own;
  const newer = online.cause === "newer" || own.action === "unknown";
  if (!newer && GRAVITY[online.action] <= GRAVITY[own.action]) return own;
  const seconds = (time) => Math.floor(Date.parse(time) / 1000);
  const lastTest = online.lastTest && { at: seconds(online.lastTest.at), kind: online.lastTest.kind };
  const tested = venue.freshness === 0 || (lastTest && now / 1000 - lastTest.at <= venue.freshness * 3600);
  const action = online.action === "pass" && !tested ? "check" : online.action;
  const genuine = own.genuine && {
    ...own.genuine,
    level: online.level ?? own.genuine.level,
    reason: online.reason ?? own.genuine.reason,
    asOf: online.asOf ? seconds(online.asOf) : own.genuine.asOf,
    lastTest: lastTest ?? own.genuine.lastTest,
  };
  if (!own.authorities) return { ...own, action, cause: online.cause, rule: online.rule, notice: null, genuine };
  // The region answers for itself alone: what the others say stays, and the strictest decides.
  const authorities = own.authorities.map((one) => {
    if (one.authority !== own.genuine?.issuer) return one;
    const same = one.ruling?.rule?.id === online.rule;
    const ruling = one.ruling && { ...one.ruling, ...(same ? {} : { rule: null, measures: [] }) };
    return { ...one, action: online.action, ruling };
  });
  const strictest = [action, ...authorities.map((one) => one.action)].reduce((most, one) => (GRAVITY[one] > GRAVITY[most] ? one : most));
  return { ...own, action: strictest, cause: online.cause, rule: online.rule, notice: null, genuine, authorities };
}
