// The gate's page.

import { find, h, put } from "../shared/dom.js";
import "../shared/look.js";
import { has, load, t } from "../shared/words.js";
import { keepPage } from "../shared/workers.js";
import { Verifier, VerifierError } from "../verifier/verifier.mjs";
import { Camera, whyNot } from "./camera.js";
import { Counts } from "./counts.js";
import { Decider, issued, shownAgain } from "./decide.js";
import * as eyes from "./eyes.js";
import { keep, kept } from "./keep.js";
import { Lists } from "./lists.js";
import { drawLane } from "./nocode.js";
import { clock, showAnswer, showReady } from "./panel.js";
import { verdict as online } from "./region.js";
import { Scanner } from "./scanner.js";
import { drawSetUp } from "./set-up.js";
import { Signal } from "./signal.js";
import { milliseconds, seconds } from "./time.js";
import { drawTake } from "./take.js";
import { policyFor, rulesOf, venueOf } from "./venue.js";
import { Wedge } from "./wedge.js";

/** A verdict stays for so long after it was given, in milliseconds. */
const STAYS = 8000;
/** And for so long where the person has asked for its receipt, which is photographed. The next code takes its place at once. */
const STAYS_FOR_RECEIPT = 60_000;
/** How often it is looked what is due. */
const TURN = 5000;
/** The region is taken as reachable for so long after it answered, in seconds. */
const REACHED = 90;

const state = { venue: null, device: null, gate: null, view: "scan" };
let lists;
let counts;
let signal;
let camera;
let decider;
let leaves = null;
let last = null;
/** The verdict of which the receipt was asked for. */
let asked = null;

async function begin() {
  await load(["shared", "gate"]);
  const [venue, device, gate] = await Promise.all([kept("venue"), kept("device"), kept("gate")]);
  state.venue = venueOf(venue);
  state.device = { sound: true, confirm: true, facing: "environment", ...device };
  state.gate = gate ?? null;
  signal = new Signal(state.device.sound);
  counts = await Counts.read();
  draw();
  lists = new Lists((name) => Verifier.load(fetch(new URL(`../verifier/${name}.wasm`, import.meta.url))), tell);
  lists.adapt(venueRules());
  decider = new Decider({ verify, confirm, venue: () => state.venue, now: milliseconds, wrongClock });
  new Wedge((text) => void decide(text)).listen(document);
  document.addEventListener("pointerdown", () => signal.wake(), { capture: true });
  document.addEventListener("keydown", () => signal.wake(), { capture: true });
  document.addEventListener("keydown", receiptKey);
  window.addEventListener("online", () => lists.refresh(true));
  await lists.restore();
  tell();
  void turn();
  void eyes.open().then(startCamera, () => cameraFailed("failed"));
  void keepPage("/gate/sw.js", "/gate/");
}

/** How this venue reads a region's policy that is not published, what it asks for beside one that is, and who else is asked. */
const venueRules = () => ({ read: (policy) => policyFor(state.venue, policy), own: rulesOf(state.venue), also: state.venue.also });

/** What is due is done, and again after a while. */
async function turn() {
  await lists.refresh();
  tell();
  setTimeout(turn, TURN);
}

/** Whether the region's clock says another time than this device's. */
const wrongClock = () => Boolean(lists?.alarms.some((alarm) => alarm.what === "clock"));

function verify(text) {
  if (!lists?.gate) throw new VerifierError("not-ready", "");
  const verdict = lists.gate.verify(text, seconds(), lists.memory);
  // A newer list may say otherwise: it is asked for at once.
  if (["key-not-listed", "key-list-expired", "key-list-missing"].includes(verdict.cause)) lists.again("keys");
  if (["no-list", "list-expired", "stale"].includes(verdict.cause)) lists.again("status");
  if (verdict.cause === "trust-list-missing") lists.again("trust");
  return verdict;
}

const reached = () => navigator.onLine && Boolean(lists?.answered) && seconds() - lists.answered < REACHED;

function confirm(text, within) {
  return state.device.confirm && reached() ? online(text, Math.max(within, 1)) : null;
}

/** Decides on a text. Only what the camera reads can still be held up: `seen` says that it was that. */
async function decide(text, seen = false) {
  if (state.view !== "scan") show("scan");
  const shown = performance.now();
  const answer = await decider.decide(text, (later, changed) => {
    later.issued = issued(text);
    if (find("verdict").dataset.shown !== String(shown)) return;
    if (seen) last = later;
    give(later, shown, changed);
  });
  answer.issued = issued(text);
  counts.add(answer.do);
  last = seen ? answer : null;
  give(answer, shown, true);
  await abroad(text, answer, shown, seen);
}

/** What a verdict on a code of another region may still lack. */
const LACKS = new Set(["key-list-missing", "key-list-expired", "key-not-listed", "no-list", "list-expired", "stale"]);
/** A showing counts again as the same reading for so long, in milliseconds; after it the code is shown anew. */
const SAME_READING = 2800;

/** Fetches what a code of another region is judged by, first its keys and then its list, and decides again. */
async function abroad(text, answer, shown, seen) {
  const issuer = text.slice(5, 11);
  const still = () => find("verdict").dataset.shown === String(shown) && performance.now() - shown < SAME_READING;
  let given = answer;
  for (let step = 0; step < 2; step += 1) {
    const lacks = LACKS.has(given.verdict.cause) && /^[0-9]{6}$/.test(issuer) && issuer !== lists?.region;
    if (!lacks || !navigator.onLine || !(await lists.foreign(issuer, given.verdict.genuine)) || !still()) return;
    const again = await decider.decide(text);
    if (!still()) return;
    again.issued = given.issued;
    if (seen) last = again;
    give(again, shown, again.do !== given.do);
    given = again;
  }
}

/** Shows an answer, and says it aloud where it is new. */
function give(answer, shown, aloud) {
  const element = find("verdict");
  showAnswer(element, answer, milliseconds());
  element.dataset.shown = String(shown);
  take(answer, shown);
  if (aloud) signal.give(answer.do);
  tellCounts();
  stay();
}

/** What the person may take away. Who asked before the region's word came has the receipt of that word. */
function take(answer, shown) {
  const place = find("take");
  if (asked !== shown) forgetAsked();
  // Without a code there is nothing that a receipt could be of.
  if (answer.verdict.cause === "document" || !lists?.settings) {
    put(place);
    return;
  }
  const gate = state.gate?.registration ? state.gate : null;
  const onAsked = () => {
    asked = shown;
    stay();
  };
  drawTake(place, answer, { gate, region: lists.region, asked: asked === shown, onAsked }, answer.verdict.now ?? seconds());
}

/** A receipt that was read is out of the way of whoever comes next. */
function forgetAsked() {
  if (asked !== null) find("main").scrollTop = 0;
  asked = null;
}

/** No hand-held scanner types this key, so what it reads is never taken for the wish. */
function receiptKey(event) {
  const button = event.key === "F2" && state.view === "scan" && find("receipt-ask");
  if (!button) return;
  event.preventDefault();
  button.click();
}

function stay() {
  clearTimeout(leaves);
  leaves = setTimeout(
    () => {
      last = null;
      ready(true);
    },
    asked === null ? STAYS : STAYS_FOR_RECEIPT,
  );
}

/** Says what the gate waits for. A verdict stays its time: only the end of it is `over` one. */
function ready(over = false) {
  const element = find("verdict");
  if (!element || (!over && element.dataset.shown !== undefined)) return;
  delete element.dataset.shown;
  forgetAsked();
  put(find("take"));
  element.dataset.ready = String(Boolean(lists?.gate));
  if (!lists?.gate) showReady(element, "no-lists", t("ready.no-lists-do"));
  else if (camera?.runs) showReady(element, "camera");
  else showReady(element, "wedge");
}

const scanner = new Scanner({
  code: (text) => void decide(text, true),
  // A verdict stays for as long as its code is held up, and comes back where the view was left meanwhile.
  held: () => {
    if (!last) return;
    if (find("verdict").dataset.shown !== undefined) stay();
    else give(last, performance.now(), false);
  },
  // Put down and shown again: nobody walks through on a verdict that was given to another.
  back: (seconds) => {
    if (!last) return;
    last = shownAgain(last, seconds);
    counts.add(last.do);
    give(last, performance.now(), true);
  },
  unread: () => hint("unread"),
  several: () => hint("several"),
  clear: () => ready(),
});

/** A hint takes nobody's verdict away. */
function hint(word) {
  const element = find("verdict");
  if (element && element.dataset.shown === undefined) showReady(element, word);
}

async function startCamera() {
  const video = find("picture");
  if (!video) return;
  camera?.stop();
  camera = new Camera(video, {
    see: async (picture) => state.view === "scan" && scanner.seen(await eyes.see(picture)),
    stalled: cameraFailed,
    comes: pictureComes,
  });
  try {
    await camera.start(state.device.facing);
    pictureComes();
    const torch = await camera.torch(false);
    find("torch").hidden = !torch;
  } catch (error) {
    cameraFailed(whyNot(error));
  }
  ready();
}

/** There is a picture, at the beginning or again. */
function pictureComes() {
  find("camera-trouble").hidden = true;
  find("picture").hidden = false;
  ready();
}

/** Without a picture the guard goes on: with a hand-held scanner, or in the lane without codes. */
function cameraFailed(word) {
  const trouble = find("camera-trouble");
  if (!trouble) return;
  const picture = find("picture");
  picture.hidden = true;
  trouble.hidden = false;
  put(
    trouble,
    h("p", {}, h("strong", {}, t(has(`camera.${word}`) ? `camera.${word}` : "camera.failed"))),
    h("p", {}, t("camera.instead")),
    h("button", { type: "button", onclick: startCamera }, t("camera.again")),
  );
  ready();
}

function draw() {
  document.title = t("gate.title");
  const tab = (view) => h("button", { type: "button", id: `tab-${view}`, onclick: () => show(view) }, t(`tab.${view}`));
  const torch = h("button", { id: "torch", type: "button", hidden: true, "aria-pressed": "false" }, t("camera.torch"));
  torch.addEventListener("click", async () => {
    const on = torch.getAttribute("aria-pressed") !== "true";
    if (await camera?.torch(on)) torch.setAttribute("aria-pressed", String(on));
  });
  put(
    find("app"),
    h("a.skip.button", { href: "#main" }, t("skip")),
    h("header.bar", {}, h("p.where", { id: "where" }), h("p.line.small", { id: "line" })),
    h("div", { id: "notices", role: "status" }),
    h(
      "main",
      { id: "main", tabindex: "0" },
      h(
        "section.scan",
        { id: "view-scan", "aria-labelledby": "scan-title" },
        h("h1.unseen", { id: "scan-title", tabindex: "-1" }, t("scan.title")),
        h(
          "div.window",
          {},
          h("video", { id: "picture", playsinline: true, muted: true, hidden: true, "aria-label": t("camera.picture") }),
          h("div.trouble.stack", { id: "camera-trouble", role: "status" }, h("p", {}, t("camera.starting"))),
          torch,
        ),
        h("div.level.verdict", { id: "verdict", role: "status", "aria-live": "assertive", "aria-atomic": "true" }),
        h("div.stack", { id: "take" }),
        h("p.small.soft.counts", { id: "counts" }),
      ),
      h("section.stack", { id: "view-lane", hidden: true }),
      h("section.stack", { id: "view-set", hidden: true }),
    ),
    h("nav.tabs", { "aria-label": t("tabs") }, tab("scan"), tab("lane"), tab("set")),
  );
  find("picture").muted = true;
  show(state.view, true);
  tell();
  tellCounts();
}

function show(view, quietly = false) {
  state.view = view;
  for (const name of ["scan", "lane", "set"]) {
    find(`view-${name}`).hidden = name !== view;
    const tab = find(`tab-${name}`);
    if (name === view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  const element = find(`view-${view}`);
  if (view === "lane" && lists) drawLane(element, laneContext());
  if (view === "set" && lists) drawSetUp(element, { state, lists, changed, relabel });
  // What was typed, and who was scanned, is gone when the view is left.
  if (view !== "lane") put(find("view-lane"));
  if (view !== "set") put(find("view-set"));
  if (view === "scan") ready();
  if (!quietly) {
    find("main").scrollTop = 0;
    element.querySelector("h1")?.focus();
  }
}

function laneContext() {
  return {
    venue: state.venue,
    gate: state.gate?.registration ? state.gate : null,
    withoutCode: () => lists.gate?.withoutCode(lists.region, seconds()) ?? { action: "unknown", notice: null },
    counted: (name) => {
      void counts.add(name);
      tellCounts();
    },
    answered: (instruction, why) => {
      void counts.add(instruction);
      show("scan", true);
      last = null;
      const verdict = { action: "unknown", cause: "document", genuine: null };
      give({ do: instruction, why, verdict, seen: null, confirmed: true }, performance.now(), true);
      find("verdict").focus?.();
    },
  };
}

function changed(part) {
  if (part === "venue") lists.adapt(venueRules());
  if (part === "sound") signal.on = state.device.sound;
  if (part === "camera") void startCamera();
  tell();
}

async function relabel(tag) {
  await load(["shared", "gate"], tag);
  const opened = camera !== undefined;
  camera?.stop();
  draw();
  if (opened) await startCamera();
}

/** The line at the top: where, from when, and what the region declares. */
function tell() {
  const where = find("where");
  if (!where) return;
  const { registration } = state.gate ?? {};
  put(where, h("strong", {}, registration?.name ?? t("gate.name")), " · ", t(`venue.${state.venue.class}`));
  const here = reached();
  const { status } = lists?.times() ?? { status: null };
  const line = [h("span.dot", { "data-on": String(here) }), t(here ? "line.online" : "line.offline")];
  line.push(" · ", status === null ? t("line.noList") : t("line.lists", { time: clock(status) }));
  put(find("line"), line);
  const trouble = wrongClock() ? [t("alarm.clock")] : [];
  if (lists?.settings?.demonstration) trouble.push(t("alarm.demonstration"));
  const { holding } = lists?.gate?.withoutCode(lists.region, seconds()) ?? { holding: [] };
  const notices = [...trouble, ...[...new Set(holding)].map((kind) => t(`notice.${kind}`))];
  const ground = notices.join("|");
  const place = find("notices");
  if (place.dataset.said !== ground) {
    place.dataset.said = ground;
    put(place, notices.map((text) => h("p.note.alert", {}, text)));
  }
  // Whether there are lists is said as soon as it changes.
  const panel = find("verdict");
  if (panel.dataset.shown === undefined && panel.dataset.ready !== String(Boolean(lists?.gate))) ready();
}

function tellCounts() {
  const today = counts.today;
  const said = ["enter", "check", "stop", "hand-in"].map((name) => t(`count.${name}`, { count: today[name] }));
  put(find("counts"), said.join(" · "));
}

begin().catch((error) => {
  console.error(error);
  // Whatever fails, the guard knows what to do.
  const element = find("app");
  put(element, h("main.stack", {}, h("h1", {}, "请人工核验 Check by hand"), h("p", {}, String(error?.message ?? error))));
});
