// For people without a code: look-up by document at an attended gate, and by hand. Nothing that is typed here is kept.

import { h, put } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { lookUp } from "./region.js";
import { isGentle } from "./venue.js";

/** Types of documents that people show at doors, as spec/documents.md has them; those marked need the issuing country. */
const DOCUMENTS = [
  ["111"],
  ["414", true],
  ["516"],
  ["511"],
  ["553"],
  ["901"],
  ["112"],
  ["113"],
  ["114"],
  ["117"],
  ["990", true],
];
/** Why somebody has no code: for the numbers of the day alone. */
const REASONS = ["no-phone", "battery", "damaged", "visitor", "other"];

/** What the guard does by the region's word on a document. */
export function instructionOf(word, venue) {
  if (word === "pass") return "enter";
  if (word === "refuse") return isGentle(venue.class) ? "check" : "stop";
  if (word === "unknown") return isGentle(venue.class) ? "check" : venue.unknown;
  return "check";
}

/**
 * Draws the lane. `context` gives `venue`, `gate` (a registered one with its registration, or null), `withoutCode` (what a
 * notice says), `answered(instruction, why)` and `counted(name)`.
 */
export function drawLane(element, context) {
  const { registration } = context.gate ?? {};
  const notice = context.withoutCode();
  put(
    element,
    h("h1", { tabindex: "-1" }, t("lane.title")),
    h("p", {}, t(isGentle(context.venue.class) ? "lane.gentle" : "lane.intro")),
    notice.notice && h("p.note.alert", { role: "status" }, t(`notice.${notice.notice}`)),
    registration?.attended && registration.purposes.length > 0
      ? lookUpForm(context, registration)
      : h("p.note", {}, t("lane.notRegistered")),
    byHand(context),
  );
}

function field(id, label, input, hint) {
  const described = hint ? { "aria-describedby": `${id}-hint` } : {};
  for (const [name, value] of Object.entries(described)) input.setAttribute(name, value);
  input.id = id;
  return h("div.field", {}, h("label", { for: id }, label), hint && h("p.hint", { id: `${id}-hint` }, hint), input);
}

const options = (all, words) => all.map((value) => h("option", { value }, t(`${words}.${value}`)));

function lookUpForm(context, registration) {
  const type = h("select", {}, options(DOCUMENTS.map(([code]) => code), "document"));
  const number = h("input", { type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", required: true });
  const country = h("input", { type: "text", autocomplete: "off", maxlength: "3", autocapitalize: "characters" });
  const purpose = h("select", {}, options(registration.purposes, "purpose"));
  const outcome = h("div", { role: "alert" });
  const abroad = field("lane-country", t("lane.country"), country, t("lane.countryHint"));
  const turn = () => {
    const [, needed] = DOCUMENTS.find(([code]) => code === type.value);
    abroad.hidden = !needed;
    country.required = Boolean(needed);
  };
  type.addEventListener("change", turn);
  const send = h("button.main", { type: "submit" }, t("lane.ask"));
  const submit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    put(outcome, h("p", {}, t("lane.asking")));
    const document = { type: type.value, number: number.value };
    if (!abroad.hidden) document.country = country.value.toUpperCase();
    try {
      const word = await lookUp(context.gate, document, purpose.value);
      // Whatever came of it, the number is not left on the screen for the next in the queue.
      number.value = "";
      country.value = "";
      put(outcome);
      context.answered(instructionOf(word, context.venue), `document-${word}`);
    } catch (error) {
      put(outcome, problem(error));
    } finally {
      send.disabled = false;
    }
  };
  const form = h(
    "form.card.stack",
    { onsubmit: submit, novalidate: false },
    h("h2", {}, t("lane.document")),
    h("p.soft.small", {}, t("lane.documentHint")),
    field("lane-type", t("lane.type"), type),
    field("lane-number", t("lane.number"), number),
    abroad,
    field("lane-purpose", t("lane.purpose"), purpose),
    outcome,
    send,
  );
  turn();
  return form;
}

/** What went wrong, at its field where it has one; and what to do now. */
export function problem(error) {
  const { status, problem: told } = error;
  const fault = told?.errors?.[0] ?? told?.faults?.[0];
  const what =
    status === undefined
      ? t("lane.noNetwork")
      : status === 429
        ? t("lane.quota")
        : status === 400 || status === 422
          ? t("lane.badNumber")
          : status === 401 || status === 403
            ? t("lane.notAllowed")
            : t("lane.noAnswer");
  return h(
    "div.summary.tight",
    {},
    h("p.error", {}, what),
    fault?.detail && h("p.small", { lang: "en" }, fault.detail),
    h("p", {}, t("lane.byHandInstead")),
  );
}

function byHand({ venue, counted }) {
  const reason = h("select", {}, options(REASONS, "reason"));
  const said = h("p", { role: "status" });
  const act = (name) => () => {
    counted(name);
    put(said, t(`hand.${name}.done`));
  };
  return h(
    "section.card.stack",
    { "aria-labelledby": "by-hand" },
    h("h2", { id: "by-hand" }, t("lane.byHand")),
    h("ol.steps", {}, ["look", "ask", "decide"].map((step) => h("li", {}, t(`hand.${step}`)))),
    field("lane-reason", t("lane.reason"), reason, t("lane.reasonHint")),
    h(
      "div.row",
      {},
      h("button.main", { type: "button", onclick: act("hand-in") }, t("hand.hand-in")),
      !isGentle(venue.class) && h("button", { type: "button", onclick: act("hand-on") }, t("hand.hand-on")),
    ),
    said,
  );
}
