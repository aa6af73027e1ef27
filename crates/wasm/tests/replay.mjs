// Replays recorded calls in Node: replay.mjs MODULE CALLS ANSWERS
//
// A line of CALLS is {"call", "numbers"?, "text"? | "hex"?}; numbers that are times come as text, as
// they are 64 bits wide. A line of ANSWERS is the module's own JSON, byte for byte, so that the
// caller can compare it with the native one. Every call goes through the loader's one way in.

import { readFile, writeFile } from "node:fs/promises";
import { Verifier, VerifierError } from "../js/verifier.mjs";

const [modulePath, callsPath, answersPath] = process.argv.slice(2);
const verifier = await Verifier.load(await readFile(modulePath));
const answers = [];
for (const line of (await readFile(callsPath, "utf8")).split("\n")) {
  if (line === "") continue;
  const { call, numbers = [], text, hex } = JSON.parse(line);
  const input = hex === undefined ? (text ?? "") : new Uint8Array(Buffer.from(hex, "hex"));
  const wide = numbers.map((number) => (typeof number === "string" ? BigInt(number) : number));
  try {
    answers.push(JSON.stringify(verifier.call(call, wide, input)));
  } catch (error) {
    if (!(error instanceof VerifierError)) throw error;
    answers.push(JSON.stringify({ error: error.message }));
  }
}
await writeFile(answersPath, answers.map((answer) => `${answer}\n`).join(""));
