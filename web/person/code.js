// The code: large, refreshing by itself, with level, times, reason and next step; without network a carried code that says so.

import { h, put } from "../shared/dom.js";
import { shape, sound } from "../shared/levels.js";
import { t } from "../shared/words.js";
import { Problem, Unreached, ask } from "./ask.js";
import { keep, keepPerson, thing } from "./kept.js";
import { picture } from "../shared/qr.js";
import * as times from "./times.js";

/** So many codes are fetched at once: an open page asks again after as many minutes. */
const AHEAD = 2;
/** A code without network is signed anew after so many milliseconds; gates take it for twice as long. */
const SIGN_AGAIN = 30000;

/** Asks for a person's codes; beside them when it was asked and answered, by which the region's clock is learnt. */
async function fetched(whose) {
  const sent = Date.now();
  const shown = await ask("GET", `/v1/code?ahead=${AHEAD}`, { token: whose.person.token, ward: whose.ward, within: 4000 });
  return { shown, sent, came: Date.now() };
}

/** Asks for a person's codes before the page is drawn. */
export function begin(whose) {
  const answer = fetched(whose);
  // Whoever shows them is told why.
  answer.catch(() => {});
  return { whose, answer, at: Date.now() };
}

/** The first codes of a person who has just enrolled came with the answer. */
export const enrolled = (whose, shown) => ({ whose, answer: Promise.resolve({ shown, sent: Date.now(), came: Date.now() }), at: Date.now() });

export async function show(main, context) {
  const whose = context.whose();
  // What was asked for long ago is not of this minute.
  let begun = context.begun?.whose === whose && Date.now() - context.begun.at < 5000 ? context.begun : null;
  context.begun = null;
  const view = draw(main, context, whose);
  const state = { shown: null, level: null, timer: 0, ended: false, offline: false, tries: 0, waiting: null, why: null, sounds: false };
  const ends = [];
  const later = (work, wait) => {
    clearTimeout(state.timer);
    state.timer = setTimeout(work, Math.max(0, wait));
  };

  const ticking = setInterval(() => put(view.clock, times.clockTime(times.now())), 250);
  ends.push(() => clearInterval(ticking));
  put(view.clock, times.clockTime(times.now()));
  put(view.day, times.day(times.now()));

  view.sound.addEventListener("click", () => {
    state.sounds = !state.sounds;
    view.sound.setAttribute("aria-pressed", String(state.sounds));
    if (state.sounds && state.level) sound(state.level);
  });

  async function fetchCode() {
    if (state.ended) return;
    clearTimeout(state.timer);
    try {
      const asked = begun ? begun.answer : fetched(whose);
      begun = null;
      const { shown, sent, came } = await asked;
      if (state.ended) return;
      times.learn(shown.codes[0].from, sent, came);
      state.tries = 0;
      await took(shown);
    } catch (error) {
      if (state.ended) return;
      if (error instanceof Problem && [401, 404].includes(error.status)) return refused(error);
      await withoutNetwork(error);
    }
  }

  async function took(shown) {
    state.shown = shown;
    state.offline = false;
    if (shown.token && whose.ward === null) {
      whose.person.token = shown.token;
      keepPerson(whose.person);
    }
    put(view.state);
    drawLive();
    keep("clock", times.kept());
    const summary = { level: shown.level, reason: shown.reason, asOf: shown.asOf, until: shown.until };
    keep(`seen:${whose.person.id}:${whose.ward ?? ""}`, summary);
    watch();
    if (window.isSecureContext) {
      const carrying = await import("./carry.js");
      const now = times.now();
      const wanted = { id: whose.person.id, token: whose.person.token, ward: whose.ward, level: shown.level, now, minute: times.minuteOfDay(now) };
      // The next minute tries again.
      carrying.carry(ask, wanted).catch(() => {});
    }
  }

  /** Draws the code of this minute and comes back for the next. */
  function drawLive() {
    const now = times.now();
    const { codes } = state.shown;
    const place = codes.reduce((last, code, at) => (times.parse(code.from) <= now + 500 ? at : last), 0);
    drawCode(codes[place].text, t("code.live"));
    drawLevel(state.shown);
    const next = codes[place + 1];
    if (next) later(drawLive, times.parse(next.from) - now);
    else later(fetchCode, Math.max(1000, times.parse(codes[place].from) + 55000 - now));
  }

  function drawCode(text, kind) {
    if (view.text === text) return;
    view.text = text;
    put(view.code, picture(text, t("code.picture")));
    performance.mark("code");
    put(view.kind, kind);
  }

  function drawLevel(shown) {
    const turned = state.level !== shown.level;
    const before = state.level;
    state.level = shown.level;
    view.whole.dataset.level = shown.level;
    if (turned) {
      put(view.band, shape(shown.level), h("span", {}, t(`level.${shown.level}`)));
      put(view.told, t("code.told", { level: t(`level.${shown.level}`) }));
      if (before !== null && navigator.vibrate) navigator.vibrate(shown.level === "00" ? 100 : [200, 100, 200]);
      if (state.sounds) sound(shown.level);
    }
    const test = shown.lastTest ? t("code.test", { kind: t(`test.${shown.lastTest.kind}`), at: times.moment(shown.lastTest.at) }) : t("code.test.none");
    put(
      view.facts,
      h("p", { class: "unseen" }, shown.reason && shown.reason !== "none" ? t(`class.${shown.reason}`) : ""),
      fact(t("code.as-of"), times.moment(shown.asOf)),
      fact(t("code.until"), shown.until ? times.moment(shown.until) : t("code.until.none")),
      state.offline ? null : fact(t("code.last-test"), test),
    );
    if (turned && !state.offline) explain();
  }

  /** Asks why, beside the code: a failure there changes nothing here. */
  async function explain() {
    const level = state.level;
    try {
      const why = await ask("GET", "/v1/why", { token: whose.person.token, ward: whose.ward });
      if (state.ended || state.level !== level) return;
      const { reasons } = await import("./why.js");
      context.why = why;
      put(view.why, h("h2", {}, t("why.title")), reasons(why, whose.ward === null));
    } catch {
      if (state.ended || state.level !== level) return;
      put(view.why, level === "00" ? null : h("div.note", {}, t("why.failed"), " ", h("button.quiet", { type: "button", onclick: explain }, t("again"))));
    }
  }

  /** Waits with the region for another level: it answers at once when there is one. */
  async function watch() {
    if (state.waiting || state.ended || document.hidden) return;
    const waiting = new AbortController();
    state.waiting = waiting;
    let pause = 200;
    try {
      const known = state.shown.level;
      const changed = await ask("GET", `/v1/code/change?known=${Number(known)}`, { token: whose.person.token, ward: whose.ward, within: 30000, signal: waiting.signal });
      if (changed && !state.ended) return void fetchCode();
    } catch {
      // The code's own minute tries again; this only makes it sooner.
      pause = 5000 + Math.random() * 10000;
    } finally {
      if (state.waiting === waiting) state.waiting = null;
    }
    setTimeout(() => !state.ended && !state.offline && watch(), pause);
  }

  /** Shows a carried code, and says that and since when. */
  async function withoutNetwork(error) {
    state.tries += 1;
    const wait = error instanceof Problem && error.after ? error.after * 1000 : Math.min(30000, 3000 * 2 ** state.tries);
    const again = () => {
      // Everybody's phone comes back at another moment.
      setTimeout(() => !state.ended && fetchCode(), wait * (0.5 + Math.random()));
    };
    const now = times.now();
    const kept = await thing(`seen:${whose.person.id}:${whose.ward ?? ""}`);
    const good = state.shown && state.shown.codes.find((code) => times.parse(code.from) <= now && now < times.parse(code.from) + 60000);
    state.offline = true;
    if (good) {
      put(view.state, notice(error, t("offline.live")));
      later(() => withoutNetwork(error), 2000);
      if (state.tries < 2) again();
      return;
    }
    const carrying = window.isSecureContext ? await import("./carry.js") : null;
    const code = carrying && (await carrying.carriedAt(whose.person.id, whose.ward, now));
    if (state.ended) return;
    if (!code || !kept) {
      put(view.state, notice(error, t("offline.none")));
      view.text = null;
      put(view.code, h("p.empty", {}, t("offline.none.code")));
      put(view.kind);
      return again();
    }
    const { privateKey } = await carrying.holderKey(whose.person.id, whose.ward);
    const text = await carrying.showing(code.text, privateKey, now / 1000);
    if (state.ended) return;
    put(view.state, notice(error, t("offline.carried", { until: times.moment(code.until) })));
    drawCode(text, t("code.carried"));
    drawLevel({ ...kept, level: code.level, lastTest: null });
    later(() => withoutNetwork(error), SIGN_AGAIN);
    again();
  }

  function notice(error, text) {
    const reached = !(error instanceof Unreached);
    return h("div.note.offline", { role: "status" }, h("strong", {}, t(reached ? "offline.busy" : "offline.title")), " ", text);
  }

  async function refused(error) {
    const { plainly } = await import("./form.js");
    put(view.code);
    put(view.kind);
    put(view.facts);
    put(view.state, h("div.note.alert.stack", { role: "alert" }, h("p", {}, plainly(error)), whose.ward === null ? h("a.button.main", { href: "#enrol" }, t("enrol.again")) : h("a.button", { href: "#family" }, t("tab.family"))));
  }

  const seen = () => {
    if (document.hidden) {
      if (state.waiting) state.waiting.abort();
      return;
    }
    fetchCode();
  };
  const online = () => fetchCode();
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("online", online);
  ends.push(() => document.removeEventListener("visibilitychange", seen), () => window.removeEventListener("online", online));

  // The screen stays on while a code is shown, where the browser can do that.
  let awake = null;
  const stay = () => navigator.wakeLock && navigator.wakeLock.request("screen").then((lock) => (awake = lock), () => {});
  stay();
  ends.push(() => awake && awake.release());

  await fetchCode();
  panels(view, context, whose, () => state.ended);
  return () => {
    state.ended = true;
    clearTimeout(state.timer);
    if (state.waiting) state.waiting.abort();
    for (const end of ends) end();
  };
}

function fact(term, what) {
  return h("p.fact", {}, h("span.soft", {}, term), " ", h("strong", {}, what));
}

function draw(main, context, whose) {
  const view = {
    state: h("div", { id: "state" }),
    clock: h("p.clock.digits", { id: "clock", "aria-hidden": "true" }),
    day: h("p.soft", { id: "day" }),
    code: h("div.picture", { id: "code" }),
    kind: h("p.kind", { id: "kind" }),
    band: h("p.level-band", { id: "level" }),
    told: h("p.unseen", { role: "status", "aria-live": "assertive", id: "told" }),
    facts: h("div.facts-list", { id: "facts" }),
    why: h("section.stack", { id: "why", "aria-label": t("why.title") }),
    panels: h("div.stack", { id: "panels" }),
    sound: h("button.quiet", { type: "button", "aria-pressed": "false", id: "sound" }, t("code.sound")),
  };
  view.whole = h("section.card.level.ticket", { "aria-labelledby": "title" }, h("div.when", {}, view.clock, view.day), view.code, view.kind, view.band, view.facts);
  put(
    main,
    h("h1.unseen", { id: "title" }, t("code.title", { name: whose.name })),
    h("div.who", {}, h("strong", { id: "whose" }, whose.name), h("a", { href: "#family" }, t("code.other"))),
    view.told,
    view.state,
    view.whole,
    view.why,
    h("div.row.after", {}, h("a.button", { href: "#declare" }, t("declare.go")), view.sound),
    view.panels,
  );
  return view;
}

/** Tests and vaccinations: each loads for itself and fails for itself. */
async function panels(view, context, whose, ended) {
  const { panel } = await import("./panels.js");
  if (ended()) return;
  put(view.panels, panel("tests", whose), panel("vaccinations", whose));
}
