// A gate's lists from a region, over `fetch`: what every integration needs before the first code.

const LISTS = [
  ["/v1/trust-list", (gate, bytes, region, now) => gate.takeTrustList(bytes, now)],
  ["/v1/keys", (gate, bytes, region, now) => gate.takeKeyList(bytes, region, now)],
  ["/v1/status-list", (gate, bytes, region, now) => gate.takeStatusDelta(bytes, region, now)],
  ["/v1/paper-list", (gate, bytes, region, now) => gate.takePaperList(bytes, region, now)],
  ["/v1/notices", (gate, bytes, region, now) => gate.takeNotices(bytes, region, now)],
];

async function ask(at, path, within) {
  const answer = await fetch(new URL(path, at), { cache: "no-store", signal: AbortSignal.timeout(within) });
  if (!answer.ok) throw new Error(`${path}: status ${answer.status}`);
  return answer;
}

/** What a gate of the region is set up with, and how the region's clock compares with this device's. */
export async function settings(at, { within = 10_000 } = {}) {
  const get = async (path) => (await ask(at, path, within)).json();
  // A region that takes people at their word is a demonstration.
  const [told, { methods }] = await Promise.all([get("/v1/gate-settings"), get("/v1/identity/methods").catch(() => ({ methods: [] }))]);
  const demonstration = methods.some((one) => one.way === "word");
  return { ...told, demonstration, ahead: Date.parse(told.now) - Date.now() };
}

/** What time it is at a gate with these settings: the device's own, and only in a demonstration the region's. */
export const clock = ({ demonstration, ahead }) => () => new Date(Date.now() + (demonstration ? ahead : 0));

/** Opens a gate with the region's settings, or with those that are given; `marks` are those of before a restart. */
export async function open(verifier, at, { marks, policy, hubKeys, settings: kept, ...options } = {}) {
  const told = kept ?? (await settings(at, options));
  const gate = verifier.openGate({
    hubKeys: hubKeys ?? told.hubKeys,
    region: told.region,
    policy: policy ?? told.policy,
    ...(marks ? { marks } : {}),
  });
  return { gate, region: told.region, settings: told, now: clock(told) };
}

/** Fetches every list and gives it to the gate; what became of each, by its path, with the bytes of those that were taken. */
export async function refresh(gate, region, at, { now = Date.now(), within = 10_000 } = {}) {
  const outcomes = {};
  for (const [path, take] of LISTS) {
    try {
      const bytes = new Uint8Array(await (await ask(at, path, within)).arrayBuffer());
      const offered = take(gate, bytes, region, Math.floor(now / 1000));
      outcomes[path] = offered.accepted ? { ...offered, bytes } : offered;
    } catch (error) {
      // A gate goes on by what it has; the next refresh asks again.
      outcomes[path] = { accepted: false, word: "not-fetched", error };
    }
  }
  return outcomes;
}

/** Gives a gate the lists of before a restart, by their paths; what became of each. */
export function retake(gate, region, lists, { now = Date.now() } = {}) {
  const outcomes = {};
  for (const [path, take] of LISTS) {
    if (lists[path]) outcomes[path] = take(gate, lists[path], region, Math.floor(now / 1000));
  }
  return outcomes;
}
