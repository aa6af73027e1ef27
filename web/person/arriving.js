// Arriving: the code of this region for somebody who moved here, without any form to fill in.

import { h, put } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { ask, Problem } from "./ask.js";
import { form } from "./form.js";
import { keepPerson } from "./kept.js";
import { read } from "./passage.js";

export async function show(main, context) {
  const first = !context.people().length;
  const note = h("div", { id: "arrived", "aria-live": "polite" });
  const file = h("input", { type: "file", id: "passage-file", accept: "text/plain", onchange: chosen });
  const label = { name: "label", kind: "text", label: t("enrol.label"), hint: t("enrol.label.hint"), needed: true, most: 20 };
  const text = { name: "text", kind: "long", label: t("arriving.text"), hint: t("arriving.text.hint"), needed: true, path: ["parcel", "secret", "id", "from"], wrong: t("wrong.passage"), most: 400000 };
  const asking = form({ fields: [...(first ? [] : [label]), text], submit: t("arriving.submit"), send });
  put(main, h("h1", {}, t("arriving.title")), h("p", {}, t("arriving.lead")), note, h("div.field", {}, h("label", { for: "passage-file" }, t("arriving.file")), file), asking);

  async function chosen() {
    const [first] = file.files;
    if (first) asking.querySelector("textarea").value = await first.text();
  }

  async function send(values) {
    const found = read(values.text);
    if (!found) throw new Problem(422, { errors: [{ path: "secret", problem: t("wrong.passage") }] }, 0);
    const { token, records } = await ask("POST", found.path, { body: found.body, within: 20000 });
    if (!token) {
      // Somebody who was enrolled here before signs in as ever: no other region can give out their code.
      put(note, h("p.note", { role: "status" }, t("arriving.known", { count: records })), h("a.button", { href: "#enrol" }, t("arriving.sign-in")));
      return;
    }
    const kept = await keepPerson({ label: values.label || t("me"), token });
    await context.reload(kept.id);
    context.go("code");
  }
}
