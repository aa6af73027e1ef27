// <health-code-gate at="https://region.example" lang="zh">: an embeddable gate. It verifies what `verify(text)` is given, what is
// typed or scanned into its field, and fires "verdict". Everything is decided here, by the lists of the region.

import { open, refresh } from "./region.mjs";
import { Verifier } from "./verifier.mjs";

/** Notices live 90 seconds. */
const REFRESH = 30_000;

const WORDS = {
  zh: {
    pass: "通行",
    check: "人工核验",
    refuse: "不得通行",
    unknown: "无法判断",
    invalid: "无效码",
    field: "扫码枪或手工输入健康码",
    verify: "核验",
    loading: "正在取得名单……",
    ready: "请扫描健康码",
    failed: "没有名单，请人工核验",
  },
  en: {
    pass: "Let in",
    check: "Check by hand",
    refuse: "Do not let in",
    unknown: "Cannot be told",
    invalid: "No valid code",
    field: "Hand-held scanner, or type a code",
    verify: "Verify",
    loading: "Fetching lists …",
    ready: "Scan a code",
    failed: "No lists: check by hand",
  },
};

/** An outline for each action, so that nobody has to tell colours. */
const SHAPES = {
  pass: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
  check: "M12 3 22 21H2Z",
  refuse: "M4 4h16v16H4Z",
  unknown: "M12 1.5 22.5 12 12 22.5 1.5 12Z",
  invalid: "M6 3 3 6l6 6-6 6 3 3 6-6 6 6 3-3-6-6 6-6-3-3-6 6Z",
};

const STYLE = `
:host { display: block; font: 1rem/1.5 system-ui, sans-serif; color: CanvasText; background: Canvas; }
form { display: flex; gap: .5rem; flex-wrap: wrap; align-items: end; }
label { flex: 1 1 14rem; display: grid; gap: .25rem; font-weight: 600; }
input, button { font: inherit; min-height: 2.75rem; padding: .25rem .75rem; }
output { display: flex; gap: .75rem; align-items: center; margin-top: .75rem; padding: .75rem 1rem; border: 3px solid; border-radius: .5rem;
  font-size: 1.5rem; font-weight: 700; min-height: 4rem; }
svg { width: 1.4em; height: 1.4em; flex: none; fill: currentColor; }
output[data-action="pass"] { background: #0a6b3f; color: #fff; }
output[data-action="check"] { background: #ffcf33; color: #10181f; }
output[data-action="refuse"] { background: #b3121d; color: #fff; }
output[data-action="unknown"], output[data-action="invalid"] { background: #4a5661; color: #fff; }
`;

/** The element. */
export class HealthCodeGate extends HTMLElement {
  static observedAttributes = ["lang"];

  #gate = null;
  #memory = null;
  #region = null;
  #now = () => new Date();
  #timer = null;
  #shown = { word: "loading" };
  #parts = null;
  #ready = Promise.resolve();

  connectedCallback() {
    this.#draw();
    this.#ready = this.#begin();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#gate?.close();
    this.#memory?.close();
    this.#gate = this.#memory = null;
  }

  attributeChangedCallback() {
    if (this.#parts) this.#say();
  }

  /** Resolves when the lists are there; rejects where they cannot be had. */
  get ready() {
    return this.#ready;
  }

  /** Verifies a text, shows the verdict and fires "verdict". */
  verify(text) {
    if (!this.#gate) throw new Error("the lists are not there yet");
    const verdict = this.#gate.verify(text, this.#now(), this.#memory);
    this.#show({ word: verdict.action, action: verdict.action });
    this.dispatchEvent(new CustomEvent("verdict", { detail: verdict, bubbles: true, composed: true }));
    return verdict;
  }

  async #begin() {
    try {
      const at = new URL(this.getAttribute("at") ?? "/", document.baseURI);
      const module = new URL(this.getAttribute("module") ?? "./verifier.wasm", import.meta.url);
      const verifier = await Verifier.load(fetch(module));
      const { gate, region, now } = await open(verifier, at);
      this.#gate = gate;
      this.#region = region;
      this.#now = now;
      this.#memory = verifier.openMemory();
      const outcomes = await refresh(gate, region, at, { now: now() });
      if (!outcomes["/v1/trust-list"].accepted) throw new Error(`no trust list: ${outcomes["/v1/trust-list"].word}`);
      if (!this.isConnected) return;
      this.#timer = setInterval(() => this.#gate && refresh(this.#gate, this.#region, at, { now: this.#now() }), REFRESH);
      this.#show({ word: "ready" });
    } catch (error) {
      this.#show({ word: "failed", action: "unknown" });
      throw error;
    }
  }

  #draw() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const form = document.createElement("form");
    const label = document.createElement("label");
    const name = document.createElement("span");
    const input = document.createElement("input");
    const button = document.createElement("button");
    const output = document.createElement("output");
    Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, required: true });
    output.setAttribute("role", "status");
    output.setAttribute("aria-live", "assertive");
    label.append(name, input);
    form.append(label, button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = input.value.trim();
      // A code is nobody's to be left lying about.
      input.value = "";
      if (this.#gate && text) this.verify(text);
      input.focus();
    });
    root.replaceChildren(form, output);
    this.#parts = { name, button, output };
    this.#say();
  }

  #show(shown) {
    this.#shown = shown;
    this.#say();
  }

  #say() {
    const words = this.lang.startsWith("en") ? WORDS.en : WORDS.zh;
    const { name, button, output } = this.#parts;
    name.textContent = words.field;
    button.textContent = words.verify;
    const { word, action } = this.#shown;
    if (action) output.dataset.action = action;
    else delete output.dataset.action;
    const text = document.createElement("span");
    text.textContent = words[word];
    output.replaceChildren(...(action ? [outline(action)] : []), text);
  }
}

function outline(action) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[action]);
  svg.append(path);
  return svg;
}

if (!customElements.get("health-code-gate")) customElements.define("health-code-gate", HealthCodeGate);
