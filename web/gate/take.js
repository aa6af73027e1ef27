// What the person takes away from a gate: what each authority says, how it is contested, the receipt's number, and its QR
// code to photograph (spec/receipts.md). Who was not let pass sees the number at once; everything else is there on demand.

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

/** From what needs no receipt to what most needs one: that one's QR code is shown first. */
const GRAVITY = ["pass", "check", "unknown", "invalid", "refuse"];

/** One authority's word, in a box of its own: the box, its number to come, and how its QR code is shown. */
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
  const written = number(receipt);
  void written.then((letters) => put(told, t("receipt.number"), " ", h("strong", { class: "number" }, letters)));
  const button = h("button", { type: "button", class: "show-receipt", onclick: () => void show() }, t("receipt.show"));
  const show = async () => {
    const text = await signed(receipt, gate.key.privateKey, gate.public.key_id);
    button.remove();
    place.dataset.text = text;
    put(place, picture(text, t("receipt.picture")), h("p.small", {}, t("receipt.photograph")));
  };
  if (gate) lines.push(button, place);
  const box = h("section.card.stack.taken", { "data-authority": authority, "data-action": receipt.action }, lines);
  return { action: receipt.action, box, written, show: gate ? show : null };
}

/**
 * Draws what can be taken away from a verdict: a button, and the numbers where it does not let pass. `answer.issued` is the
 * text of the code as issued; `gate` is the registered gate, or null: without a key that the region knows there is a number
 * and no QR code. `asked` is whether the person asked already, `onAsked` is called when they do. `at` in seconds.
 */
export function drawTake(place, answer, { gate, region, asked, onAsked }, at) {
  const id = gate?.registration?.id ?? gate?.id ?? "unregistered";
  const told = h("p.unseen", { role: "status" });
  const taken = h("div.stack.take", {});
  const key = h("kbd", { "aria-hidden": "true" }, "F2");
  const button = h("button", { type: "button", id: "receipt-ask", "aria-keyshortcuts": "F2", onclick: () => void give() }, t("receipt.ask"), " ", key);
  put(place, button, taken, told);
  const made = receipts(answer, answer.issued ?? "", { region, id }, at);
  // Somebody else may stand there by the time that something is signed.
  const stays = () => taken.parentElement === place;

  function drawn(all) {
    const boxes = all.map((one) => said(one, gate));
    put(taken, boxes.map(({ box }) => box));
    return boxes;
  }

  async function begin() {
    const all = await made;
    const against = answer.do === "enter" ? [] : all.filter(({ receipt }) => receipt.action !== "pass");
    return drawn(against);
  }

  async function give() {
    asked = true;
    button.remove();
    onAsked();
    const all = await made;
    let boxes = await begun;
    if (boxes.length === 0) boxes = drawn(all);
    const gravest = boxes.reduce((most, one) => (GRAVITY.indexOf(one.action) > GRAVITY.indexOf(most.action) ? one : most));
    await gravest.show?.();
    const letters = await gravest.written;
    if (!stays()) return;
    const title = h("h2", { tabindex: "-1" }, t("receipt.title"));
    taken.prepend(title);
    if (!gate) taken.append(h("p.soft", {}, t("receipt.noKey")));
    put(told, t(gate ? "receipt.given" : "receipt.told", { number: letters }));
    title.focus({ preventScroll: true });
    place.scrollIntoView();
  }

  const wanted = asked;
  asked = false;
  const begun = begin();
  if (wanted) void give();
}
