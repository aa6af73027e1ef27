import type { Gate, Marks, Offered, PublicKey, Verifier } from "./verifier.mjs";

/** What a gate of a region is set up with (`GET /v1/gate-settings`). */
export interface GateSettings {
  /** The division code, six digits. */
  region: string;
  /** The region's offset from UTC, as `+08:00`. */
  offset: string;
  /** The region's clock, RFC 3339. */
  now: string;
  hubKeys: PublicKey[];
  policy: object;
  /** Regions whose published policies a gate has to satisfy (`Gate.takeRecognition`), each from a time on. */
  authorities: { region: string; from: string }[];
}

/** Settings as `settings` gives them, to be kept across a restart. */
export interface ToldSettings extends GateSettings {
  /** Whether nobody there is real: only then the region's clock is the gate's. */
  demonstration: boolean;
  /** By how many milliseconds the region's clock is ahead of this device's. Where it is more than 30,000 either way and no
   * demonstration, this device's clock is wrong: have everybody looked at until it is set right. */
  ahead: number;
}

export interface Options {
  /** How long an answer may take, in milliseconds; 10,000 unless told. */
  within?: number;
}

export interface OpenOptions extends Options {
  /** What `Gate.marks` gave before a restart. */
  marks?: Marks;
  /** A recognition policy instead of the region's. */
  policy?: object;
  /** The hub's first keys where they are not taken from the region: better, where you have them by another way. */
  hubKeys?: PublicKey[];
  /** Settings of before a restart: then nothing is asked for. */
  settings?: ToldSettings;
}

/** What became of a list, or why it was not fetched. */
export interface Refreshed extends Offered {
  /** The signed list, where it was taken: to be kept, and given back by `retake`. */
  bytes?: Uint8Array;
  error?: unknown;
}

export function settings(at: string | URL, options?: Options): Promise<ToldSettings>;

/** What time it is at a gate with these settings: the device's own, and only in a demonstration the region's. */
export function clock(settings: Pick<ToldSettings, "demonstration" | "ahead">): () => Date;

/** Opens a gate with the region's settings. Rejects where the region does not answer and no settings are given. */
export function open(
  verifier: Verifier,
  at: string | URL,
  options?: OpenOptions,
): Promise<{ gate: Gate; region: string; settings: ToldSettings; now: () => Date }>;

/**
 * Fetches trust, key, status and paper list and the notices, in this order, and gives them to the gate. Never rejects: what
 * failed says so. Notices live 90 seconds, so call it every 30.
 */
export function refresh(
  gate: Gate,
  region: string,
  at: string | URL,
  options?: Options & { now?: Date | number },
): Promise<Record<string, Refreshed>>;

/** Gives a gate the lists of before a restart, by their paths as in what `refresh` gave. Asks nothing. */
export function retake(
  gate: Gate,
  region: string,
  lists: Record<string, Uint8Array>,
  options?: { now?: Date | number },
): Record<string, Offered>;
