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

/** What a gate of the region is set up with. */
export async function settings(at, { within = 10_000 } = {}) {
  return (await ask(at, "/v1/gate-settings", within)).json();
}

/** Opens a gate with the region's settings; `marks` are those of before a restart. */
export async function open(verifier, at, { marks, policy, hubKeys, ...options } = {}) {
  const told = await settings(at, options);
  const gate = verifier.openGate({
    hubKeys: hubKeys ?? told.hubKeys,
    policy: policy ?? told.policy,
    ...(marks ? { marks } : {}),
  });
  return { gate, region: told.region };
}

/** Fetches every list and gives it to the gate; what became of each, by its path. */
export async function refresh(gate, region, at, { now = Date.now(), within = 10_000 } = {}) {
  const outcomes = {};
  for (const [path, take] of LISTS) {
    try {
      const bytes = new Uint8Array(await (await ask(at, path, within)).arrayBuffer());
      outcomes[path] = take(gate, bytes, region, Math.floor(now / 1000));
    } catch (error) {
      // A gate goes on by what it has; the next refresh asks again.
      outcomes[path] = { accepted: false, word: "not-fetched", error };
    }
  }
  return outcomes;
}
