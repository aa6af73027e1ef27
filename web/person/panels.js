// Panels beside the code. Each asks for itself; one that fails says so and leaves the others and the code alone.

import { h, put } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { ask } from "./ask.js";
import { moment } from "./times.js";

/** A panel of `tests` or `vaccinations`. */
export function panel(name, whose) {
  const body = h("div", { "aria-busy": "true" }, h("p.soft", {}, t("loading")));
  const section = h("section.card.tight.panel", { id: `panel-${name}`, "aria-labelledby": `panel-${name}-title` }, h("h2", { id: `panel-${name}-title` }, t(`panel.${name}`)), body);
  const load = async () => {
    try {
      const found = await ask("GET", `/v1/${name}`, { token: whose.person.token, ward: whose.ward });
      const rows = found.evidence.map((one) => row(name, one));
      put(body, rows.length ? h("ul.plain.rows", {}, rows) : h("p.soft", {}, t(`panel.${name}.none`)));
    } catch {
      put(body, h("p", {}, t("panel.failed"), " ", h("button.quiet", { type: "button", onclick: load }, t("again"))));
    }
    body.removeAttribute("aria-busy");
  };
  load();
  return section;
}

function row(name, one) {
  const what =
    name === "tests"
      ? t("panel.test", { method: t(`test.${one.states.method}`), result: t(`result.${one.states.result}`) })
      : t("panel.dose", { dose: one.states.dose });
  return h("li", {}, h("strong", {}, what), h("span.soft", {}, ` ${moment(one.at)} · ${one.by}`));
}
