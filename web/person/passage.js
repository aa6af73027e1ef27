// What somebody takes along to another region, as a text that fits a message, a file or a QR code: for what was sent there
// its number and the secret; for what they carry the secret and the sealed parcel.

const SENT = /^HCMOVE1\.([0-9]{6})\.([0-9a-f]{32})\.([0-9a-f]{64})$/;
const CARRIED = /^HCMOVE2\.([0-9a-f]{64})\.([A-Za-z0-9_-]{16,})$/;

/** The text. */
export function written({ from, id, secret, parcel }) {
  return parcel ? `HCMOVE2.${secret}.${parcel}` : `HCMOVE1.${from}.${id}.${secret}`;
}

/** What a text asks a region for: the path and the body; nothing where it is no such text. */
export function read(text) {
  const plain = text.replace(/\s+/g, "");
  const sent = plain.match(SENT);
  if (sent) return { path: "/v1/transfer-pickups", body: { from: sent[1], id: sent[2], secret: sent[3] } };
  const carried = plain.match(CARRIED);
  if (carried) return { path: "/v1/transfer-arrivals", body: { secret: carried[1], parcel: carried[2] } };
  return null;
}
