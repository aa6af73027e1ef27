// The verdict as the guard sees it: what to do in one word, with shape and colour; below it why, from when, and the binder.

import { h, put, s } from "../shared/dom.js";
import { shape } from "../shared/levels.js";
import { has, language, t } from "../shared/words.js";
import { dayOf, milliseconds, there } from "./time.js";

/** An instruction looks like the level with the same outline; to show again is an arrow that comes back. */
const LIKE = { enter: "00", check: "01", stop: "10", lane: "20", again: "20" };

/** What is said of the region's word. */
const CONFIRMED = new Map([
  [true, "confirmed.yes"],
  [false, "confirmed.no"],
  ["otherwise", "confirmed.otherwise"],
  ["not-known", "confirmed.not-known"],
]);

function sign(instruction) {
  if (instruction !== "again") return shape(LIKE[instruction]);
  const path = "M12 3a9 9 0 1 0 9 9h-3a6 6 0 1 1-6-6v3.5L18 5l-6-4.5Z";
  const attributes = { viewBox: "0 0 24 24", fill: "currentColor", "aria-hidden": "true", focusable: "false" };
  return s("svg", { ...attributes, "data-shape": "again" }, s("path", { d: path }));
}

/** A time of day where the region is, with the date where it is another day. */
export function clock(seconds, now = milliseconds()) {
  const at = there(seconds * 1000);
  const sameDay = dayOf(seconds * 1000) === dayOf(now);
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language(), sameDay ? form : { ...form, month: "numeric", day: "numeric" }).format(at);
}

/** How many hours ago, in whole hours. */
const hoursSince = (seconds, now) => Math.max(0, Math.floor((now / 1000 - seconds) / 3600));

/** What is said beside the instruction. */
export function because(answer) {
  const { why, verdict, seen } = answer;
  if (why === "seen" || why === "back") return t(`why.${why}`, { seconds: seen ?? "?" });
  if (why === "invalid" || why === "unknown") {
    const key = `cause.${verdict.cause}`;
    return has(key) ? t(key) : t(`why.${why}`);
  }
  return t(`why.${why}`);
}

/** Shows an answer. `onBinder` is called when the binder was asked for. */
export function showAnswer(element, answer, now) {
  const { verdict, confirmed } = answer;
  const { genuine } = verdict;
  const facts = [];
  const fact = (name, value) => facts.push(h("dt", {}, name), h("dd", {}, value));
  if (genuine?.level) {
    const level = h("span.row.own", {}, shape(genuine.level), t(`level.${genuine.level}`));
    fact(t("fact.level"), level);
  }
  if (genuine && genuine.reason !== "none") fact(t("fact.reason"), t(`class.${genuine.reason}`));
  if (genuine) fact(t("fact.class"), t(`kind.${genuine.class}`));
  if (genuine?.asOf) fact(t("fact.asOf"), h("span.digits", {}, clock(genuine.asOf, now)));
  if (genuine?.class !== "paper" && genuine?.level) {
    const test = genuine.lastTest;
    const value = test
      ? t("fact.testSince", { kind: t(`test.${test.kind}`), hours: hoursSince(test.at, now) })
      : t("fact.noTest");
    fact(t("fact.test"), value);
  }
  element.dataset.do = answer.do;
  element.dataset.level = LIKE[answer.do];
  element.dataset.cause = verdict.cause;
  put(
    element,
    h("p.level-band.do", {}, sign(answer.do), h("span", {}, t(`do.${answer.do}`))),
    h("p.why", {}, because(answer)),
    facts.length > 0 && h("dl.facts", {}, facts),
    genuine?.binder && binder(genuine.binder),
    (genuine || answer.why.startsWith("document")) && h("p.soft.small", {}, t(CONFIRMED.get(confirmed) ?? "confirmed.off")),
  );
}

/** Masked name and digits: on demand, gone after some seconds, never kept. */
function binder(text) {
  const place = h("p.binder", { "aria-live": "polite" });
  const show = () => {
    put(place, h("strong.digits", {}, text), " ", h("span", {}, t("binder.compare")));
    setTimeout(() => put(place, h("button", { type: "button", onclick: show }, t("binder.show"))), 8000);
  };
  put(place, h("button", { type: "button", onclick: show }, t("binder.show")));
  return place;
}

/** Shows that the gate is ready, or what stands in the way. */
export function showReady(element, word, detail) {
  delete element.dataset.do;
  delete element.dataset.cause;
  element.dataset.level = "";
  put(element, h("p.ready", {}, t(`ready.${word}`)), detail && h("p.soft", {}, detail));
}
