// What the person takes away from a gate that did not let them pass: what each authority says, how it is contested, the
// receipt's number, and on demand its QR code to photograph (spec/receipts.md).

import { h, put } from "../shared/dom.js";
import { picture } from "../shared/qr.js";
import { language, t } from "../shared/words.js";
import { number, receipts, signed } from "./receipt.js";

/** A measure of a receipt in words. */
export function measured([kind, ...rest]) {
  if (kind === 0) {
    const [seconds, kinds] = rest;
    return t("measure.test", { hours: Math.round(seconds / 3600), kind: t(`measure.kind.${kinds}`) });
  }
  const [seconds, negative, apart] = rest;
  const words = t("measure.medium", { days: Math.round((seconds / 86_400) * 10) / 10 });
  return negative === 0 ? words : `${words} ${t("measure.sooner", { negative, hours: Math.round(apart / 3600) })}`;
}

const named = (authority) => (authority === "venue" ? t("authority.venue") : t("authority.region", { region: authority }));

/** One authority's word, in a box of its own. */
function said({ authority, ruling, receipt }, gate) {
  const says = ruling?.rule?.[language() === "zh" ? "zh" : "en"];
  const lines = [h("p.row", {}, h("strong", {}, named(authority)), h("span", {}, t(`action.${receipt.action}`)))];
  if (says) lines.push(h("p", {}, says));
  for (const measure of receipt.measures) lines.push(h("p", {}, measured(measure)));
  if (ruling) {
    const { at, phone } = ruling.contest;
    lines.push(h("p.small", {}, t("receipt.contest"), " ", h("span.digits", {}, `${at} · ${phone}`)));
  }
  const place = h("div.receipt", {});
  const told = h("p.digits", {}, t("receipt.number"), " …");
  lines.push(told);
  void number(receipt).then((written) => put(told, t("receipt.number"), " ", h("strong", { class: "number" }, written)));
  if (gate) {
    const show = async () => {
      const text = await signed(receipt, gate.key.privateKey, gate.public.key_id);
      place.dataset.text = text;
      put(place, picture(text, t("receipt.picture")), h("p.small", {}, t("receipt.photograph")));
    };
    lines.push(h("button", { type: "button", class: "show-receipt", onclick: () => void show() }, t("receipt.show")), place);
  }
  return h("section.card.stack", { class: "taken", "data-authority": authority, "data-action": receipt.action }, lines);
}

/**
 * Draws it below a verdict. `answer.issued` is the text of the code as issued; `gate` is the registered gate, or null:
 * without a key that the region knows there is a number and no QR code. `at` in seconds.
 */
export async function takeAway(element, answer, { gate, region }, at, stays = () => true) {
  const id = gate?.registration?.id ?? gate?.id ?? "unregistered";
  const all = await receipts(answer, answer.issued ?? "", { region, id }, at);
  // Somebody else may stand there by now.
  if (all.length === 0 || !stays()) return;
  element.append(h("div.stack", { class: "take" }, all.map((one) => said(one, gate))));
}
