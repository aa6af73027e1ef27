// What is asked of the region over the network. Every question has an end; none waits for another.

import { sign } from "./signed.js";
import { milliseconds } from "./time.js";

/** The region did not answer as it was asked: `problem` is its problem document, or null where nothing came. */
export class NotAnswered extends Error {
  constructor(status, problem) {
    super(problem?.title ?? `status ${status}`);
    this.name = "NotAnswered";
    this.status = status;
    this.problem = problem;
    const type = String(problem?.type ?? "");
    this.word = type.slice(type.search(/[^/#:]*$/));
  }
}

async function ask(target, options, within) {
  const answer = await fetch(target, {
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal: AbortSignal.timeout(within),
    ...options,
  });
  if (answer.ok) return answer;
  let problem = null;
  try {
    problem = await answer.json();
  } catch {
    // A status is all there is.
  }
  throw new NotAnswered(answer.status, problem);
}

/** Signed bytes; null where there is nothing newer (204). */
export async function list(target) {
  const answer = await ask(target, {}, 15_000);
  return answer.status === 204 ? null : new Uint8Array(await answer.arrayBuffer());
}

/** What a gate of the region is set up with; a region that takes people at their word is a demonstration. */
export async function settings() {
  const [told, { methods }] = await Promise.all(
    ["/v1/gate-settings", "/v1/identity/methods"].map(async (target) => (await ask(target, {}, 10_000)).json()),
  );
  return { ...told, demonstration: methods.some((one) => one.way === "word") };
}

/** What the region says of a code at this second. */
export async function verdict(text, within) {
  const body = JSON.stringify({ text });
  const headers = { "content-type": "application/json" };
  return (await ask("/v1/verdicts", { method: "POST", headers, body }, within)).json();
}

/** What this gate is registered for. */
export async function registration(gate) {
  const request = { method: "GET", target: "/v1/gate" };
  const headers = await sign(request, gate, milliseconds());
  return (await ask(request.target, { headers }, 10_000)).json();
}

/** What to do with the person of a document: one word. Counted, logged, and shown to the person. */
export async function lookUp(gate, document, purpose) {
  const body = JSON.stringify({ document, purpose });
  const request = { method: "POST", target: "/v1/look-ups", body };
  const headers = await sign(request, gate, milliseconds());
  return (await (await ask(request.target, { method: "POST", headers, body }, 10_000)).json()).verdict;
}
