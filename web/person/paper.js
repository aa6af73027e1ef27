// Paper codes: made, printed as a card or a sheet, and withdrawn when lost.

import { h, put } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { ask } from "./ask.js";
import { plainly, sure } from "./form.js";
import { picture } from "../shared/qr.js";
import { moment } from "./times.js";

export async function show(main, context) {
  const whose = context.whose();
  const made = h("div.stack", { id: "paper-new", "aria-live": "polite" });
  const list = h("div.stack", { id: "papers" });
  const asking = { token: whose.person.token, ward: whose.ward };
  const make = h("button.main", { type: "button", onclick: issue }, t("paper.make"));
  put(main, h("h1", {}, t("paper.title", { name: whose.name })), h("p", {}, t("paper.lead")), make, made, whose.ward === null ? [h("h2", {}, t("paper.list")), list] : null);
  if (whose.ward === null) mine();

  async function issue() {
    make.disabled = true;
    try {
      drawn(await ask("POST", "/v1/papers", asking));
      if (whose.ward === null) mine();
    } catch (error) {
      put(made, h("p.note.alert", { role: "alert" }, plainly(error)));
    } finally {
      make.disabled = false;
    }
  }

  function drawn(paper) {
    const failed = h("p");
    const print = (layout) => async () => {
      try {
        const body = { text: paper.text, layout };
        const file = await ask("POST", "/v1/paper-prints", { token: whose.person.token, body, blob: true, within: 20000 });
        save(file, `healthcode-paper-${layout}.pdf`);
        put(failed, t("paper.saved"));
      } catch (error) {
        put(failed, plainly(error));
      }
    };
    const title = h("h2", { tabindex: "-1" }, t("paper.made"));
    put(
      made,
      h("div.card.stack", {}, title, h("div.picture.small-picture", {}, picture(paper.text, t("paper.picture"))), h("p", {}, t("paper.until", { until: moment(paper.until) })), h("p.note", {}, t("paper.once")), h("div.row", {}, h("button.main", { type: "button", onclick: print("card") }, t("paper.card")), h("button.main", { type: "button", onclick: print("a4") }, t("paper.a4"))), failed),
    );
    title.focus();
  }

  async function mine() {
    try {
      const { papers } = await ask("GET", "/v1/papers", { token: whose.person.token });
      put(list, papers.length ? papers.map(row) : h("p.soft", {}, t("paper.none")));
    } catch (error) {
      put(list, h("p.note.alert", {}, plainly(error)));
    }
  }

  function row(paper) {
    const end = async () => {
      if (!(await sure({ title: t("paper.withdraw.title"), text: t("paper.withdraw.text"), yes: t("paper.withdraw") }))) return;
      try {
        await ask("POST", "/v1/paper-withdrawals", { token: whose.person.token, body: { pointer: paper.pointer } });
        put(made, h("p.note", { role: "status" }, t("paper.withdrawn")));
      } catch (error) {
        put(made, h("p.note.alert", { role: "alert" }, plainly(error)));
      }
      mine();
    };
    const state = paper.withdrawn ? t("paper.ended", { at: moment(paper.withdrawn) }) : t("paper.until", { until: moment(paper.until) });
    return h("div.card.tight", {}, h("p", {}, h("strong.digits", {}, `…${paper.pointer.slice(-6)}`), h("span.soft", {}, ` ${t("paper.at", { at: moment(paper.at) })}`)), h("p", {}, state), !paper.withdrawn && h("button.grave", { type: "button", onclick: end }, t("paper.withdraw")));
  }
}

/** Gives a file to the person. */
export function save(file, name) {
  const address = URL.createObjectURL(file);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
