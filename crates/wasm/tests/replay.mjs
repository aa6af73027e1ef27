// Replays recorded calls in Node: replay.mjs MODULE CALLS ANSWERS
//
// A line of CALLS is {"call", "numbers"?, "text"? | "hex"?}; numbers that are times come as text, as
// they are 64 bits wide. A line of ANSWERS is the module's own JSON, byte for byte, so that the
// caller can compare it with the native one. Every call is made by the loader's own methods, as a
// page makes it; where the page could not make it (settings that are no JSON), by its way in.

import { readFile, writeFile } from "node:fs/promises";
import { Verifier, VerifierError } from "../../../web/verifier/verifier.mjs";

const [modulePath, callsPath, answersPath] = process.argv.slice(2);
const verifier = await Verifier.load(await readFile(modulePath));
const opened = new Map();

function open(holder) {
  opened.set(holder.number, holder);
  return { number: holder.number };
}

const METHODS = {
  hc_open_gate: ([], text) => open(verifier.openGate(JSON.parse(text))),
  hc_open_memory: ([capacity]) => open(verifier.openMemory(capacity)),
  hc_trust_list: ([gate, now], bytes) => opened.get(gate).takeTrustList(bytes, Number(now)),
  hc_removals: ([gate, now], bytes) => opened.get(gate).takeRemovals(bytes, Number(now)),
  hc_key_list: ([gate, region, now], bytes) =>
    opened.get(gate).takeKeyList(bytes, region, Number(now)),
  hc_status_shard: ([gate, region, now], bytes) =>
    opened.get(gate).takeStatusShard(bytes, region, Number(now)),
  hc_status_delta: ([gate, region, now], bytes) =>
    opened.get(gate).takeStatusDelta(bytes, region, Number(now)),
  hc_paper_list: ([gate, region, now], bytes) =>
    opened.get(gate).takePaperList(bytes, region, Number(now)),
  hc_notices: ([gate, region, now], bytes) =>
    opened.get(gate).takeNotices(bytes, region, Number(now)),
  hc_recognition: ([gate, region, now], bytes) =>
    opened.get(gate).takeRecognition(bytes, region, Number(now)),
  hc_authorities: ([gate], text) => opened.get(gate).setAuthorities(JSON.parse(text)) ?? {},
  hc_without_code: ([gate, region, now]) => opened.get(gate).withoutCode(region, Number(now)),
  hc_policy: ([gate], text) => opened.get(gate).setPolicy(JSON.parse(text)) ?? {},
  hc_verify: ([gate, memory, now], text) =>
    opened.get(gate).verify(text, Number(now), opened.get(memory)),
  hc_status: ([gate, region, day, index]) => opened.get(gate).status(region, day, index),
  hc_paper: ([gate, region], pointer) => opened.get(gate).paper(region, pointer),
  hc_issuer: ([gate, region, now]) => opened.get(gate).issuer(region, Number(now)),
  hc_marks: ([gate]) => opened.get(gate).marks(),
  hc_forget_past: ([gate, now]) => opened.get(gate).forgetPast(Number(now)) ?? {},
  hc_signature: ([], text) => ({ outcome: verifier.checkSignature(JSON.parse(text)) }),
};

/** Whether a page could make the call: its objects are there, its text is text, its JSON JSON. */
function isOfPage(call, numbers, text) {
  const holders = { hc_verify: 2, hc_open_gate: 0, hc_open_memory: 0, hc_signature: 0 };
  if (!numbers.slice(0, holders[call] ?? 1).every((number) => opened.has(number))) return false;
  if (call === "hc_verify") return text !== undefined;
  if (!["hc_open_gate", "hc_policy", "hc_signature"].includes(call)) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const answers = [];
for (const line of (await readFile(callsPath, "utf8")).split("\n")) {
  if (line === "") continue;
  const { call, numbers = [], text, hex } = JSON.parse(line);
  const input = hex === undefined ? (text ?? "") : new Uint8Array(Buffer.from(hex, "hex"));
  try {
    if (isOfPage(call, numbers, text)) {
      answers.push(JSON.stringify(METHODS[call](numbers, input)));
    } else {
      const wide = numbers.map((number) => (typeof number === "string" ? BigInt(number) : number));
      answers.push(JSON.stringify(verifier.call(call, wide, input)));
    }
  } catch (error) {
    if (!(error instanceof VerifierError)) throw error;
    answers.push(JSON.stringify({ error: error.word, about: error.about }));
  }
}
await writeFile(answersPath, answers.map((answer) => `${answer}\n`).join(""));
