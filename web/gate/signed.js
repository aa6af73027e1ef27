// Signed requests of a gate: HTTP Message Signatures (RFC 9421) in the one form of spec/officers.md §3.

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const base64url = (bytes) => base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** What is signed of a request: `parameters` for Signature-Input, and the signature base. */
export function base({ method, target, digest, created, nonce, id, region }) {
  const [path, query = ""] = split(target);
  const lines = [["@method", method], ["@path", path], ["@query", `?${query}`]];
  if (digest !== undefined) lines.push(["content-type", "application/json"], ["content-digest", digest]);
  const covered = lines.map(([name]) => `"${name}"`).join(" ");
  const parameters = `(${covered});created=${created};nonce="${nonce}";keyid="${id}";tag="healthcode-gate-${region}"`;
  const all = [...lines, ["@signature-params", parameters]];
  return { parameters, text: all.map(([name, value]) => `"${name}": ${value}`).join("\n") };
}

function split(target) {
  const at = target.indexOf("?");
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)];
}

/**
 * The headers that sign a request, to be sent within five minutes and once. `body` is the text of a JSON body, or
 * undefined; `gate` has the id, the region and the key.
 */
export async function sign({ method, target, body }, gate, now) {
  const headers = {};
  let digest;
  if (body !== undefined) {
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
    digest = `sha-256=:${base64(hash)}:`;
    headers["content-type"] = "application/json";
    headers["content-digest"] = digest;
  }
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const created = Math.floor(now / 1000);
  const { parameters, text } = base({ method, target, digest, created, nonce, id: gate.id, region: gate.region });
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(algorithm, gate.key.privateKey, new TextEncoder().encode(text));
  headers["signature-input"] = `gate=${parameters}`;
  headers.signature = `gate=:${base64(signature)}:`;
  return headers;
}
