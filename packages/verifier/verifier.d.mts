/** Types of the verifier. Times are whole Unix seconds; `spec/verdict.md` says what words mean. */

export type Algorithm = "Ed25519" | "ES256" | "SM2";
export type Action = "pass" | "check" | "refuse" | "unknown" | "invalid";
export type CodeClass = string;
/** A Date, or whole Unix seconds. */
export type Time = Date | number;
/** A division code of six digits. */
export type Region = string | number;

export interface PublicKey {
  algorithm: Algorithm;
  /** The canonical bytes in hexadecimal. */
  key: string;
}

export interface Settings {
  /** The hub's first keys: whoever installs the verifier brings them. */
  hubKeys: PublicKey[];
  /** The gate's own region: its lists alone prove what time it is at least (`spec/verdict.md` §2). */
  region?: string;
  /** A recognition policy; without one the plain one holds. */
  policy?: object;
  /** What `Gate.marks` gave before a restart. */
  marks?: Marks;
}

/** Opaque: to be stored and given back. Names no person. */
export type Marks = object;

/** What became of a list. Where it was refused the gate is as it was. */
export interface Offered {
  accepted: boolean;
  /** `accepted`, `newer`, `same`, `new`, `held`, or the word of a refusal as in `vectors/`. */
  word: string;
}

export interface Verdict {
  action: Action;
  /** The word of the cause. */
  cause: string;
  /** The rule of the policy that decided. */
  rule: string | null;
  /** The notice of degraded mode by which this is `check` and not `unknown`. */
  notice: Notice | null;
  /** The time that was reckoned with. */
  now: number;
  /** How far the device's clock is behind what lists prove. */
  clockBehindSeconds: number;
  seenBefore: boolean;
  /** What was signed, where the code is genuine. */
  genuine: Genuine | null;
  /** What each authority says, where the gate has to satisfy some; `action` is then the strictest. */
  authorities?: AuthorityVerdict[];
}

/** What one authority says of a scan. */
export interface AuthorityVerdict {
  /** A division of six digits, or `venue`. */
  authority: string;
  action: Action;
  /** By which policy; null where none of it is in force, or it never came to one. */
  ruling: Ruling | null;
}

export interface Ruling {
  version: number;
  /** The rule by its place from 0, and what it tells the person; null where none fits. */
  rule: { place: number; id: string; zh: string; en: string } | null;
  /** What holds here for a while, in the numbers of `spec/recognition.md` §3. */
  measures: number[][];
  contest: { at: string; phone: string };
}

export interface Genuine {
  issuer: string;
  class: CodeClass;
  /** The level that counts: `00`, `01`, `10` or `20`; null where it never came to that. */
  level: string | null;
  reason: string;
  asOf: number | null;
  issuedAt: number;
  expiresAt: number;
  lastTest: { at: number; kind: string } | null;
  /** Masked name and digits, to be compared with the person; not to be stored. */
  binder: string | null;
  /** Hexadecimal. */
  extension: string;
  /** Of a carried code: the day whose status list it is judged by, and the list's shard. */
  day?: number;
  shard?: number;
}

/** What a region declares in degraded mode (`spec/notices.md`). */
export type Notice = "facts-stale" | "codes-unavailable" | "lists-unavailable";

export interface Listed {
  /** 0 low, 1 high, 2 medium, 3 re-check. */
  value: 0 | 1 | 2 | 3;
  asOf: number;
  expiresAt: number;
}

/** A call that made no sense. Refused lists and invalid codes are answers, not errors. */
export class VerifierError extends Error {
  /** What is wrong, in a word that stays the same; `message` is an English sentence. */
  readonly word: string;
  /** The number, field, rule, value or place in the text that it is about; may be empty. */
  readonly about: string;
}

export class Verifier {
  /** From the module's bytes, a compiled module, or a `fetch` response. */
  static load(
    source:
      | BufferSource
      | WebAssembly.Module
      | Response
      | Promise<BufferSource | WebAssembly.Module | Response>,
  ): Promise<Verifier>;
  /** Whether the module takes published recognition policies: `door.wasm` does, `verifier.wasm` is smaller without. */
  readonly recognises: boolean;
  openGate(settings: Settings): Gate;
  /** A memory for so many showings at a time; 65,536 unless told. */
  openMemory(capacity?: number): Memory;
  checkSignature(question: {
    algorithm: Algorithm;
    key: string;
    message: string;
    signature: string;
  }): "valid" | "forged" | "no-signature" | "no-key";
}

/** The replay state of one gate. */
export class Memory {
  private constructor();
  close(): boolean;
}

/** Lists are taken in this order: trust list, removals, key lists, then status and paper lists and notices. */
export class Gate {
  private constructor();
  takeTrustList(bytes: Uint8Array, now: Time): Offered;
  takeRemovals(bytes: Uint8Array, now: Time): Offered;
  takeKeyList(bytes: Uint8Array, region: Region, now: Time): Offered;
  takeStatusShard(bytes: Uint8Array, region: Region, now: Time): Offered;
  takeStatusDelta(bytes: Uint8Array, region: Region, now: Time): Offered;
  takePaperList(bytes: Uint8Array, region: Region, now: Time): Offered;
  /** Notices are held in memory only and asked for every 30 seconds: a list lives 90. */
  takeNotices(bytes: Uint8Array, region: Region, now: Time): Offered;
  /** A region's recognition policy, under its roots for rules. Of the door alone, as what follows. */
  takeRecognition(bytes: Uint8Array, region: Region, now: Time): Offered;
  /**
   * Whom the gate has to satisfy: regions by the policies that they publish, and by the settings' own policy where
   * `venue` is true. The strictest decides. Nobody: the settings' own policy alone.
   */
  setAuthorities(authorities: { regions: Region[]; venue?: boolean }): void;
  /** What is done with whoever has no code to show, and every notice that holds. */
  withoutCode(
    region: Region,
    now: Time,
  ): { action: "check" | "unknown"; notice: Notice | null; holding: Notice[] };
  setPolicy(policy: object): void;
  /** Total: every text gets a verdict, also before there is a list. Only `memory` changes. */
  verify(text: string, now: Time, memory: Memory): Verdict;
  status(region: Region, day: number, index: number): Listed | null;
  /** By the sixteen bytes of a paper code's pointer. */
  paper(region: Region, pointer: Uint8Array): Listed | null;
  issuer(region: Region, now: Time): { issuer: "known" | "removed" | "unknown"; roots: string[] };
  /**
   * What must be remembered across a restart. Numbers and times only: store the signed lists too, removals above
   * all, and offer them again.
   */
  marks(): Marks;
  /** Forgets status lists of days that are over. */
  forgetPast(now: Time): void;
  close(): boolean;
}
