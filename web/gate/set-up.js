// What is set at this gate: the venue, sounds, the region's confirmation, and the gate's registration.

import { h, put } from "../shared/dom.js";
import { choose, look } from "../shared/look.js";
import { language, languages, named, t } from "../shared/words.js";
import { forget, keep } from "./keep.js";
import { make, publicFile } from "./key.js";
import { registration } from "./region.js";
import { clock } from "./panel.js";
import { CLASSES, FOR_UNKNOWN, FRESHNESS, isGentle, MOST_ALSO, regionsIn, venueOf } from "./venue.js";

function selection(id, label, values, chosen, words, { hint, disabled, onchange }) {
  const all = values.map((value) => h("option", { value, selected: value === chosen }, t(`${words}.${value}`)));
  const select = h("select", { id, disabled, "aria-describedby": hint && `${id}-hint` }, all);
  select.addEventListener("change", () => onchange(select.value));
  return h("div.field", {}, h("label", { for: id }, label), hint && h("p.hint", { id: `${id}-hint` }, hint), select);
}

function tick(id, label, checked, onchange) {
  const box = h("input", { id, type: "checkbox", checked });
  box.addEventListener("change", () => onchange(box.checked));
  return h("div.choice", {}, box, h("label", { for: id }, label));
}

/** Other regions whose published policies this venue answers to. What is no division is left out. */
function alsoAsked(also, changed) {
  const box = h("input", { id: "set-also", type: "text", inputmode: "numeric", autocomplete: "off", "aria-describedby": "set-also-hint" });
  box.value = also.join(" ");
  box.addEventListener("change", () => {
    box.value = regionsIn(box.value).join(" ");
    changed(box.value);
  });
  const hint = h("p.hint", { id: "set-also-hint" }, t("set.alsoHint", { most: MOST_ALSO }));
  return h("div.field", {}, h("label", { for: "set-also" }, t("set.also")), hint, box);
}

/** Draws it. `context` has `state`, `changed(part)`, `relabel(language)` and `lists`. */
export function drawSetUp(element, context) {
  const { state } = context;
  const again = () => drawSetUp(element, context);
  const set = (part) => async (value) => {
    state.venue = venueOf({ ...state.venue, [part]: part === "freshness" ? Number(value) : value });
    await keep({ venue: state.venue });
    context.changed("venue");
    if (part === "class") again();
  };
  const registered = state.gate?.registration;
  const gentle = isGentle(state.venue.class);
  const venue = h(
    "section.card.stack",
    { "aria-labelledby": "set-venue" },
    h("h2", { id: "set-venue" }, t("set.venue")),
    selection("set-class", t("set.class"), CLASSES, state.venue.class, "venue", {
      hint: t(registered ? "set.classFixed" : "set.classHint"),
      disabled: Boolean(registered),
      onchange: set("class"),
    }),
    gentle
      ? h("p.note", {}, t("set.gentle"))
      : [
          selection("set-fresh", t("set.freshness"), FRESHNESS, state.venue.freshness, "fresh", {
            hint: t("set.freshnessHint"),
            onchange: set("freshness"),
          }),
          selection("set-unknown", t("set.unknown"), FOR_UNKNOWN, state.venue.unknown, "unknown", {
            hint: t("set.unknownHint"),
            onchange: set("unknown"),
          }),
        ],
    alsoAsked(state.venue.also, set("also")),
  );
  const device = h(
    "section.card.stack",
    { "aria-labelledby": "set-device" },
    h("h2", { id: "set-device" }, t("set.device")),
    tick("set-sound", t("set.sound"), state.device.sound, async (on) => {
      state.device.sound = on;
      await keep({ device: state.device });
      context.changed("sound");
    }),
    tick("set-confirm", t("set.confirm"), state.device.confirm, async (on) => {
      state.device.confirm = on;
      await keep({ device: state.device });
    }),
    h("p.hint", {}, t("set.confirmHint")),
    selection("set-facing", t("set.camera"), ["environment", "user"], state.device.facing, "camera", {
      onchange: async (facing) => {
        state.device.facing = facing;
        await keep({ device: state.device });
        context.changed("camera");
      },
    }),
    languageChoice(context),
    selection("set-theme", t("set.theme"), ["auto", "light", "dark"], look("theme"), "theme", {
      onchange: (theme) => choose("theme", theme),
    }),
    tick("set-elder", t("set.elder"), look("mode") === "elder", (on) => choose("mode", on ? "elder" : "usual")),
  );
  put(
    element,
    h("h1", { tabindex: "-1" }, t("set.title")),
    venue,
    registering(context, again),
    device,
    listsOf(context),
    reset(),
  );
}

function languageChoice({ relabel }) {
  const all = languages().map((tag) => h("option", { value: tag, lang: tag, selected: tag === language() }, named(tag)));
  const select = h("select", { id: "set-language" }, all);
  select.addEventListener("change", () => relabel(select.value));
  return h("div.field", {}, h("label", { for: "set-language" }, t("set.language")), select);
}

/** The gate's own key, what the operator does with it, and whether that was done. */
function registering(context, again) {
  const { state, lists } = context;
  const section = h("section.card.stack", { "aria-labelledby": "set-register" });
  const title = h("h2", { id: "set-register" }, t("register.title"));
  const { gate } = state;
  if (gate?.registration) {
    const { name, venue, until, purposes, attended } = gate.registration;
    const fact = (key, value) => [h("dt", {}, t(key)), h("dd", {}, value)];
    put(
      section,
      title,
      h("p", {}, t("register.done")),
      h("dl.facts", {}, [
        fact("register.name", name),
        fact("register.venue", venue),
        fact("register.class", t(`venue.${gate.registration.class}`)),
        fact("register.lookUps", attended && purposes.length > 0 ? purposes.map((one) => t(`purpose.${one}`)).join("、") : t("register.none")),
        until && fact("register.until", until.slice(0, 10)),
      ]),
    );
    return section;
  }
  if (!gate) {
    const id = h("input", { id: "register-id", type: "text", required: true, maxlength: "64", pattern: "[!-~]+", autocomplete: "off", "aria-describedby": "register-id-hint" });
    const begin = async (event) => {
      event.preventDefault();
      const key = await make();
      state.gate = { id: id.value.trim(), key, public: await publicFile(key), registration: null };
      await keep({ gate: state.gate });
      again();
      document.getElementById("register-file")?.focus();
    };
    put(
      section,
      title,
      h("p", {}, t("register.why")),
      h(
        "form.stack",
        { onsubmit: begin },
        h("div.field", {}, h("label", { for: "register-id" }, t("register.id")), h("p.hint", { id: "register-id-hint" }, t("register.idHint")), id),
        h("button", { type: "submit" }, t("register.make")),
      ),
    );
    return section;
  }
  const text = JSON.stringify(gate.public, null, 2);
  const outcome = h("div", { role: "status" });
  const ask = async () => {
    put(outcome, h("p", {}, t("register.asking")));
    try {
      const found = await registration({ ...gate, region: lists.settings?.region });
      state.gate = { ...gate, region: lists.settings.region, registration: found };
      state.venue = venueOf({ ...state.venue, class: found.class });
      await keep({ gate: state.gate, venue: state.venue });
      context.changed("venue");
      again();
    } catch (error) {
      const key = error.status === 401 ? "register.notYet" : error.status === undefined ? "lane.noNetwork" : "lane.noAnswer";
      put(outcome, h("p.error", {}, t(key)));
    }
  };
  const other = async () => {
    state.gate = null;
    await keep({ gate: undefined });
    again();
  };
  const file = h("textarea.digits", { id: "register-file", readonly: true, rows: "6", spellcheck: "false" });
  file.value = text;
  const link = h("a.button", { download: `${gate.id}.pub`, href: URL.createObjectURL(new Blob([`${text}\n`], { type: "application/json" })) }, t("register.save"));
  put(
    section,
    title,
    h("ol.steps", {}, ["give", "two", "ask"].map((step) => h("li", {}, t(`register.step.${step}`, { id: gate.id })))),
    h("div.field", {}, h("label", { for: "register-file" }, t("register.file", { id: gate.id })), file),
    h("div.row", {}, link, h("button.main", { type: "button", onclick: ask }, t("register.ask")), h("button.quiet", { type: "button", onclick: other }, t("register.other"))),
    outcome,
  );
  return section;
}

/** From when the lists are by which the gate decides alone. */
function listsOf({ lists }) {
  const { status, paper } = lists.times();
  const row = (key, at) => [h("dt", {}, t(key)), h("dd.digits", {}, at === null ? t("lists.none") : clock(at))];
  return h(
    "section.card.stack",
    { "aria-labelledby": "set-lists" },
    h("h2", { id: "set-lists" }, t("lists.title")),
    h("dl.facts", {}, [
      lists.settings && [h("dt", {}, t("lists.region")), h("dd", {}, nameOf(lists.settings.region))],
      row("lists.status", status),
      row("lists.paper", paper),
      row("lists.answered", lists.answered),
    ]),
    lists.alarms.map(({ what, word }) => h("p.note.alert", {}, t("lists.refused", { what: t(`list.${what}`), word }))),
    h("button", { type: "button", onclick: () => lists.refresh(true) }, t("lists.refresh")),
  );
}

/** The region's name in the language of the page, with its code. */
function nameOf(code) {
  const { region, regionEn } = document.documentElement.dataset;
  const name = language().startsWith("zh") ? region : regionEn || region;
  return [name, name && " ", h("span.digits", {}, code)];
}

function reset() {
  const place = h("div.stack");
  const ask = () =>
    put(
      place,
      h("p", {}, t("reset.sure")),
      h(
        "div.row",
        {},
        h("button.grave", { type: "button", onclick: () => forget().then(() => location.reload()) }, t("reset.yes")),
        h("button", { type: "button", onclick: begin }, t("reset.no")),
      ),
    );
  const begin = () => put(place, h("button.quiet", { type: "button", onclick: ask }, t("reset.begin")));
  begin();
  return place;
}
