// Declaring again: the last answers are proposed, so that what did not change is one touch.

import { h, put } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { ask } from "./ask.js";
import { answers, declaration, questions } from "./declare.js";
import { form } from "./form.js";
import { keepPerson } from "./kept.js";
import { now } from "./times.js";

export async function show(main, context) {
  const whose = context.whose();
  const own = whose.ward === null;
  const last = own ? whose.person.answers : null;
  const drawn = form({
    fields: questions(last, ""),
    submit: t("declare.submit"),
    send: async (values) => {
      await ask("POST", "/v1/declarations", { token: whose.person.token, ward: whose.ward, body: declaration(values, now()), within: 20000 });
      if (own) await keepPerson({ ...whose.person, answers: answers(values) });
      await context.reload(whose.person.id);
      if (!own) context.choose(whose);
      context.go("code");
    },
  });
  put(main, h("h1", {}, t("declare.title", { name: whose.name })), h("p", {}, t(last ? "declare.again" : "declare.lead")), drawn);
}
