// A turnstile's controller in Node: node node.mjs https://region.example < codes.txt
//
// Each line of standard input is a code as a scanner reads it; each line of output is what to do.

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Verifier } from "@healthcode/verifier";
import { open, refresh } from "@healthcode/verifier/region";

const [at] = process.argv.slice(2);
const module = new URL(import.meta.resolve("@healthcode/verifier/verifier.wasm"));
const verifier = await Verifier.load(readFile(module));
const { gate, region } = await open(verifier, at);
const memory = verifier.openMemory();
await refresh(gate, region, at);
// Notices live 90 seconds; the turnstile obeys degraded mode within a minute.
const timer = setInterval(() => refresh(gate, region, at), 30_000);

for await (const text of createInterface({ input: process.stdin })) {
  if (text === "") continue;
  const { action, cause, genuine } = gate.verify(text, new Date(), memory);
  console.log([action, cause, genuine?.class ?? "-", genuine?.level ?? "-"].join(" "));
}
clearInterval(timer);
