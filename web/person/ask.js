// Asking the region: JSON over its interface, with a time within which it must answer.

/** A refusal as the region words it (RFC 9457). */
export class Problem extends Error {
  constructor(status, said, after) {
    super(said.title || `HTTP ${status}`);
    this.status = status;
    this.kind = (said.type || "").split(":").pop();
    this.said = said;
    this.errors = said.errors || [];
    this.after = after;
  }
}

/** No answer: no network, or none in time. */
export class Unreached extends Error {}

/** Asks. `token` names the person, `ward` for whom they ask, `body` is sent as JSON, `within` is in milliseconds. */
export async function ask(method, path, { token, ward, body, within = 8000, signal, blob } = {}) {
  const headers = {};
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  const ends = new AbortController();
  const clock = setTimeout(() => ends.abort(), within);
  const stop = () => ends.abort();
  if (signal) signal.addEventListener("abort", stop);
  const asked = ward === undefined || ward === null ? path : `${path}${path.includes("?") ? "&" : "?"}ward=${ward}`;
  try {
    const answer = await fetch(asked, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: ends.signal,
      cache: "no-store",
      credentials: "omit",
    });
    if (blob && answer.ok) return await answer.blob();
    const text = await answer.text();
    const said = text ? JSON.parse(text) : null;
    if (!answer.ok) throw new Problem(answer.status, said || {}, Number(answer.headers.get("retry-after")) || 0);
    return said;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Unreached(String(error));
  } finally {
    clearTimeout(clock);
    if (signal) signal.removeEventListener("abort", stop);
  }
}
