// The gate's own key: ES256, made in the browser and never to leave it. The region knows its public half.

const P256 = { name: "ECDSA", namedCurve: "P-256" };

const hexadecimal = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A new key. Its secret half cannot be read, by this page either. */
export function make() {
  return crypto.subtle.generateKey(P256, false, ["sign"]);
}

/** The public half as the region's files of public keys have it: compressed, in hexadecimal, with its id. */
export async function publicFile({ publicKey }) {
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  const key = compressed(point);
  const named = new Uint8Array([...new TextEncoder().encode("ES256"), 0, ...key]);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", named));
  return { algorithm: "ES256", key_id: hexadecimal(hash.subarray(0, 8)), public: hexadecimal(key) };
}

/** A point of 65 bytes as one of 33 (SEC 1 §2.3.3). */
export function compressed(point) {
  if (point.length !== 65 || point[0] !== 4) throw new RangeError("not an uncompressed point of P-256");
  return new Uint8Array([2 + (point[64] & 1), ...point.subarray(1, 33)]);
}
