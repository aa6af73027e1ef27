// Family: who has a token on this phone, for whom the person acts by a grant, and who acts for them: people and applications.

import { h, put } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { ask } from "./ask.js";
import { form, plainly, sure } from "./form.js";
import { picture } from "../shared/qr.js";
import { moment } from "./times.js";

export async function show(main, context) {
  const own = context.whose().person;
  const wards = h("div.stack", { id: "wards" }, h("p.soft", {}, t("loading")));
  const guardians = h("div.stack", { id: "guardians" });
  const offer = h("div.stack", { id: "offer" });
  const take = h("div.stack", { id: "take" });
  const applications = h("div.stack", { id: "applications" });
  const hand = h("div.stack", { id: "hand" });
  const here = context.people().map((person) => h("button.wide", { type: "button", "aria-pressed": String(person.id === own.id && context.whose().ward === null), onclick: () => change({ person, ward: null, name: person.label }) }, person.label));
  put(
    main,
    h("h1", {}, t("family.title")),
    h("p", {}, t("family.lead")),
    h("section.stack", {}, h("h2", {}, t("family.here")), here, h("a.button", { href: "#enrol" }, t("family.add"))),
    h("section.stack", {}, h("h2", {}, t("family.wards")), wards, take),
    h("section.stack", {}, h("h2", {}, t("family.guardians")), guardians, offer),
    h("section.stack", {}, h("h2", {}, t("applications.title")), applications, hand),
  );
  put(take, h("details", {}, h("summary", {}, t("family.take")), taking()));
  put(offer, h("details", {}, h("summary", {}, t("family.offer")), offering()));
  put(hand, h("details", {}, h("summary", {}, t("applications.let")), letting()));
  list();
  acting();

  function change(whose) {
    context.choose(whose);
    context.go("code");
  }

  async function list() {
    try {
      const { grants } = await ask("GET", "/v1/grants", { token: own.token });
      const on = (side) => grants.filter((grant) => grant.side === side);
      put(wards, on("guardian").length ? on("guardian").map((grant) => row(grant, true)) : h("p.soft", {}, t("family.wards.none")));
      put(guardians, on("ward").length ? on("ward").map((grant) => row(grant, false)) : h("p.soft", {}, t("family.guardians.none")));
    } catch (error) {
      put(wards, h("p.note.alert", {}, plainly(error)));
    }
  }

  function row(grant, ward) {
    const end = async () => {
      if (!(await sure({ title: t("family.end.title", { name: grant.name }), text: t("family.end.text"), yes: t("family.end") }))) return;
      try {
        await ask("POST", "/v1/grant-ends", { token: own.token, body: { other: grant.other } });
        if (context.whose().ward === grant.other) context.choose({ person: own, ward: null, name: own.label });
      } catch (error) {
        put(wards, h("p.note.alert", { role: "alert" }, plainly(error)));
        return;
      }
      list();
    };
    const show = ward && h("button", { type: "button", onclick: () => change({ person: own, ward: grant.other, name: grant.name }) }, t("family.show"));
    return h("div.card.tight", {}, h("p", {}, h("strong", {}, grant.name)), h("p.soft", {}, t("family.until", { until: moment(grant.until) })), h("div.row", {}, show, h("button.grave", { type: "button", onclick: end }, t("family.end"))));
  }

  function taking() {
    return form({
      fields: [{ name: "offer", kind: "text", label: t("family.take.text"), hint: t("family.take.hint"), needed: true, path: ["offer"], wrong: t("wrong.offer"), most: 128 }],
      submit: t("family.take.submit"),
      send: async ({ offer: text }) => {
        await ask("POST", "/v1/grants", { token: own.token, body: { offer: text } });
        put(take, h("p.note", { role: "status" }, t("family.taken")));
        list();
      },
    });
  }

  function offering() {
    return form({
      fields: [{ name: "days", kind: "pick", label: t("family.days"), options: [["1", t("time.days", { count: 1 })], ["30", t("time.days", { count: 30 })], ["366", t("time.days", { count: 366 })]], value: "30", path: ["days"] }],
      submit: t("family.offer.submit"),
      send: async ({ days }) => {
        const made = await ask("POST", "/v1/grant-offers", { token: own.token, body: { days: Number(days) } });
        const copied = h("span", { role: "status" });
        const copy = async () => {
          await navigator.clipboard.writeText(made.offer);
          put(copied, t("copied"));
        };
        put(
          offer,
          h("p.note", {}, t("family.offered", { until: moment(made.until) })),
          h("div.picture.small-picture", {}, picture(made.offer, t("family.offer.picture"))),
          h("p.digits.offer-text", { id: "offer-text" }, made.offer),
          h("div.row", {}, h("button", { type: "button", onclick: copy }, t("copy")), copied),
        );
      },
    });
  }

  async function acting() {
    try {
      const { applications: all } = await ask("GET", "/v1/application-consents", { token: own.token });
      put(applications, all.length ? all.map(application) : h("p.soft", {}, t("applications.none")));
    } catch (error) {
      put(applications, h("p.note.alert", {}, plainly(error)));
    }
  }

  function application(one) {
    const name = one.name || one.application;
    const end = async () => {
      if (!(await sure({ title: t("applications.end.title", { name }), text: t("applications.end.text"), yes: t("applications.end") }))) return;
      try {
        await ask("POST", "/v1/application-consent-ends", { token: own.token, body: { application: one.application } });
      } catch (error) {
        put(applications, h("p.note.alert", { role: "alert" }, plainly(error)));
        return;
      }
      acting();
    };
    const does = one.functions.map(({ function: word }) => h("li", {}, t(`applications.${word}`)));
    return h("div.card.tight", {}, h("p", {}, h("strong", {}, name)), h("ul", {}, does), h("p.soft", {}, t("family.until", { until: moment(one.until) })), h("div.row", {}, h("button.grave", { type: "button", onclick: end }, t("applications.end"))));
  }

  function letting() {
    return form({
      fields: [
        { name: "application", kind: "text", label: t("applications.id"), hint: t("applications.id.hint"), needed: true, path: ["application"], wrong: t("wrong.application"), most: 64 },
        { name: "does", kind: "pick", label: t("applications.does"), options: ["makeCode", "queryHealth", "declareHealth", "declareTrip", "correctHealth"].map((word) => [word, t(`applications.${word}`)]), value: "makeCode", path: ["functions"], wrong: t("wrong.function") },
        { name: "minutes", kind: "pick", label: t("family.days"), options: [["60", t("time.hours", { count: 1 })], ["1440", t("time.hours", { count: 24 })]], value: "60", path: ["minutes"] },
      ],
      submit: t("applications.submit"),
      send: async ({ application: id, does, minutes }) => {
        const body = { application: id, functions: [does], minutes: Number(minutes), version: 1 };
        const made = await ask("POST", "/v1/application-consents", { token: own.token, body });
        put(hand, h("p.note", { role: "status" }, t("applications.made", { until: moment(made.until) })), h("p.digits.offer-text", { id: "subject-token" }, made.subjectToken));
        acting();
      },
    });
  }
}
