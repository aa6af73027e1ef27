// Why the level is so: every reason in force, until when, what ends it sooner, what the person may do and does next.

import { h } from "../shared/dom.js";
import { either, t } from "../shared/words.js";
import { moment } from "./times.js";

/** The reasons, most important first, with a way to contest each. */
export function reasons(why, mayAppeal) {
  if (!why.reasons.length) return [why.ground ? h("p", {}, either(why.ground)) : null, ...missing(why)];
  return why.reasons.map((reason) => h("article.reason.stack", {}, heading(reason), facts(reason, why), mayAppeal && appeals(reason, why)));
}

function missing(why) {
  return why.level === "20" ? [h("p", {}, t("why.declare")), h("a.button.main.wide", { href: "#declare" }, t("declare.go"))] : [];
}

function heading(reason) {
  const stage = reason.stage.of > 1 ? h("span.soft.small", {}, t("why.stage", { number: reason.stage.number, of: reason.stage.of })) : null;
  return h("div.tight", {}, h("h3", {}, either(reason.says)), stage);
}

function facts(reason, why) {
  const one = (term, what) => (what ? [h("dt", {}, term), h("dd", {}, what)] : []);
  const sources = reason.evidence.map((id) => why.evidence.find((one) => one.id === id)).filter(Boolean);
  const said = sources.map((one) => h("p", {}, t("why.evidence.one", { kind: t(`kind.${one.kind}`), by: one.by, at: moment(one.at) })));
  return h(
    "dl.facts",
    {},
    one(t("why.may"), either(reason.may)),
    one(t("why.next"), either(reason.next)),
    one(t("why.until"), reason.until ? t("why.until.then", { until: moment(reason.until), then: either(reason.then) }) : ""),
    one(t("why.sooner"), reason.sooner.map(either).join(t("list.or"))),
    one(t("why.area"), reason.area ? reason.area.name : ""),
    one(t("why.evidence"), said.length ? said : ""),
    one(t("why.rule"), h("span.small.soft", {}, t("why.rule.version", { rule: reason.code, region: why.region, version: why.version }))),
  );
}

function appeals(reason, why) {
  const known = reason.evidence.filter((id) => why.evidence.some((one) => one.id === id));
  return known.length ? h("a.button.wide", { href: "#appeal" }, t("appeal.go")) : null;
}
