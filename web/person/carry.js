// Codes to carry, and showing them without network: the holder's key signs each showing (spec/code.md §5).

import { keep, thing } from "./kept.js";

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const TERMS = { name: "ECDSA", namedCurve: "P-256" };

/** The holder's key for a person on this phone. It is made here, and nobody can take it out, this page neither. */
export async function holderKey(id, ward) {
  const name = `holder:${id}:${ward ?? ""}`;
  const kept = await thing(name);
  if (kept) return kept;
  const made = await crypto.subtle.generateKey(TERMS, false, ["sign", "verify"]);
  const pair = { privateKey: made.privateKey, publicKey: made.publicKey };
  await keep(name, pair);
  return pair;
}

/** Bytes in base64url without padding. */
export function base64url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function unbase64url(text) {
  const bytes = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(bytes, (one) => one.charCodeAt(0));
}

/** A public key as the region takes it: the compressed point of SEC 1, 33 bytes. */
export async function publicPoint(publicKey) {
  const { x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const odd = unbase64url(y)[31] & 1;
  return base64url(Uint8Array.of(2 + odd, ...unbase64url(x)));
}

/** RFC 9285. */
export function base45(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const two = at + 1 < bytes.length;
    const value = two ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    text += DIGITS[value % 45] + DIGITS[Math.floor(value / 45) % 45];
    if (two) text += DIGITS[Math.floor(value / 2025)];
  }
  return text;
}

// Deterministic CBOR (RFC 8949 §4.2.1) of what a showing needs.
function head(major, value) {
  const kind = major << 5;
  if (value < 24) return [kind | value];
  if (value < 0x100) return [kind | 24, value];
  if (value < 0x10000) return [kind | 25, value >> 8, value & 255];
  const words = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256);
  if (value < 0x100000000) return [kind | 26, ...words];
  const high = Math.floor(value / 0x100000000);
  return [kind | 27, ...[24, 16, 8, 0].map((shift) => Math.floor(high / 2 ** shift) % 256), ...words];
}

const string = (bytes) => [...head(2, bytes.length), ...bytes];
const PROTECTED = [0xa1, 0x01, 0x26];

/** The lower of the two forms of an ES256 signature; verifiers take no other. */
export function lower(signature) {
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const value = BigInt(`0x${hex(signature.slice(32))}`);
  if (value <= ORDER / 2n) return signature;
  const other = (ORDER - value).toString(16).padStart(64, "0");
  const bytes = other.match(/../g).map((pair) => Number.parseInt(pair, 16));
  return Uint8Array.of(...signature.slice(0, 32), ...bytes);
}

/** The text of one showing of a carried code, at a second of the region's clock. */
export async function showing(text, privateKey, seconds) {
  const content = head(0, Math.max(0, Math.floor(seconds)));
  const outside = [...new TextEncoder().encode(text)];
  const signed = Uint8Array.of(
    0x84,
    ...head(3, 10),
    ...new TextEncoder().encode("Signature1"),
    ...string(PROTECTED),
    ...string(outside),
    ...string(content),
  );
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, signed);
  const low = lower(new Uint8Array(signature));
  const statement = Uint8Array.of(0xd2, 0x84, ...string(PROTECTED), 0xa0, ...string(content), ...string(low));
  return text + String(statement.length).padStart(3, "0") + base45(statement);
}

/** The carried code that is good at a time, if there is one. */
export async function carriedAt(id, ward, at) {
  const kept = (await thing(`carried:${id}:${ward ?? ""}`)) || [];
  return kept.find((code) => Date.parse(code.from) <= at && at < Date.parse(code.until));
}

/** Fetches codes to carry where they are wanted: none for now, another level, or tomorrow's in the evening. */
export async function carry(ask, { id, token, ward, level, now, minute }) {
  const key = `carried:${id}:${ward ?? ""}`;
  const kept = (await thing(key)) || [];
  const today = kept.find((code) => Date.parse(code.from) <= now && now < Date.parse(code.until));
  let spread = await thing("spread");
  if (spread === undefined) {
    // Phones fetch tomorrow's codes at different minutes of the evening.
    spread = crypto.getRandomValues(new Uint8Array(1))[0] % 90;
    await keep("spread", spread);
  }
  const tomorrow = kept.some((code) => Date.parse(code.from) > now);
  const evening = minute >= 22 * 60 + 5 + spread && !tomorrow;
  if (today && today.level === level && !evening) return;
  const { publicKey } = await holderKey(id, ward);
  const body = { key: await publicPoint(publicKey) };
  const { codes } = await ask("POST", "/v1/carried", { token, ward, body });
  await keep(key, codes.map((code) => ({ ...code, level })));
}
