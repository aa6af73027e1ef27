// The receipt that somebody takes away from a gate: signed by this gate's own key, also without network
// (spec/receipts.md). Nothing of it is kept here.

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const TYPE = "application/hc-receipt+cwt";
const COMMITTED = "healthcode receipt of code\0";
/** Fourteen days, in seconds. */
const LIFE = 1_209_600;
const ACTIONS = ["pass", "check", "refuse", "unknown", "invalid"];
/** By number; the list only grows. */
const CAUSES = [
  "text",
  "form",
  "unknown-algorithm",
  "signature-form",
  "claims",
  "clear-part-differs",
  "trust-list-expired",
  "issuer-unknown",
  "issuer-removed",
  "key-removed",
  "root-removed",
  "key-list-missing",
  "key-list-expired",
  "key-not-listed",
  "key-use",
  "key-dates",
  "algorithm-differs",
  "forged",
  "from-the-future",
  "expired",
  "not-its-day",
  "showing-missing",
  "showing-forged",
  "showing-from-the-future",
  "showing-too-old",
  "replayed",
  "memory-full",
  "no-list",
  "list-expired",
  "stale",
  "trust-list-missing",
];

const utf8 = (text) => [...new TextEncoder().encode(text)];
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes)));

// Deterministic CBOR (RFC 8949 §4.2.1) of what a receipt needs.
function head(major, value) {
  const kind = major << 5;
  if (value < 24) return [kind | value];
  if (value < 0x100) return [kind | 24, value];
  if (value < 0x10000) return [kind | 25, value >> 8, value & 255];
  return [kind | 26, ...[24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256)];
}

const whole = (value) => (value < 0 ? head(1, -1 - value) : head(0, value));
const string = (bytes) => [...head(2, bytes.length), ...bytes];
const text = (value) => [...head(3, utf8(value).length), ...utf8(value)];
const array = (...items) => [...head(4, items.length), ...items.flat()];
const NULL = [0xf6];

/** Sixteen bytes that commit to the text of a code as it was issued, under a salt. */
export async function commitment(issued, salt) {
  return (await sha256([...utf8(COMMITTED), ...salt, ...utf8(issued)])).slice(0, 16);
}

/**
 * What is signed. A receipt is `{region, gate, at, action, cause, policy, measures, issuer, salt, commitment}` with
 * `policy` as null or `{region, version, rule: {place, id} | null}`; divisions are texts of six digits.
 */
export function payload(receipt) {
  const { policy } = receipt;
  const named = policy && [whole(Number(policy.region)), whole(policy.version)];
  if (named && policy.rule) named.push(whole(policy.rule.place), text(policy.rule.id));
  const body = array(
    text(receipt.gate),
    whole(ACTIONS.indexOf(receipt.action)),
    text(receipt.cause),
    named ? array(...named) : NULL,
    array(...receipt.measures.map((measure) => array(...measure.map(whole)))),
    receipt.issuer === null ? NULL : whole(Number(receipt.issuer)),
    string([...receipt.salt]),
    string([...receipt.commitment]),
  );
  const claims = [whole(1), text(receipt.region), whole(4), whole(receipt.at + LIFE), whole(6), whole(receipt.at), whole(-70106), body];
  return Uint8Array.from([...head(5, 4), ...claims.flat()]);
}

const double = (value) => (value & 16 ? ((value << 1) ^ 37) & 31 : value << 1);

/** The short number: twelve letters that are read over a telephone. */
export async function number(receipt) {
  const cause = CAUSES.indexOf(receipt.cause);
  const rule = receipt.policy?.rule;
  const why = rule ? rule.place + 1 : cause < 0 ? 0 : 1024 + cause;
  const hash = await sha256(payload(receipt));
  const first = (hash[0] << 11) | (hash[1] << 3) | (hash[2] >> 5);
  let value = BigInt(Math.floor(receipt.at / 60) % 2 ** 15);
  for (const [part, bits] of [
    [ACTIONS.indexOf(receipt.action), 3n],
    [(receipt.policy?.version ?? 0) % 128, 7n],
    [why, 11n],
    [first, 19n],
  ]) {
    value = (value << bits) | BigInt(part);
  }
  const letters = Array.from({ length: 11 }, (_, place) => Number((value >> BigInt(5 * (10 - place))) & 31n));
  letters.push(double(letters.reduce((sum, letter) => double(sum) ^ letter, 0)));
  const written = letters.map((letter) => LETTERS[letter]).join("");
  return written.match(/.{4}/g).join("-");
}

/** The lower of the two forms of an ES256 signature; verifiers take no other. */
function lower(signature) {
  const value = BigInt(`0x${hex(signature.slice(32))}`);
  if (value <= ORDER / 2n) return signature;
  const other = (ORDER - value).toString(16).padStart(64, "0");
  return Uint8Array.from([...signature.slice(0, 32), ...other.match(/../g).map((pair) => Number.parseInt(pair, 16))]);
}

/** RFC 9285. */
function base45(bytes) {
  let written = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const two = at + 1 < bytes.length;
    const value = two ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    written += DIGITS[value % 45] + DIGITS[Math.floor(value / 45) % 45];
    if (two) written += DIGITS[Math.floor(value / 2025)];
  }
  return written;
}

/** The text of the receipt's QR code. `key` is the gate's, `id` the id of its public half in hexadecimal. */
export async function signed(receipt, key, id) {
  const content = payload(receipt);
  const named = id.match(/../g).map((pair) => Number.parseInt(pair, 16));
  const outer = Uint8Array.from([0xa3, ...whole(1), ...whole(-7), ...whole(4), ...string(named), ...whole(16), ...text(TYPE)]);
  const statement = Uint8Array.from(array(text("Signature1"), string([...outer]), string([]), string([...content])));
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const signature = lower(new Uint8Array(await crypto.subtle.sign(algorithm, key, statement)));
  const parts = array(string([...outer]), [0xa0], string([...content]), string([...signature]));
  return `HC1R:${base45([0xd2, ...parts])}`;
}

/**
 * What goes on the receipts of an answer: one for each authority, or one where nobody was asked.
 * `issued` is the text of the code as it was issued.
 */
export async function receipts({ verdict }, issued, { region, id }, at) {
  const said = verdict.authorities ?? [{ authority: "venue", action: verdict.action, ruling: null }];
  const all = [];
  for (const { authority, action, ruling } of said) {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    all.push({
      authority,
      ruling,
      receipt: {
        region,
        gate: id,
        at,
        action,
        cause: verdict.cause,
        policy: ruling && { region: authority, version: ruling.version, rule: ruling.rule && { place: ruling.rule.place, id: ruling.rule.id } },
        measures: ruling?.measures ?? [],
        issuer: verdict.genuine?.issuer ?? null,
        salt,
        commitment: await commitment(issued, salt),
      },
    });
  }
  return all;
}
