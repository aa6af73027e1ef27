// Forms: one label for each field, hints before it, errors at their field and in a summary that leads there.

import { h, put } from "../shared/dom.js";
import { has, language, t } from "../shared/words.js";
import { Problem, Unreached } from "./ask.js";

/** What went wrong, in plain words. */
export function plainly(error) {
  if (error instanceof Unreached) return t("problem.unreached");
  if (!(error instanceof Problem)) return t("problem.internal");
  const own = `problem.${error.kind}`;
  if (has(own)) return t(own, { seconds: error.after || 10 });
  return (language().startsWith("zh") ? error.said.titleZh : error.said.title) || t("problem.internal");
}

/**
 * A form. `fields` are `{name, kind, label, hint, options, value, needed, path, complete, mode, wrong}`: `path` is where the
 * region's errors name it, `wrong` the words for a refused one. `send` gets the values by name.
 */
export function form({ fields, submit, send, before, grave }) {
  const drawn = fields.map((field) => draw(field));
  const summary = h("div", { "aria-live": "polite" });
  const button = h(grave ? "button.main.grave" : "button.main", { type: "submit" }, submit);
  const element = h("form.stack", { novalidate: true, onsubmit: submitted }, summary, before, drawn.map((one) => one.element), button);

  async function submitted(event) {
    event.preventDefault();
    if (button.disabled) return;
    for (const one of drawn) one.clear();
    put(summary);
    const missing = drawn.filter((one) => one.field.needed && !one.read());
    if (missing.length) return refuse(missing.map((one) => [one, t(`missing.${one.field.kind}`)]));
    button.disabled = true;
    try {
      await send(Object.fromEntries(drawn.map((one) => [one.field.name, one.read()])));
    } catch (error) {
      const named = error instanceof Problem ? matched(error.errors) : [];
      refuse(named, named.length ? undefined : plainly(error));
    } finally {
      button.disabled = false;
    }
  }

  function matched(errors) {
    const found = new Map();
    for (const { path, problem } of errors) {
      const one = drawn.find(({ field }) => (field.path || [field.name]).some((own) => path === own || path.startsWith(`${own}.`) || path.startsWith(`${own}[`)));
      if (!one || found.has(one)) continue;
      const said = one.field.wrong || t("wrong.field");
      found.set(one, language().startsWith("en") && one.field.precise ? `${said} (${problem})` : said);
    }
    return [...found];
  }

  function refuse(wrong, general) {
    for (const [one, problem] of wrong) one.refuse(problem);
    const named = ({ field }, problem) => (field.kind === "agree" ? problem : t("form.named", { field: field.label.replace(/[?？]$/, ""), problem }));
    const lead = ([one, problem]) =>
      h("li", {}, h("a", { href: `#${one.target}`, onclick: (event) => (event.preventDefault(), one.focus()) }, named(one, problem)));
    const title = h("h2", { tabindex: "-1" }, t(wrong.length ? "form.wrong" : "form.failed"));
    put(summary, h("div.summary.tight", { role: "alert" }, title, general && h("p", {}, general), wrong.length ? h("ul.plain", {}, wrong.map(lead)) : null));
    title.focus();
  }

  return element;
}

let count = 0;

function draw(field) {
  count += 1;
  const id = `field-${count}`;
  const hint = field.hint && h("p.hint", { id: `${id}-hint` }, field.hint);
  const error = h("p.error", { id: `${id}-error`, hidden: true });
  const described = [field.hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const parts = { id, hint, error, described };
  const made = field.kind === "one" || field.kind === "many" ? choices(field, parts) : field.kind === "agree" ? agreement(field, parts) : entry(field, parts);
  const controls = made.controls;
  return {
    field,
    element: made.element,
    target: controls[0].id,
    read: made.read,
    focus: () => controls[0].focus(),
    clear: () => {
      error.hidden = true;
      made.element.classList.remove("wrong");
      for (const control of controls) control.removeAttribute("aria-invalid");
    },
    refuse: (problem) => {
      put(error, h("span.unseen", {}, t("form.error")), problem);
      error.hidden = false;
      made.element.classList.add("wrong");
      for (const control of controls) control.setAttribute("aria-invalid", "true");
    },
  };
}

function entry(field, { id, hint, error, described }) {
  const shared = { id, name: field.name, "aria-describedby": described, autocomplete: field.complete || "off" };
  let control;
  if (field.kind === "pick") {
    const options = field.options.map(([value, label]) => h("option", { value }, label));
    control = h("select", shared, options);
    control.value = field.value ?? field.options[0][0];
    if (field.onchange) control.addEventListener("change", () => field.onchange(control.value));
  } else if (field.kind === "long") {
    control = h("textarea", { ...shared, rows: 4, maxlength: field.most });
    control.value = field.value ?? "";
  } else {
    control = h("input", { ...shared, type: "text", inputmode: field.mode, maxlength: field.most, spellcheck: "false", autocapitalize: "off" });
    control.value = field.value ?? "";
  }
  const label = h("label", { for: id }, field.label, !field.needed && field.kind !== "pick" ? h("span.soft", {}, ` ${t("form.optional")}`) : null);
  const element = h("div.field", { hidden: field.hidden }, label, hint, error, control);
  field.element = element;
  return { element, controls: [control], read: () => control.value.trim() };
}

function choices(field, { id, hint, error, described }) {
  const type = field.kind === "one" ? "radio" : "checkbox";
  const chosen = new Set([field.value ?? []].flat());
  const boxes = field.options.map(([value, label], place) => {
    const own = `${id}-${place}`;
    const box = h("input", { type, id: own, name: id, value, "aria-describedby": `${id}-error` });
    box.checked = chosen.has(value);
    return { value, box, element: h("div.choice", {}, box, h("label", { for: own }, label)) };
  });
  if (field.alone) {
    // "None" goes with nothing else.
    for (const one of boxes) {
      one.box.addEventListener("change", () => {
        if (!one.box.checked) return;
        for (const other of boxes) if (other !== one && (one.value === field.alone || other.value === field.alone)) other.box.checked = false;
      });
    }
  }
  const legend = h("legend", {}, field.label);
  const list = h(field.options.length < 4 ? "div.choices" : "div", {}, boxes.map((one) => one.element));
  const element = h("fieldset.field", { "aria-describedby": described }, legend, hint, error, list);
  const read = () => {
    const values = boxes.filter((one) => one.box.checked).map((one) => one.value);
    return field.kind === "one" ? values[0] || "" : values.length ? values : "";
  };
  return { element, controls: boxes.map((one) => one.box), read };
}

function agreement(field, { id, hint, error, described }) {
  const box = h("input", { type: "checkbox", id, name: field.name, "aria-describedby": described });
  box.checked = Boolean(field.value);
  const element = h("div.field", {}, error, h("div.choice", {}, box, h("label", { for: id }, field.label)), hint);
  return { element, controls: [box], read: () => (box.checked ? "yes" : "") };
}

/** A question before something that cannot be undone; true where the person is sure. */
export function sure({ title, text, yes }) {
  return new Promise((resolve) => {
    const dialog = h("dialog.card.stack", { "aria-labelledby": "sure-title", onclose: () => (dialog.remove(), resolve(dialog.returnValue === "yes")) });
    dialog.append(
      h("h2", { id: "sure-title" }, title),
      h("p", {}, text),
      h("div.row", {}, h("button.main.grave", { type: "button", onclick: () => dialog.close("yes") }, yes), h("button", { type: "button", autofocus: true, onclick: () => dialog.close("no") }, t("form.cancel"))),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
