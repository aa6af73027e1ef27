// What the loader itself decides, in Node: loader.mjs MODULE
//
// That its methods reach the right calls is shown by replay.mjs, which makes every recorded call
// with them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Verifier, VerifierError } from "../../../web/verifier/verifier.mjs";

const bytes = await readFile(process.argv[2]);
const verifier = await Verifier.load(bytes);
const KEY = {
  algorithm: "Ed25519",
  key: "d54207da194977dcf46adbfec2bc2e75b52d5a8a42184fedfdc00024f0e3e8da",
};
const SETTINGS = { hubKeys: [KEY] };

function fails(call, word, about, message) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof VerifierError, `${error}`);
    assert.deepEqual([error.word, error.about, error.message], [word, about, message]);
    return true;
  });
}

// A module comes from bytes, compiled, or as the answer to a request.
for (const source of [
  new WebAssembly.Module(bytes),
  Promise.resolve(bytes),
  new Response(bytes, { headers: { "content-type": "application/wasm" } }),
]) {
  assert.equal((await Verifier.load(source)).openGate(SETTINGS).number, 1);
}

// What makes no sense is an error with a sentence, a word, and what it is about.
fails(() => verifier.openGate({ hubKeys: [] }), "no-hub-key", "", "the settings name no hub key");
fails(() => verifier.openGate({ ...SETTINGS, x: 1 }), "unknown-field", "x", "there is no field x");
const closed = verifier.openGate(SETTINGS);
assert.equal(closed.close(), true);
assert.equal(closed.close(), false);
const gone = String(closed.number);
fails(() => closed.marks(), "no-gate", gone, `there is no gate ${gone}`);
fails(() => closed.setPolicy({ version: "$&", rules: [] }), "no-gate", gone, `there is no gate ${gone}`);
const gate = verifier.openGate(SETTINGS);
const memory = verifier.openMemory();
const rules = [{ id: "$&%", levels: ["00"], then: "pass" }];
const sentence = "$&% is not the id of a rule: 1 to 64 letters, digits, '.', '-' or '_'";
fails(() => gate.setPolicy({ version: "1", rules }), "policy-rule-id", "$&%", sentence);
fails(
  () => verifier.call("hc_policy", [gate.number], new Uint8Array(2 ** 26 + 1)),
  "too-long",
  "67108865",
  "67108865 bytes are more than the verifier takes",
);

// Published policies are for the door alone; the verifier says so and goes on.
const policy = new Uint8Array([0x84]);
if (verifier.recognises) {
  assert.deepEqual(gate.takeRecognition(policy, 330000, 0), { accepted: false, word: "no-trust-list" });
  gate.setAuthorities({ regions: ["330000"], venue: true });
} else {
  const without = (call) => `this module has no ${call}: the door (door.wasm) has`;
  const [taken, set] = ["hc_recognition", "hc_authorities"];
  fails(() => gate.takeRecognition(policy, 330000, 0), "not-in-module", taken, without(taken));
  fails(() => gate.setAuthorities({ regions: [] }), "not-in-module", set, without(set));
  fails(() => verifier.openGate({ ...SETTINGS, marks: { policies: [] } }), "unknown-field", "policies", "there is no field policies");
}

// Arguments that JavaScript would bend are refused before they reach the module.
const list = new Uint8Array([0x84]);
for (const region of ["33", "33000a", -1, 330000.5, 1000000, undefined]) {
  assert.throws(() => gate.takeKeyList(list, region, 0), RangeError);
}
for (const time of [0.5, Number.NaN, 2 ** 53, "0", new Date(Number.NaN)]) {
  assert.throws(() => gate.takeTrustList(list, time), RangeError);
}
for (const notBytes of ["84", [0x84], new ArrayBuffer(1)]) {
  assert.throws(() => gate.takeTrustList(notBytes, 0), TypeError);
}
for (const text of [undefined, 7, list]) {
  assert.throws(() => gate.verify(text, 0, memory), TypeError);
}
for (const capacity of [-1, 0.5, 2 ** 32]) {
  assert.throws(() => verifier.openMemory(capacity), RangeError);
}

// Regions are texts or numbers, times are seconds or a Date; a Date counts to the second begun.
const refused = { accepted: false, word: "no-trust-list" };
for (const region of ["330000", 330000]) {
  for (const time of [1656388800, new Date("2022-06-28T04:00:00.999Z")]) {
    assert.deepEqual(gate.takeKeyList(list, region, time), refused);
    assert.deepEqual(gate.takeStatusShard(list, region, time), refused);
    assert.deepEqual(gate.takeStatusDelta(list, region, time), refused);
    assert.deepEqual(gate.takePaperList(list, region, time), refused);
    assert.deepEqual(gate.takeNotices(list, region, time), refused);
    if (verifier.recognises) assert.deepEqual(gate.takeRecognition(list, region, time), refused);
    assert.deepEqual(gate.withoutCode(region, time), { action: "unknown", notice: null, holding: [] });
    assert.deepEqual(gate.takeRemovals(list, time), refused);
    assert.deepEqual(gate.issuer(region, time), { issuer: "unknown", roots: [] });
  }
  assert.equal(gate.status(region, 0, 0), null);
  assert.equal(gate.paper(region, new Uint8Array(16)), null);
}
assert.deepEqual(gate.takeTrustList(list, 0), { accepted: false, word: "form" });

// Every text has an action, also before there is a list to decide by.
for (const text of ["", "no code", "HC1P:330000:C00:000"]) {
  const { action, cause } = gate.verify(text, new Date(), memory);
  assert.deepEqual([action, cause], ["invalid", "text"]);
}
assert.equal(verifier.openGate({ ...SETTINGS, region: "330000" }).close(), true);
fails(() => verifier.openGate({ ...SETTINGS, region: "33" }), "wrong-value", "region", "the field region cannot have this value");

// What is remembered goes to storage and comes back.
const marks = {
  trustVersion: 7,
  keys: [
    { region: "330000", root: "0123456789abcdef", version: "0020000000000001", issuedAt: 1656388800 },
  ],
  status: [],
  paper: [{ region: "330000", sequence: 2, issuedAt: 1656388800 }],
};
const stored = JSON.parse(JSON.stringify(verifier.openGate({ ...SETTINGS, marks }).marks()));
assert.deepEqual(stored, marks);
assert.equal(gate.forgetPast(new Date()), undefined);

assert.equal(verifier.checkSignature({ ...KEY, message: "", signature: "" }), "no-signature");
assert.equal(memory.close(), true);
fails(() => gate.verify("", 0, memory), "no-memory", String(memory.number), `there is no memory ${memory.number}`);
console.log("the loader does what its types say");
