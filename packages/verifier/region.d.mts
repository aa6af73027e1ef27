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
}

/** What became of a list, or why it was not fetched. */
export interface Refreshed extends Offered {
  error?: unknown;
}

export function settings(at: string | URL, options?: Options): Promise<GateSettings>;

/** Opens a gate with the region's settings. Rejects where the region does not answer. */
export function open(
  verifier: Verifier,
  at: string | URL,
  options?: OpenOptions,
): Promise<{ gate: Gate; region: string }>;

/**
 * Fetches trust, key, status and paper list and the notices, in this order, and gives them to the gate. Never rejects: what
 * failed says so. Notices live 90 seconds, so call it every 30.
 */
export function refresh(
  gate: Gate,
  region: string,
  at: string | URL,
  options?: Options & { now?: number },
): Promise<Record<string, Refreshed>>;
