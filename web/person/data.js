// My data: what is kept, who looked, correcting, taking along, a lost phone, and being forgotten.

import { h, put } from "../shared/dom.js";
import { has, t } from "../shared/words.js";
import { ask } from "./ask.js";
import { form, plainly, sure } from "./form.js";
import { forgetPerson, keepPerson } from "./kept.js";
import { save } from "./paper.js";
import { moment } from "./times.js";

export async function show(main, context) {
  const { person } = context.whose();
  const token = () => ({ token: person.token });
  const seen = h("div.stack", { id: "seen" });
  const looked = h("div.stack", { id: "looked" });
  const note = h("div", { id: "data-note", "aria-live": "polite" });
  const button = (key, onclick, kind = "button") => h(kind, { type: "button", id: `data-${key}`, onclick }, t(`data.${key}`));
  put(
    main,
    h("h1", {}, t("data.title", { name: person.label })),
    note,
    h("section.card.stack", {}, h("h2", {}, t("data.see.title")), h("p", {}, t("data.see.text")), h("div.row", {}, button("see", see), button("export", take)), seen),
    h("section.card.stack", {}, h("h2", {}, t("data.looked.title")), h("p", {}, t("data.looked.text")), button("looked", looks), looked),
    h("section.card.stack", {}, h("h2", {}, t("data.appeals.title")), h("p", {}, t("data.appeals.text")), h("a.button", { href: "#appeal" }, t("data.appeals"))),
    h("section.card.stack", {}, h("h2", {}, t("moving.title")), h("p", {}, t("data.moving.text")), h("a.button", { href: "#moving" }, t("data.moving"))),
    h("section.card.stack", {}, h("h2", {}, t("data.withdraw.title")), h("p", {}, t("data.withdraw.text")), button("withdraw", withdraw, "button.grave")),
    h("section.card.stack", {}, h("h2", {}, t("data.forget.title")), h("p", {}, t("data.forget.text")), button("forget", forget, "button.grave")),
    h("section.card.stack", {}, h("h2", {}, t("data.erase.title")), h("p", {}, t("data.erase.text")), button("erase", erase, "button.grave")),
  );

  async function see() {
    try {
      drawn(await ask("GET", "/v1/export", token()));
    } catch (error) {
      put(seen, h("p.note.alert", { role: "alert" }, plainly(error)));
    }
  }

  async function take() {
    try {
      const all = await ask("GET", "/v1/export", token());
      save(new Blob([JSON.stringify(all, null, 2)], { type: "application/json" }), "healthcode-my-data.json");
      put(note, h("p.note", { role: "status" }, t("data.exported")));
    } catch (error) {
      put(note, h("p.note.alert", { role: "alert" }, plainly(error)));
    }
  }

  function drawn(all) {
    const one = (term, what) => [h("dt", {}, term), h("dd", {}, what || t("data.nothing"))];
    const evidence = all.evidence.map((piece) => h("li", {}, t("why.evidence.one", { kind: t(`kind.${piece.kind}`), by: piece.by, at: moment(piece.at) })));
    const documents = all.documents.map((document) => `${t(`document.${document.type}`)} ${document.number}`);
    const title = h("h3", { tabindex: "-1" }, t("data.since", { since: moment(all.since) }));
    put(
      seen,
      title,
      h("dl.facts", {}, one(t("enrol.name"), all.profile.name), one(t("enrol.phone"), all.profile.phone), one(t("data.address"), all.profile.address), one(t("data.documents"), documents.join(t("list.and"))), one(t("data.declarations"), String(all.declarations.length)), one(t("data.consents"), all.consents.map((consent) => t("data.consent", { until: moment(consent.until) })).join(t("list.and")))),
      h("h3", {}, t("data.evidence")),
      evidence.length ? h("ul", {}, evidence) : h("p.soft", {}, t("data.nothing")),
      h("details", { id: "correct" }, h("summary", {}, t("data.correct")), correct(all.profile)),
    );
    title.focus();
  }

  function correct(profile) {
    return form({
      fields: [
        { name: "name", kind: "text", label: t("enrol.name"), value: profile.name, needed: true, path: ["name"], wrong: t("wrong.name"), precise: true, complete: "name", most: 100 },
        { name: "phone", kind: "text", mode: "tel", label: t("enrol.phone"), value: profile.phone, path: ["phone"], wrong: t("wrong.phone"), complete: "tel", most: 20 },
        { name: "address", kind: "text", label: t("data.address"), value: profile.address, path: ["address"], wrong: t("wrong.address"), complete: "street-address", most: 200 },
      ],
      submit: t("data.correct.submit"),
      send: async ({ name, phone, address }) => {
        await ask("POST", "/v1/profile", { ...token(), body: { name, phone: phone || null, address: address || null } });
        put(note, h("p.note", { role: "status" }, t("data.corrected")));
        await see();
      },
    });
  }

  async function looks() {
    try {
      const { entries } = await ask("GET", "/v1/log?limit=100", token());
      const word = (kind, key) => (has(`${kind}.${key}`) ? t(`${kind}.${key}`) : key);
      const details = (entry) => (entry.details || []).filter(({ field }) => has(`detail.${field}`) && typeof field === "string").map(({ field, value }) => `${t(`detail.${field}`)} ${field === "level" ? t(`level.${String(value).padStart(2, "0")}`) : field === "valid-until" || field === "ends" ? moment(value) : value}`);
      const line = (entry) =>
        entry.kind
          ? h("li.log", {}, h("strong", {}, word("log", entry.kind)), h("span.soft", {}, ` ${moment(entry.at)} · ${word("role", entry.actor.role)} ${entry.actor.id}`), h("span.small", {}, ` ${details(entry).join(" · ")}`))
          : h("li.log", {}, h("span.soft", {}, t("log.erased", { sequence: entry.sequence })));
      const title = h("h3", { tabindex: "-1" }, t("data.looked.count", { count: entries.length }));
      put(looked, title, h("ul.plain.rows", {}, entries.map(line)));
      title.focus();
    } catch (error) {
      put(looked, h("p.note.alert", { role: "alert" }, plainly(error)));
    }
  }

  async function withdraw() {
    if (!(await sure({ title: t("data.withdraw.title"), text: t("data.withdraw.sure"), yes: t("data.withdraw") }))) return;
    try {
      const shown = await ask("POST", "/v1/withdrawal", { ...token(), body: { reason: "lost-device" }, within: 20000 });
      // Codes and keys of the old number go with it.
      const { answers, label, id } = person;
      await forgetPerson(id);
      const kept = await keepPerson({ label, answers, token: shown.token });
      await context.reload(kept.id);
      context.go("code");
    } catch (error) {
      put(note, h("p.note.alert", { role: "alert" }, plainly(error)));
    }
  }

  async function forget() {
    if (!(await sure({ title: t("data.forget.title"), text: t("data.forget.sure"), yes: t("data.forget") }))) return;
    await forgetPerson(person.id);
    await context.reload();
    context.go("code");
  }

  async function erase() {
    if (!(await sure({ title: t("data.erase.title"), text: t("data.erase.sure"), yes: t("data.erase") }))) return;
    try {
      await ask("DELETE", "/v1/subject", { ...token(), within: 20000 });
      await forgetPerson(person.id);
      await context.reload();
      put(main, h("h1", { tabindex: "-1" }, t("data.erased")), h("p", {}, t("data.erased.text")), h("a.button", { href: "#code" }, t("data.erased.go")));
      main.querySelector("h1").focus();
    } catch (error) {
      put(note, h("p.note.alert", { role: "alert" }, plainly(error)));
    }
  }
}
