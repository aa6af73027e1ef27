// How the page looks and speaks on this phone.

import { h, put } from "../shared/dom.js";
import { choose, look } from "../shared/look.js";
import { language, languages, named, t } from "../shared/words.js";

const LOOKS = { mode: ["usual", "elder"], theme: ["auto", "light", "dark"], contrast: ["auto", "more"] };

export async function show(main, context) {
  const speak = languages().map((tag) => h("button", { type: "button", lang: tag, "aria-pressed": String(tag === language()), onclick: () => context.speak(tag) }, named(tag)));
  const group = (name) => {
    const buttons = LOOKS[name].map((value) => {
      const pick = (event) => {
        choose(name, value);
        for (const other of event.target.parentNode.children) other.setAttribute("aria-pressed", String(other === event.target));
      };
      return h("button", { type: "button", "aria-pressed": String(look(name) === value), id: `look-${name}-${value}`, onclick: pick }, t(`look.${name}.${value}`));
    });
    return h("section.stack", {}, h("h2", {}, t(`look.${name}`)), h("p.soft", {}, t(`look.${name}.hint`)), h("div.row", { role: "group", "aria-label": t(`look.${name}`) }, buttons));
  };
  put(
    main,
    h("h1", {}, t("settings.title")),
    h("section.stack", {}, h("h2", {}, t("settings.language")), h("div.row", { role: "group", "aria-label": t("settings.language") }, speak)),
    Object.keys(LOOKS).map(group),
    h("section.stack", {}, h("h2", {}, t("settings.about")), h("p", {}, t("settings.about.text"))),
  );
}
