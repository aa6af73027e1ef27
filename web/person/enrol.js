// Enrolling: by one of the region's methods, with the first declaration on the same screen.

import { h, put } from "../shared/dom.js";
import { either, t } from "../shared/words.js";
import { ask } from "./ask.js";
import { enrolled } from "./code.js";
import { answers, declaration, questions } from "./declare.js";
import { form, plainly } from "./form.js";
import { keepPerson } from "./kept.js";
import { offered } from "./methods.js";
import { beginElsewhere, beginInApplication, proof } from "./sign-in.js";
import { now } from "./times.js";

const DOCUMENTS = ["111", "414", "516", "511", "901", "553", "420", "421", "117", "902"];
const PASSPORTS = ["414"];
/** A consent lasts a year. */
const CONSENT = { purpose: "code", version: 1, days: 365 };

export async function show(main, context) {
  const first = !context.people().length;
  put(main, h("h1", {}, t(first ? "enrol.title" : "enrol.other")), h("p", {}, t("enrol.lead")), h("p.soft", {}, t("loading")));
  const back = context.signedIn;
  context.signedIn = null;
  let methods;
  try {
    const asked = context.offered ?? offered();
    context.offered = null;
    methods = await asked;
  } catch (error) {
    put(main, h("h1", {}, t("enrol.title")), h("div.note.alert.stack", { role: "alert" }, h("p", {}, plainly(error)), h("button", { type: "button", onclick: context.redraw }, t("again"))));
    return;
  }
  const proved = back && (await proof(back, methods));
  const word = methods.find((method) => method.way === "word");
  const moved = h("p", {}, h("a", { href: "#arriving" }, t("arriving.link")));
  const head = [h("h1", {}, t(first ? "enrol.title" : "enrol.other")), h("p", {}, t("enrol.lead")), moved];
  if (back && !proved) head.push(h("div.note.alert", { role: "alert" }, t(back.method ? "enrol.sign-in.foreign" : "enrol.sign-in.failed")));
  if (proved) put(main, head, h("p.note", {}, t("enrol.proved", { method: either(proved.title) })), whole(context, proved.identity, false, first));
  else if (word && methods.length === 1) put(main, head, h("p.note", {}, t("enrol.word")), whole(context, { method: word.method }, true, first));
  else if (!methods.length) put(main, head, h("p.note", {}, t("enrol.none")));
  else put(main, head, choice(main, context, methods, head, first));
}

function choice(main, context, methods, head, first) {
  const list = methods.filter((method) => method.way !== "code" || window.isSecureContext);
  const button = (method) => h("button.main.wide", { type: "button", onclick: () => begin(method) }, t("enrol.with", { method: either(method.title) }));
  const failed = h("div", { "aria-live": "polite" });
  async function begin(method) {
    if (method.way === "word") return put(main, head, h("p.note", {}, t("enrol.word")), whole(context, { method: method.method }, true, first));
    try {
      if (method.way !== "code") return await beginElsewhere(method);
      await beginInApplication(method);
      put(failed, h("p.note", { id: "in-app" }, t("enrol.in-app", { method: either(method.title) })));
    } catch (error) {
      put(failed, h("p.note.alert", { role: "alert" }, plainly(error)));
    }
  }
  return h("div.stack", {}, h("h2", {}, t("enrol.how")), list.map(button), failed);
}

/** Whom a demonstration proposes to play; nobody anywhere else. */
function played() {
  try {
    return JSON.parse(localStorage.getItem("demo.person")) || {};
  } catch {
    return {};
  }
}

function whole(context, identity, typed, first) {
  const country = { name: "country", kind: "text", label: t("enrol.country"), hint: t("enrol.country.hint"), path: ["document.country"], wrong: t("wrong.country"), most: 3, hidden: true };
  const person = [
    { name: "name", kind: "text", label: t("enrol.name"), hint: t("enrol.name.hint"), complete: "name", needed: true, path: ["profile.name"], wrong: t("wrong.name"), precise: true, most: 100 },
    { name: "kind", kind: "pick", label: t("enrol.document"), options: DOCUMENTS.map((code) => [code, t(`document.${code}`)]), path: ["document.type"], onchange: (code) => (country.element.hidden = !PASSPORTS.includes(code)) },
    country,
    { name: "number", kind: "text", label: t("enrol.number"), hint: t("enrol.number.hint"), needed: true, path: ["document", "document.number"], wrong: t("wrong.number"), precise: true, most: 64 },
  ];
  const proposed = typed ? played() : {};
  person[0].value = proposed.name;
  person[3].value = proposed.number;
  const label = { name: "label", kind: "text", label: t("enrol.label"), hint: t("enrol.label.hint"), needed: true, most: 20 };
  const phone = { name: "phone", kind: "text", mode: "tel", complete: "tel", label: t("enrol.phone"), hint: t("enrol.phone.hint"), path: ["profile.phone"], wrong: t("wrong.phone"), most: 20 };
  const consent = { name: "consent", kind: "agree", label: t("enrol.consent"), hint: t("enrol.consent.hint"), needed: true, path: ["consents"] };
  return form({
    fields: [...(first ? [] : [label]), ...(typed ? person : []), phone, ...questions(null, "declaration."), consent],
    submit: t("enrol.submit"),
    send: async (values) => {
      const body = { identity, consents: [CONSENT], declaration: declaration(values, now()) };
      const profile = {};
      if (typed) {
        profile.name = values.name;
        body.document = { type: values.kind, number: values.number };
        if (PASSPORTS.includes(values.kind)) body.document.country = values.country.toUpperCase();
      }
      if (values.phone) profile.phone = values.phone;
      if (Object.keys(profile).length) body.profile = profile;
      const { shown } = await ask("POST", "/v1/enrolments", { body, within: 20000 });
      const kept = await keepPerson({ label: values.label || t("me"), token: shown.token, answers: answers(values) });
      await context.reload(kept.id);
      context.begun = enrolled(context.whose(), shown);
      context.go("code");
    },
  });
}
