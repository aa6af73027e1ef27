// Everything that a gate carries, taken and asked in Node: country.mjs LOADER MODULE PLAN

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [loader, module, planned] = process.argv.slice(2);
const { Verifier } = await import(pathToFileURL(loader).href);
const plan = JSON.parse(await readFile(planned, "utf8"));
const { instance } = await WebAssembly.instantiate(await readFile(module), {});
const verifier = new Verifier(instance.exports);
const gate = verifier.openGate(JSON.parse(plan.settings));
const memory = verifier.openMemory();

let loading = 0;
for (const { kind, file, region, at } of plan.steps) {
  const bytes = new Uint8Array(await readFile(file));
  const begun = performance.now();
  const taken = kind === "takeTrustList" ? gate[kind](bytes, at) : gate[kind](bytes, region, at);
  loading += performance.now() - begun;
  if (!taken.accepted) throw new Error(`${kind} ${region}: ${taken.word}`);
}
const milliseconds = [];
const actions = [];
for (const { text, at } of plan.codes) {
  const begun = performance.now();
  const { action } = gate.verify(text, at, memory);
  milliseconds.push(performance.now() - begun);
  actions.push(action);
}
const memoryBytes = instance.exports.memory.buffer.byteLength;
process.stdout.write(JSON.stringify({ loadingSeconds: loading / 1000, milliseconds, actions, memoryBytes }));
