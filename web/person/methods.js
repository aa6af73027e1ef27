// By which methods people can prove who they are, and the region's clock, which comes with the answer.

import { ask } from "./ask.js";
import { learn } from "./times.js";

/** The methods as the region lists them. */
export async function offered() {
  const sent = Date.now();
  const { methods, now } = await ask("GET", "/v1/identity/methods");
  // The clock of the region, so that a declaration is dated by it.
  learn(now, sent, Date.now());
  return methods;
}
