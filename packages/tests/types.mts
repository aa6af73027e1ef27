// Every declared thing used as it is declared: tsc --noEmit compiles it, and never runs it.

import { clock, open, refresh, retake, settings, type GateSettings, type Refreshed, type ToldSettings } from "../verifier/region.mjs";
import { HealthCodeGate } from "../verifier/element.mjs";
import {
  Gate,
  Memory,
  Verifier,
  VerifierError,
  type Action,
  type AuthorityVerdict,
  type Genuine,
  type Listed,
  type Marks,
  type Notice,
  type Offered,
  type Ruling,
  type Verdict,
} from "../verifier/verifier.mjs";

export async function use(bytes: Uint8Array<ArrayBuffer>): Promise<Action> {
  const verifier: Verifier = await Verifier.load(fetch("/verifier.wasm"));
  const told: GateSettings = await settings("https://region.example", { within: 1000 });
  const again: { gate: Gate; region: string; settings: ToldSettings; now: () => Date } = await open(verifier, "https://region.example");
  const { gate, region } = again;
  const time: Date = clock(again.settings)();
  retake(gate, region, { "/v1/keys": bytes }, { now: again.now() });
  const memory: Memory = verifier.openMemory(16);
  const outcomes: Record<string, Refreshed> = await refresh(gate, region, "https://region.example", { now: time });
  const offered: Offered[] = [
    gate.takeTrustList(bytes, 0),
    gate.takeRemovals(bytes, new Date()),
    gate.takeKeyList(bytes, region, 0),
    gate.takeStatusShard(bytes, 330000, 0),
    gate.takeStatusDelta(bytes, region, 0),
    gate.takePaperList(bytes, region, 0),
    gate.takeNotices(bytes, region, 0),
    gate.takeRecognition(bytes, region, 0),
  ];
  const verdict: Verdict = gate.verify("HC1P", new Date(), memory);
  gate.setAuthorities({ regions: [region, 510000], venue: true });
  const said: AuthorityVerdict[] = verdict.authorities ?? [];
  const ruling: Ruling | null | undefined = said[0]?.ruling;
  const genuine: Genuine | null = verdict.genuine;
  const notice: Notice | null = verdict.notice;
  const lane: { action: "check" | "unknown"; notice: Notice | null; holding: Notice[] } = gate.withoutCode(region, 0);
  const listed: Listed | null = gate.status(region, 0, 0) ?? gate.paper(region, bytes);
  const marks: Marks = gate.marks();
  gate.setPolicy(told.policy);
  gate.forgetPast(0);
  const issuer: "known" | "removed" | "unknown" = gate.issuer(region, 0).issuer;
  const element: HealthCodeGate = document.createElement("health-code-gate");
  await element.ready;
  element.addEventListener("verdict", (event) => console.log(event.detail.action));
  console.log(ruling?.rule?.zh, outcomes, offered, genuine?.level, notice, lane, listed?.value, marks, issuer, memory.close(), gate.close());
  // @ts-expect-error: an action is one of five words
  const wrong: Action = "perhaps";
  try {
    verifier.checkSignature({ algorithm: "SM2", key: "", message: "", signature: "" });
  } catch (error) {
    if (error instanceof VerifierError) console.log(error.word, error.about);
  }
  return verdict.action === "pass" ? element.verify("HC1P").action : wrong;
}
