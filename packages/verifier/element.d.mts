import type { Verdict } from "./verifier.mjs";

/**
 * `<health-code-gate at="https://region.example" lang="zh">`. Attributes: `at`, the region's address (the page's own unless
 * told); `lang`, `zh` or `en`; `module`, where `verifier.wasm` lies. Fires `verdict` with a `Verdict` as its detail.
 */
export class HealthCodeGate extends HTMLElement {
  /** Resolves when the lists are there; rejects where they cannot be had. */
  readonly ready: Promise<void>;
  /** Verifies a text, shows the verdict and fires `verdict`. Throws before the lists are there. */
  verify(text: string): Verdict;
}

declare global {
  interface HTMLElementTagNameMap {
    "health-code-gate": HealthCodeGate;
  }
  interface HTMLElementEventMap {
    verdict: CustomEvent<Verdict>;
  }
}
