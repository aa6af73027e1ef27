// Moving: what would go to another region, agreed to exactly as it was shown; and what the person takes along for it.

import { h, put } from "../shared/dom.js";
import { language, t } from "../shared/words.js";
import { ask } from "./ask.js";
import { form, plainly } from "./form.js";
import { keep, thing } from "./kept.js";
import { save } from "./paper.js";
import { picture } from "../shared/qr.js";
import { written } from "./passage.js";
import { moment, now } from "./times.js";

/** What is waiting there is given out for so long (`spec/transfer.md`). */
const WAITS = 7 * 24 * 3600 * 1000;

export async function show(main, context) {
  const { person } = context.whose();
  const token = person.token;
  const name = `moving:${person.id}:`;
  const body = h("div.stack", { id: "moving" }, h("p.soft", {}, t("loading")));
  put(main, h("h1", {}, t("moving.title")), body);
  const kept = await thing(name);
  if (kept && kept.until > now()) under(kept);
  else await preview();

  async function preview() {
    try {
      const seen = await ask("GET", "/v1/transfer-previews", { token });
      put(body, h("p", {}, t("moving.lead")), what(seen), seen.regions.length ? agreeing(seen) : h("p.note", {}, t("moving.nowhere")));
    } catch (error) {
      put(body, h("div.note.alert.stack", { role: "alert" }, h("p", {}, plainly(error)), h("button", { type: "button", onclick: preview }, t("again"))));
    }
  }

  function agreeing(seen) {
    return form({
      fields: [
        { name: "to", kind: "pick", label: t("moving.to"), options: seen.regions.map(({ division, name: said }) => [division, said ? `${said} (${division})` : division]) },
        { name: "way", kind: "one", label: t("moving.way"), hint: t("moving.way.hint"), options: [["sent", t("moving.way.sent")], ["carried", t("moving.way.carried")]], value: "sent", needed: true },
        { name: "end", kind: "one", label: t("moving.end"), options: [["no", t("moving.end.no")], ["yes", t("moving.end.yes")]], value: "no", needed: true },
        { name: "consent", kind: "agree", label: t("moving.consent"), needed: true },
      ],
      submit: t("moving.submit"),
      send: async ({ to, way, end }) => {
        const secret = crypto.getRandomValues(new Uint8Array(32));
        const pickUp = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", secret)));
        const asked = { to, fingerprint: seen.fingerprint, pickUp, carried: way === "carried", endHere: end === "yes", consent: 1 };
        const begun = await ask("POST", "/v1/transfers", { token, body: asked, within: 20000 });
        const passage = { from: seen.from, id: begun.id, secret: hex(secret), parcel: begun.parcel };
        const region = seen.regions.find(({ division }) => division === to);
        const made = { text: written(passage), carried: way === "carried", to: region.name || to, until: begun.parcel ? Date.parse(begun.until) : now() + WAITS };
        // Whoever leaves this screen finds it again; without the secret nobody is given the code there.
        await keep(name, made);
        under(made);
      },
    });
  }

  function under({ text, carried, to, until }) {
    const copied = h("span", { role: "status" });
    const copy = async () => {
      await navigator.clipboard.writeText(text);
      put(copied, t("copied"));
    };
    const file = () => save(new Blob([text], { type: "text/plain" }), "healthcode-moving.txt");
    const passage = h("p.digits.offer-text", { id: "passage" }, text);
    const title = h("h2", { tabindex: "-1" }, t(carried ? "moving.carry" : "moving.sent", { to }));
    put(
      body,
      h(
        "section.card.stack",
        {},
        title,
        h("p", {}, t(carried ? "moving.carry.text" : "moving.sent.text", { to, until: moment(new Date(until).toISOString()) })),
        carried ? null : h("div.picture.small-picture", {}, picture(text, t("moving.picture"))),
        h("div.row", {}, h("button", { type: "button", onclick: copy }, t("copy")), h("button", { type: "button", onclick: file }, t("moving.save")), copied),
        // What is carried fills screens, and nobody types it off: it is there for whoever wants to see it.
        carried ? h("details", {}, h("summary", {}, t("moving.text")), passage) : passage,
        h("p.note", {}, t("moving.secret")),
      ),
      h("button", { type: "button", onclick: async () => (await keep(name, undefined), await preview()) }, t("moving.anew")),
    );
    title.focus();
  }
}

/** Everything that would go, in words. */
function what(seen) {
  const one = (term, said) => [h("dt", {}, term), h("dd", {}, said || t("data.nothing"))];
  const zh = language().startsWith("zh");
  const fields = ["name", "phone", "address"].filter((field) => seen.profile[field]).map((field) => t(field === "address" ? "data.address" : `enrol.${field}`));
  const documents = seen.documents.map((document) => `${t(`document.${document.type}`)} ${document.number}`);
  const piece = (found) => h("li", {}, t("why.evidence.one", { kind: t(`kind.${found.kind}`), by: zh ? found.sourceZh : found.source, at: moment(found.at) }));
  return h(
    "section.card.stack",
    { id: "goes" },
    h("h2", {}, t("moving.goes")),
    h("dl.facts", {}, one(t("data.documents"), documents.join(t("list.and"))), one(t("moving.profile"), fields.join(t("list.and"))), one(t("moving.declared"), seen.declared && moment(seen.declared))),
    h("h3", {}, t("data.evidence")),
    seen.evidence.length ? h("ul", {}, seen.evidence.map(piece)) : h("p.soft", {}, t("data.nothing")),
    h("p.soft", {}, t("moving.stays")),
  );
}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
