// Proving who one is, at a provider or by the application around this page. What is finished here was begun here: a link that
// somebody else made, with a code of theirs, signs nobody in as them.

import { ask } from "./ask.js";
import { keep, thing } from "./kept.js";

/** For so long a sign-in by an application can be finished, in milliseconds. Providers' own sessions end by themselves. */
const HOLDS = 600000;

function drawn() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
}

/** What came back in the address, taken out of it at once; nothing where nothing did. */
export function cameBack() {
  const asked = new URLSearchParams(location.search);
  const inside = new URLSearchParams(location.hash.startsWith("#sign-in?") ? location.hash.slice(9) : "");
  const back = location.pathname === "/signed-in" && { code: asked.get("code"), state: asked.get("state"), issuer: asked.get("iss") };
  const given = inside.get("method") && inside.get("code") && { method: inside.get("method"), code: inside.get("code"), state: inside.get("state") };
  if (back || inside.get("method")) history.replaceState(null, "", "/#enrol");
  return back || given || null;
}

/** Begins at a provider: the page goes there and comes back to `/signed-in`. */
export async function beginElsewhere({ method }) {
  const { session, url } = await ask("POST", "/v1/identity/sessions", { body: { method } });
  await keep("sign-in", { method, session });
  location.assign(url);
}

/**
 * Begins with the application around this page: it reads method and state in the address, or is told as the window around this
 * one, gets the person's code, and opens `/#sign-in?method=…&code=…&state=…`.
 */
export async function beginInApplication({ method }) {
  const state = drawn();
  await keep("sign-in", { method, state, begun: Date.now() });
  history.replaceState(null, "", `/#sign-in?method=${method}&state=${state}`);
  // Only pages that the region's policy names can be around this one.
  if (window.parent !== window) window.parent.postMessage({ healthcode: "sign-in", method, state }, location.ancestorOrigins?.[0] ?? "*");
}

/** The proof to enrol with, `{identity, title}`; nothing where this page began no such sign-in. Used once. */
export async function proof(back, methods) {
  const kept = await thing("sign-in");
  await keep("sign-in", undefined);
  const method = methods.find((one) => one.method === kept?.method);
  if (!method || !back.code || !back.state) return null;
  if (method.way === "code") {
    const own = back.method === method.method && back.state === kept.state && Date.now() - kept.begun < HOLDS;
    return own ? { identity: { method: method.method, proof: back.code }, title: method.title } : null;
  }
  // The region compares the state with the session that it gave this page.
  if (!kept.session || back.method) return null;
  const identity = { method: method.method, proof: back.code, session: kept.session, state: back.state };
  if (back.issuer) identity.issuer = back.issuer;
  return { identity, title: method.title };
}
