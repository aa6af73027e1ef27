// Contesting: a piece of evidence is wrong. Appeals with their clocks and answers stand on the same screen.

import { h, put } from "../shared/dom.js";
import { language, t } from "../shared/words.js";
import { ask } from "./ask.js";
import { form, plainly } from "./form.js";
import { left, moment, now, parse } from "./times.js";

export async function show(main, context) {
  const { person } = context.whose();
  const why = h("div.stack", { id: "appeal-new" }, h("p.soft", {}, t("loading")));
  const list = h("div.stack", { id: "appeals" }, h("p.soft", {}, t("loading")));
  put(main, h("h1", {}, t("appeal.title")), h("p", {}, t("appeal.lead")), why, h("h2", {}, t("appeal.list")), list);
  fresh();
  mine();

  async function fresh() {
    try {
      const found = await ask("GET", "/v1/why", { token: person.token });
      put(why, found.evidence.length ? contest(found.evidence) : h("p.note", {}, t("appeal.nothing")));
    } catch (error) {
      put(why, h("p.note.alert", {}, plainly(error)));
    }
  }

  function contest(evidence) {
    const said = (one) => t("why.evidence.one", { kind: t(`kind.${one.kind}`), by: one.by, at: moment(one.at) });
    const options = evidence.map((one) => [one.id, said(one)]);
    return form({
      fields: [
        { name: "evidence", kind: "one", label: t("appeal.evidence"), options, value: options.length === 1 ? options[0][0] : undefined, needed: true, path: ["evidence"] },
        { name: "text", kind: "long", label: t("appeal.text"), hint: t("appeal.text.hint"), needed: true, path: ["text"], wrong: t("wrong.text"), most: 2000 },
        { name: "right", kind: "long", label: t("appeal.right"), hint: t("appeal.right.hint"), path: ["right"], wrong: t("wrong.text"), most: 2000 },
      ],
      submit: t("appeal.submit"),
      send: async ({ evidence: id, text, right }) => {
        const made = await ask("POST", "/v1/appeals", { token: person.token, body: { evidence: id, text, right: right || null } });
        const title = h("h2", { tabindex: "-1" }, t("appeal.made", { number: made.number }));
        put(why, h("div.card.tight", { role: "status" }, title, h("p", {}, t("appeal.due", { due: moment(made.due) }))));
        title.focus();
        mine();
      },
    });
  }

  async function mine() {
    try {
      const { appeals } = await ask("GET", "/v1/appeals", { token: person.token });
      put(list, appeals.length ? appeals.map(one) : h("p.soft", {}, t("appeal.none")));
    } catch (error) {
      put(list, h("p.note.alert", {}, plainly(error)));
    }
  }

  function one(appeal) {
    const open = appeal.state === "open" || appeal.state === "escalated";
    const state = language().startsWith("zh") ? appeal.stateZh : t(`appeal.state.${appeal.state}`);
    return h(
      "article.card.tight",
      {},
      h("h3", {}, t("appeal.one", { number: appeal.number, state })),
      h("p", {}, appeal.text),
      appeal.right && h("p", {}, h("span.soft", {}, `${t("appeal.right")} `), appeal.right),
      h("p.soft", {}, t("appeal.at", { at: moment(appeal.at) })),
      open && h("p", {}, t("appeal.left", { due: moment(appeal.due), left: left(parse(appeal.due) - now()) })),
      appeal.answer && h("p", {}, h("span.soft", {}, `${t("appeal.answer")} `), appeal.answer),
    );
  }
}
