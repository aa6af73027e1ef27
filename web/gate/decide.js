// From the text of a code to what the guard does, within a second whatever happens.

import { instruct } from "./venue.js";

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

/** A verdict where none can be had. */
const none = (cause) => ({ action: "unknown", cause, rule: null, notice: null, genuine: null });

/** Levels from the harmless to the grave; `unknown` is neither, and stands where it is asked about. */
const GRAVITY = { pass: 0, check: 1, unknown: 2, invalid: 3, refuse: 4 };

/**
 * Decides on texts. `verify(text)` is the gate's own verdict; `confirm(text, within)` asks the region, or is null where
 * it is not asked.
 */
export class Decider {
  constructor({ verify, confirm, venue, clock = () => performance.now(), now = Date.now }) {
    this.verify = verify;
    this.confirm = confirm;
    this.venue = venue;
    this.clock = clock;
    this.now = now;
    this.recent = new Recent();
  }

  /**
   * What the guard does with a text: `{do, why, verdict, seen, confirmed}`. `later` is called where the region says
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
      verdict = none(fault?.word === "no-trust-list" || fault?.word === "not-ready" ? "not-ready" : "fault");
    }
    const answer = (verdict, confirmed) => ({ ...instruct(verdict, venue, seen), verdict, seen, confirmed });
    const asked = verdict.action === "invalid" && verdict.cause === "text" ? null : this.confirm?.(text, left());
    if (!asked) return answer(verdict, null);
    const told = asked.then(
      // A region that does not know the code has confirmed nothing of it.
      (online) => (online.action === "invalid" && verdict.action !== "invalid" ? null : merged(verdict, online, venue, this.now())),
      () => null,
    );
    const first = await Promise.race([told, after(CONFIRM_WITHIN, undefined)]);
    if (first) return answer(first, true);
    const given = answer(verdict, false);
    if (first === undefined) {
      void told.then((online) => {
        if (!online) return;
        const now = answer(online, true);
        later(now, now.do !== given.do || online.genuine?.level !== verdict.genuine?.level);
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
