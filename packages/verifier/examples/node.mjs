// A turnstile's controller in Node: node node.mjs https://region.example [gate.json] < codes.txt
//
// Each line of standard input is a code as a scanner reads it; each line of output is what to do. Lists and marks are kept in
// the file: after a restart the turnstile decides without network too, and nobody passes old lists off as new.

import { readFile, rename, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Verifier } from "@healthcode/verifier";
import { clock, open, refresh, retake, settings } from "@healthcode/verifier/region";

const [at, file = "gate.json"] = process.argv.slice(2);
const module = new URL(import.meta.resolve("@healthcode/verifier/verifier.wasm"));
const verifier = await Verifier.load(readFile(module));
const memory = verifier.openMemory();

/** What was kept: the settings, the gate's marks, and the signed lists in base64. */
const kept = await readFile(file, "utf8").then(JSON.parse, (error) => {
  if (error.code === "ENOENT") return null;
  throw error;
});
const lists = Object.fromEntries(
  Object.entries(kept?.lists ?? {}).map(([path, text]) => [path, new Uint8Array(Buffer.from(text, "base64"))]),
);
let told = kept?.settings ?? null;
let gate = null;
let now = () => new Date();

async function renew() {
  const fresh = await settings(at).catch(() => null);
  if (!told && !fresh) return;
  // Which region it is, and its first keys, never change by word of the network: a gate is set up anew by hand.
  const { region, hubKeys } = told ?? fresh;
  told = { ...(fresh ?? told), region, hubKeys };
  now = clock(told);
  if (gate) {
    gate.setPolicy(told.policy);
  } else {
    ({ gate } = await open(verifier, at, { settings: told, marks: kept?.marks }));
    retake(gate, region, lists, { now: now() });
  }
  if (!fresh) return;
  if (!told.demonstration && Math.abs(told.ahead) > 30_000) console.error("this device's clock differs from the region's: set it right");
  for (const [path, { bytes }] of Object.entries(await refresh(gate, region, at, { now: now() }))) {
    if (bytes) lists[path] = bytes;
  }
  // Marks and lists in one breath: the file is either the old or the new one.
  const written = Object.entries(lists).map(([path, bytes]) => [path, Buffer.from(bytes).toString("base64")]);
  await writeFile(`${file}.new`, JSON.stringify({ settings: told, marks: gate.marks(), lists: Object.fromEntries(written) }));
  await rename(`${file}.new`, file);
}

await renew();
// Notices live 90 seconds; the turnstile obeys degraded mode within a minute.
const timer = setInterval(() => renew().catch((error) => console.error(error.message)), 30_000);

for await (const text of createInterface({ input: process.stdin })) {
  if (text === "") continue;
  const { action, cause, genuine } = gate?.verify(text, now(), memory) ?? { action: "unknown", cause: "not-set-up" };
  console.log([action, cause, genuine?.class ?? "-", genuine?.level ?? "-"].join(" "));
}
clearInterval(timer);
