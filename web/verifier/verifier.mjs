// The verifier in browsers and Node. Types and what each call means: packages/verifier/verifier.d.mts.
//
// Rust owns all memory: `hc_input` says where to write, `hc_answer` where the answer lies. Views are
// made anew for each call, since the module's memory may have grown in between.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** What the module's words say; % stands for what they are about. */
const SENTENCES = {
  "no-gate": "there is no gate %",
  "no-memory": "there is no memory %",
  "no-number": "no number is left for another gate or memory",
  "not-in-module": "this module has no %: the door (door.wasm) has",
  "too-long": "% bytes are more than the verifier takes",
  region: "% is not a division code",
  pointer: "a pointer has 16 bytes, not %",
  "not-utf8": "not UTF-8 at byte %",
  "not-json": "no JSON at byte %",
  "not-whole": "not a whole number of 64 bits at byte %",
  "too-deep": "nested too deep at byte %",
  "name-twice": "a name for the second time at byte %",
  "too-many-names": "too many names in one object at byte %",
  "missing-field": "the field % is missing",
  "unknown-field": "there is no field %",
  "wrong-value": "the field % cannot have this value",
  "no-hub-key": "the settings name no hub key",
  algorithm: "% is not an algorithm: Ed25519, ES256 or SM2",
  hexadecimal: "% is not hexadecimal",
  "key-length": "a key has another length",
  "key-prefix": "a compressed point starts with 02 or 03",
  "key-not-on-curve": "a key is no point of its curve",
  "key-not-canonical": "a key is not written canonically",
  "key-small-order": "a key has small order",
  "marks-domain": "no day has so many positions as the marks say",
  "policy-version": "the policy has no version",
  "policy-rule-id": "% is not the id of a rule: 1 to 64 letters, digits, '.', '-' or '_'",
  "policy-rule-twice": "rule % occurs twice",
  "policy-too-many": "a policy has at most 1000 rules",
  "policy-no-level": "rule % fits no level",
  "policy-passes": "rule % lets high or unknown pass",
  "policy-refuses-unknown": "rule % refuses level unknown: unknown is neither green nor red",
  "policy-invalid": "rule % calls a genuine code invalid",
  "policy-otherwise": "rule % must have `otherwise` exactly where it asks for something",
  "policy-kinds": "rule % names kinds of test, but asks for no test",
};

/** A call that made no sense: a closed gate, settings of another form. */
export class VerifierError extends Error {
  constructor(word, about) {
    super((SENTENCES[word] ?? word).replace("%", () => about));
    this.name = "VerifierError";
    this.word = word;
    this.about = about;
  }
}

/** One instance of the module. */
export class Verifier {
  #exports;

  constructor(exports) {
    this.#exports = exports;
  }

  /** From the module's bytes, a compiled module, or a `fetch` response (browsers). */
  static async load(source) {
    const given = await source;
    if (typeof Response !== "undefined" && given instanceof Response) {
      const { instance } = await WebAssembly.instantiateStreaming(given, {});
      return new Verifier(instance.exports);
    }
    if (given instanceof WebAssembly.Module) {
      return new Verifier((await WebAssembly.instantiate(given, {})).exports);
    }
    const { instance } = await WebAssembly.instantiate(given, {});
    return new Verifier(instance.exports);
  }

  get recognises() {
    return "hc_recognition" in this.#exports;
  }

  openGate(settings) {
    const { number } = this.call("hc_open_gate", [], JSON.stringify(settings));
    return new Gate(this, number);
  }

  openMemory(capacity = 65536) {
    const { number } = this.call("hc_open_memory", [whole(capacity, 2 ** 32 - 1)]);
    return new Memory(this, number);
  }

  checkSignature(question) {
    return this.call("hc_signature", [], JSON.stringify(question)).outcome;
  }

  /** Calls an export with numbers and one input, and reads its answer. */
  call(name, numbers, input = "") {
    const bytes = typeof input === "string" ? encoder.encode(input) : input;
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError("bytes are a Uint8Array");
    }
    const made = this.#exports[name];
    if (!made) {
      throw new VerifierError("not-in-module", name);
    }
    const at = this.#exports.hc_input(bytes.length) >>> 0;
    if (at === 0) {
      throw new VerifierError("too-long", String(bytes.length));
    }
    new Uint8Array(this.#exports.memory.buffer, at, bytes.length).set(bytes);
    const length = made(...numbers) >>> 0;
    const from = this.#exports.hc_answer() >>> 0;
    const answer = new Uint8Array(this.#exports.memory.buffer, from, length);
    const value = JSON.parse(decoder.decode(answer));
    if (value !== null && typeof value.error === "string") {
      throw new VerifierError(value.error, value.about);
    }
    return value;
  }

  close(number) {
    return this.#exports.hc_close(number) === 1;
  }
}

/** What a gate remembers of the last showings. */
export class Memory {
  constructor(verifier, number) {
    this.verifier = verifier;
    this.number = number;
  }

  close() {
    return this.verifier.close(this.number);
  }
}

/** Everything that a gate holds. */
export class Gate {
  constructor(verifier, number) {
    this.verifier = verifier;
    this.number = number;
  }

  takeTrustList(bytes, now) {
    return this.#offer("hc_trust_list", [], bytes, now);
  }

  takeRemovals(bytes, now) {
    return this.#offer("hc_removals", [], bytes, now);
  }

  takeKeyList(bytes, region, now) {
    return this.#offer("hc_key_list", [number(region)], bytes, now);
  }

  takeStatusShard(bytes, region, now) {
    return this.#offer("hc_status_shard", [number(region)], bytes, now);
  }

  takeStatusDelta(bytes, region, now) {
    return this.#offer("hc_status_delta", [number(region)], bytes, now);
  }

  takePaperList(bytes, region, now) {
    return this.#offer("hc_paper_list", [number(region)], bytes, now);
  }

  takeNotices(bytes, region, now) {
    return this.#offer("hc_notices", [number(region)], bytes, now);
  }

  takeRecognition(bytes, region, now) {
    return this.#offer("hc_recognition", [number(region)], bytes, now);
  }

  setAuthorities({ regions = [], venue = false }) {
    const asked = { regions: regions.map(String), venue: Boolean(venue) };
    this.verifier.call("hc_authorities", [this.number], JSON.stringify(asked));
  }

  withoutCode(region, now) {
    return this.verifier.call("hc_without_code", [this.number, number(region), seconds(now)]);
  }

  setPolicy(policy) {
    this.verifier.call("hc_policy", [this.number], JSON.stringify(policy));
  }

  verify(text, now, memory) {
    if (typeof text !== "string") {
      throw new TypeError("a code is a text");
    }
    return this.verifier.call("hc_verify", [this.number, memory.number, seconds(now)], text);
  }

  status(region, day, index) {
    const places = [whole(day, 2 ** 32 - 1), whole(index, 2 ** 32 - 1)];
    return this.verifier.call("hc_status", [this.number, number(region), ...places]);
  }

  paper(region, pointer) {
    return this.verifier.call("hc_paper", [this.number, number(region)], pointer);
  }

  issuer(region, now) {
    return this.verifier.call("hc_issuer", [this.number, number(region), seconds(now)]);
  }

  marks() {
    return this.verifier.call("hc_marks", [this.number]);
  }

  forgetPast(now) {
    this.verifier.call("hc_forget_past", [this.number, seconds(now)]);
  }

  close() {
    return this.verifier.close(this.number);
  }

  #offer(name, numbers, bytes, now) {
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError("a signed list is a Uint8Array");
    }
    return this.verifier.call(name, [this.number, ...numbers, seconds(now)], bytes);
  }
}

function whole(value, most) {
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new RangeError(`${value} is not a whole number up to ${most}`);
  }
  return value;
}

/** A division code of six digits, as text or number. */
function number(region) {
  if (typeof region === "string" && !/^[0-9]{6}$/.test(region)) {
    throw new RangeError(`${region} is not a division code of six digits`);
  }
  return whole(Number(region), 999999);
}

/** Whole Unix seconds; a Date counts down to the second that has begun. */
function seconds(time) {
  const value = time instanceof Date ? Math.floor(time.getTime() / 1000) : time;
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`${time} is no time in whole Unix seconds`);
  }
  return BigInt(value);
}
