// What the gate page's modules decide by themselves, in Node: modules.mjs WEB
//
// What they do with a camera, storage and a region is shown in a browser.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const at = (file) => import(pathToFileURL(`${process.argv[2]}/${file}`).href);
const { base } = await at("gate/signed.js");
const { compressed, make, publicFile } = await at("gate/key.js");
const { instruct, policyFor, venueOf } = await at("gate/venue.js");
const { Camera } = await at("gate/camera.js");
const { Decider, Recent, byWrongClock, issued, merged, shownAgain } = await at("gate/decide.js");
const { Scanner } = await at("gate/scanner.js");
const { Wedge } = await at("gate/wedge.js");
const { Counts } = await at("gate/counts.js");
const { Lists, days } = await at("gate/lists.js");
const { commitment, number, payload, receipts, signed } = await at("gate/receipt.js");
const time = await at("gate/time.js");

/** As much of IndexedDB as `gate/keep.js` uses. */
function storage() {
  const things = new Map();
  const later = (asking, name) => queueMicrotask(() => asking[name]?.());
  const objectStore = () => ({
    get: (name) => ({ result: structuredClone(things.get(name)) }),
    put: (value, name) => things.set(name, structuredClone(value)),
    delete: (name) => things.delete(name),
  });
  const transaction = () => {
    const made = { objectStore };
    later(made, "oncomplete");
    return made;
  };
  const open = () => {
    const asking = { result: { transaction } };
    later(asking, "onsuccess");
    return asking;
  };
  return { open };
}

globalThis.indexedDB = storage();

const rules = [];
const rule = (name, check) => rules.push([name, check]);

rule("a request is signed in the one form of spec/officers.md", () => {
  const head = { created: 1657857600, nonce: "AAECAwQFBgcICQoLDA0ODw", id: "west-1", region: "330000" };
  assert.equal(
    base({ method: "GET", target: "/v1/gate", ...head }).text,
    '"@method": GET\n"@path": /v1/gate\n"@query": ?\n"@signature-params": ("@method" "@path" "@query");created=1657857600' +
      ';nonce="AAECAwQFBgcICQoLDA0ODw";keyid="west-1";tag="healthcode-gate-330000"',
  );
  const { parameters, text } = base({ method: "POST", target: "/v1/look-ups?a=1", digest: "sha-256=:x:", ...head });
  assert.ok(parameters.startsWith('("@method" "@path" "@query" "content-type" "content-digest");created='));
  assert.ok(text.includes('"@query": ?a=1\n"content-type": application/json\n"content-digest": sha-256=:x:\n'));
});

rule("the gate's key cannot be read and its public half is compressed", async () => {
  const key = await make();
  await assert.rejects(crypto.subtle.exportKey("pkcs8", key.privateKey));
  const file = await publicFile(key);
  assert.deepEqual(Object.keys(file), ["algorithm", "key_id", "public"]);
  assert.match(file.public, /^0[23][0-9a-f]{64}$/);
  assert.match(file.key_id, /^[0-9a-f]{16}$/);
  assert.throws(() => compressed(new Uint8Array(33)), RangeError);
});

const genuine = { issuer: "330000", class: "live", level: "00", reason: "none", asOf: 1000, lastTest: null };
const verdict = (action, cause = "code", more = {}) => ({ action, cause, rule: null, notice: null, genuine, ...more });
const general = venueOf({ class: "general", freshness: 48, unknown: "lane" });
const hospital = venueOf({ class: "medical", freshness: 48, unknown: "lane" });

/** What `Lists` has its verifiers from; `asked` gets the modules' names. */
const loads = (openGate, asked = []) => async (name) => {
  asked.push(name);
  return { openGate, openMemory: () => ({ close() {} }) };
};

rule("a receipt is what every other gate makes of the same words", async () => {
  const folder = `${process.argv[2]}/../vectors/receipt`;
  const bytes = (text) => Uint8Array.from(text.match(/../g).map((pair) => Number.parseInt(pair, 16)));
  let compared = 0;
  for (const file of await readdir(folder)) {
    const vector = JSON.parse(await readFile(`${folder}/${file}`, "utf8"));
    if (vector.expect !== "good") continue;
    const salt = bytes(vector.receipt.salt);
    const receipt = { ...vector.receipt, salt, commitment: await commitment(vector.code, salt) };
    assert.equal(Buffer.from(payload(receipt)).toString("hex"), vector.payload, file);
    assert.equal(await number(receipt), vector.number, file);
    // Signatures differ each time; all before them is the same.
    const key = await make();
    const text = await signed(receipt, key.privateKey, "0123456789abcdef");
    assert.equal(text.length, vector.text.length, file);
    assert.equal(text.slice(0, 14), vector.text.slice(0, 14), file);
    compared += 1;
  }
  assert.ok(compared >= 5);
});

rule("an answer has a receipt for each authority, whatever it says", async () => {
  const ruling = { version: 3, rule: { place: 1, id: "low", zh: "", en: "" }, measures: [[0, 86400, 1]], contest: {} };
  const authorities = [
    { authority: "venue", action: "pass", ruling: null },
    { authority: "330000", action: "check", ruling },
  ];
  const answer = { verdict: verdict("check", "code", { authorities }) };
  const all = await receipts(answer, "HC1P…", { region: "330000", id: "west-1" }, 1657857600);
  assert.deepEqual(all.map(({ receipt }) => receipt.action), ["pass", "check"]);
  assert.deepEqual([all[0].receipt.policy, all[0].receipt.measures], [null, []]);
  assert.notDeepEqual(all[0].receipt.salt, all[1].receipt.salt);
  const { receipt } = all[1];
  assert.deepEqual(receipt.policy, { region: "330000", version: 3, rule: { place: 1, id: "low" } });
  assert.deepEqual(receipt.measures, [[0, 86400, 1]]);
  assert.equal(receipt.issuer, "330000");
  assert.ok(!JSON.stringify(receipt).includes("HC1P"));
  const alone = await receipts({ verdict: verdict("invalid", "text", { genuine: null }) }, "?", { region: "330000", id: "w" }, 1);
  assert.deepEqual([alone.length, alone[0].receipt.policy, alone[0].receipt.issuer], [1, null, null]);
});

rule("of another region a gate fetches the keys, and the one shard that a code names", async () => {
  const asked = [];
  const real = globalThis.fetch;
  globalThis.fetch = (target) => {
    asked.push(String(target));
    return Promise.resolve(new Response(new Uint8Array([1]), { status: 200 }));
  };
  const took = [];
  const take = (what) => (bytes, region) => (took.push([what, region]), { accepted: true, word: "new" });
  const marks = () => ({ status: [], paper: [] });
  const gate = { takeKeyList: take("keys"), takeStatusShard: take("shard"), takePaperList: take("paper"), marks };
  const lists = new Lists(loads(() => gate));
  lists.gate = gate;
  lists.settings = { region: "330000" };
  try {
    assert.equal(await lists.foreign("510000", { class: "carried", day: 19171, shard: 7 }), true);
    assert.deepEqual(asked, ["/v1/regions/510000/keys", "/v1/regions/510000/status-shard?day=19171&shard=7"]);
    // The same is not asked for again at once.
    assert.equal(await lists.foreign("510000", { class: "carried", day: 19171, shard: 7 }), false);
    assert.equal(await lists.foreign("510000", { class: "paper" }), true);
    assert.deepEqual(took.map(([what]) => what), ["keys", "shard", "paper"]);
    globalThis.fetch = () => Promise.reject(new TypeError("no network"));
    assert.equal(await lists.foreign("440000", null), false);
  } finally {
    globalThis.fetch = real;
  }
});

rule("a published policy is asked by the door from its time on, and the venue's own rules beside it", async () => {
  const taken = { accepted: true, word: "new" };
  const said = [];
  const gateOf = (marks = { status: [], paper: [], policies: [] }) => {
    const policies = [...(marks.policies ?? [])];
    const take = () => taken;
    return {
      close() {},
      forgetPast() {},
      setPolicy: (policy) => said.push(policy.version),
      setAuthorities: (asked) => said.push(asked),
      takeRecognition(bytes, region) {
        if (!policies.some((mark) => mark.region === region)) policies.push({ region, newest: 1 });
        return taken;
      },
      marks: () => ({ status: [], paper: [], policies }),
      ...{ takeTrustList: take, takeRemovals: take, takeKeyList: take, takePaperList: take, takeStatusDelta: take, takeNotices: take },
    };
  };
  let authorities = [];
  const asked = [];
  const real = globalThis.fetch;
  globalThis.fetch = async (target) => {
    if (target === "/v1/gate-settings") {
      return Response.json({ region: "330000", offset: "+08:00", now: new Date().toISOString(), hubKeys: [], policy: { version: "open", rules: [] }, authorities });
    }
    if (target === "/v1/identity/methods") return Response.json({ methods: [] });
    if (String(target).endsWith("?after=1")) return new Response(null, { status: 204 });
    if (/recognition-policy$/.test(target)) return new Response(Uint8Array.of(7));
    return new Response(null, { status: 404 });
  };
  const names = [];
  const lists = new Lists(loads(({ marks }) => gateOf(marks), names));
  const rules = (also) => ({ read: (policy) => ({ ...policy, version: "read" }), own: { version: "own", rules: [] }, also });
  lists.adapt(rules([]));
  const last = () => said.slice(-2);
  try {
    await lists.refresh(true);
    assert.deepEqual([names, last().at(-1)], [["verifier"], "read"]);
    // Announced: it is fetched, and counts from its time on.
    authorities = [{ region: "330000", from: new Date(Date.now() + 3_600_000).toISOString() }];
    await lists.refresh(true);
    assert.deepEqual([names, last()], [["verifier", "door"], ["read", { regions: [], venue: false }]]);
    authorities = [{ region: "330000", from: new Date(Date.now() - 1000).toISOString() }];
    await lists.refresh(true);
    assert.deepEqual(last(), ["own", { regions: ["330000"], venue: true }]);
    lists.adapt(rules(["510000"]));
    assert.deepEqual(last(), ["own", { regions: ["330000", "510000"], venue: true }]);
    await lists.refresh(true);
    const restarted = new Lists(loads(({ marks }) => gateOf(marks), names));
    restarted.adapt(rules(["510000"]));
    assert.equal(await restarted.restore(), true);
    assert.deepEqual([names.at(-1), last()], ["door", ["own", { regions: ["330000", "510000"], venue: true }]]);
    assert.deepEqual(venueOf({ also: "510000, 33; 510000 440000" }).also, ["510000", "440000"]);
  } finally {
    globalThis.fetch = real;
  }
});

rule("where people are treated nobody is turned away, whatever comes", () => {
  assert.deepEqual(hospital, { class: "medical", freshness: 0, unknown: "check", also: [] });
  const actions = ["pass", "check", "refuse", "unknown", "invalid", "unheard-of", undefined];
  for (const action of actions) {
    for (const cause of ["code", "forged", "expired", "replayed", "no-list"]) {
      const { do: told } = instruct(verdict(action, cause), hospital);
      assert.ok(["enter", "check"].includes(told), `${action} ${cause} ${told}`);
    }
  }
  assert.equal(instruct(verdict("refuse"), hospital).why, "gentle");
  assert.equal(instruct(undefined, hospital).do, "check");
});

rule("every verdict has an instruction, and unknown has the venue's own", () => {
  assert.deepEqual(instruct(verdict("pass"), general), { do: "enter", why: "pass" });
  assert.deepEqual(instruct(verdict("refuse"), general), { do: "stop", why: "refuse" });
  assert.equal(instruct(verdict("unknown", "no-list"), general).do, "lane");
  assert.equal(instruct(undefined, general).do, "lane");
  assert.equal(instruct(verdict("invalid", "expired"), general).do, "again");
  assert.equal(instruct(verdict("invalid", "forged"), general).do, "lane");
  assert.deepEqual(instruct(verdict("check", "stale", { notice: "facts-stale" }), general), {
    do: "check",
    why: "notice-facts-stale",
  });
  assert.equal(instruct(verdict("check"), general).why, "test");
  assert.deepEqual(instruct(verdict("pass"), general, 40), { do: "check", why: "seen" });
});

const plain = {
  version: "plain-1",
  rules: [
    { id: "low-passes", levels: ["00"], then: "pass" },
    { id: "medium-is-checked", levels: ["01"], then: "check" },
    { id: "high-is-refused", levels: ["10"], then: "refuse" },
    { id: "unknown-stays-unknown", levels: ["20"], then: "unknown" },
  ],
};

rule("a venue tightens the region's policy and never loosens it", () => {
  const [low, , high] = policyFor(general, plain).rules;
  assert.deepEqual([low.then, low.test_within, low.otherwise], ["pass", "172800s", "check"]);
  assert.equal(high.then, "refuse");
  const strict = { version: "s", rules: [{ id: "a", levels: ["00"], test_within: "1d", then: "pass", otherwise: "unknown" }] };
  assert.deepEqual(policyFor(general, strict).rules[0].test_within, "86400s");
  assert.equal(policyFor(general, strict).rules[0].otherwise, "unknown");
  assert.equal(policyFor(hospital, plain).rules[2].then, "check");
  assert.equal(policyFor(hospital, plain).rules[0].test_within, undefined);
  assert.equal(plain.rules[0].test_within, undefined);
});

// length 003, then the characters of three bytes: two in three, one in two.
const code = "HC1P:330000:C00:" + "000" + "003" + "ABCDE";

rule("a code is the same with another showing", () => {
  assert.equal(issued(code + "002" + "XYZ"), code);
  assert.equal(issued(code), code);
  assert.equal(issued("HC1P"), "HC1P");
});

rule("the same code is noticed when it comes again, and not as one reading", async () => {
  const recent = new Recent();
  assert.equal(await recent.note(code, 0), null);
  assert.equal(await recent.note(code + "002XYZ", 900), null);
  assert.equal(await recent.note(code, 2000), 1);
  assert.equal(await recent.note(code, 42_000), 40);
  assert.equal(await recent.note(code.replace("ABCDE", "ABCDF"), 42_000), null);
  assert.equal(await recent.note(code, 400_000), null);
  assert.equal(recent.size, 1);
});

const decider = (verify, confirm, venue = general) => new Decider({ verify, confirm, venue: () => venue });

rule("a verifier that fails leaves the guard with an instruction", async () => {
  const broken = decider(() => {
    throw new Error("broken");
  }, null);
  const answer = await broken.decide(code);
  assert.deepEqual([answer.do, answer.why, answer.verdict.cause], ["lane", "unknown", "fault"]);
});

rule("a region that never answers holds nobody up", async () => {
  const silent = decider(() => verdict("pass"), () => new Promise(() => {}));
  const answer = await silent.decide(code);
  assert.deepEqual([answer.do, answer.confirmed], ["enter", false]);
});

rule("the region's newer facts count, at once or when they come", async () => {
  const online = { action: "refuse", cause: "newer", rule: "high-is-refused", level: "10", reason: "test", asOf: "2022-07-15T12:00:00+08:00", lastTest: null };
  const quick = await decider(() => verdict("pass"), async () => online).decide(code);
  assert.deepEqual([quick.do, quick.confirmed, quick.verdict.genuine.level], ["stop", true, "10"]);
  let tell;
  const slow = () => new Promise((resolve) => (tell = resolve));
  const later = [];
  const first = await decider(() => verdict("pass"), slow).decide(code, (answer, changed) => later.push([answer.do, changed]));
  assert.equal(first.do, "enter");
  tell(online);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(later, [["stop", true]]);
});

rule("a region that does not know a code has confirmed nothing of it", async () => {
  const online = { action: "invalid", cause: "issuer-unknown", rule: null, level: null, reason: "none", asOf: null, lastTest: null };
  const quick = await decider(() => verdict("pass"), async () => online).decide(code);
  assert.deepEqual([quick.do, quick.confirmed], ["enter", "not-known"]);
  const both = await decider(() => verdict("invalid", "forged"), async () => online).decide(code);
  assert.deepEqual([both.do, both.confirmed], ["lane", true]);
});

rule("nobody walks in on a code that the region calls invalid, at once or when it says so", async () => {
  const said = (cause) => ({ action: "invalid", cause, rule: null, level: null, reason: "none", asOf: null, lastTest: null });
  const told = async (own, cause, venue) => {
    const answer = await decider(() => own, async () => said(cause), venue).decide(code);
    return [answer.do, answer.why, answer.confirmed];
  };
  for (const cause of ["expired", "not-its-day", "from-the-future", "showing-too-old"]) {
    assert.deepEqual(await told(verdict("pass"), cause), ["again", "time", "otherwise"]);
    assert.deepEqual(await told(verdict("pass"), cause, hospital), ["check", "time", "otherwise"]);
  }
  assert.deepEqual(await told(verdict("pass"), "key-removed"), ["check", "otherwise", "otherwise"]);
  assert.deepEqual(await told(verdict("check"), "forged"), ["check", "otherwise", "otherwise"]);
  // Nobody is let in for it either.
  assert.deepEqual(await told(verdict("refuse"), "expired"), ["stop", "refuse", "otherwise"]);
  assert.deepEqual(await told(verdict("unknown", "no-list"), "expired"), ["lane", "unknown", "otherwise"]);
  let tell;
  const later = [];
  const slow = () => new Promise((resolve) => (tell = resolve));
  const first = await decider(() => verdict("pass"), slow).decide(code, (answer, changed) => later.push([answer.do, changed]));
  assert.deepEqual([first.do, first.confirmed], ["enter", false]);
  tell(said("expired"));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(later, [["again", true]]);
});

rule("a gate whose clock is known to be wrong lets nobody in by itself", async () => {
  const online = { action: "pass", cause: "code", rule: "low-passes", level: "00", reason: "none", asOf: null, lastTest: null };
  const at = (own, confirm) => new Decider({ verify: () => own, confirm, venue: () => general, wrongClock: () => true }).decide(code);
  for (const confirm of [null, async () => online, async () => Promise.reject(new Error("none"))]) {
    const answer = await at(verdict("pass"), confirm);
    assert.deepEqual([answer.do, answer.why], ["check", "clock"]);
  }
  const sent = await at(verdict("invalid", "expired"), null);
  assert.deepEqual([sent.do, sent.why], ["again", "clock"]);
  const stopped = await at(verdict("refuse"), null);
  assert.deepEqual([stopped.do, stopped.why], ["stop", "refuse"]);
  const forged = { do: "lane", why: "invalid", verdict: verdict("invalid", "forged") };
  assert.equal(byWrongClock(forged), forged);
});

rule("a clock that is set back is noticed at once, and nothing waits for it to catch up", async () => {
  const asked = [];
  const gate = { setPolicy() {}, marks: () => ({ status: [], paper: [] }), forgetPast() {} };
  const opened = [];
  const lists = new Lists(loads((settings) => (opened.push(settings.region), gate)));
  const [real, now] = [globalThis.fetch, Date.now];
  const told = () => ({ region: "330000", offset: "+08:00", now: new Date(now()).toISOString(), hubKeys: [], policy: { version: "a", rules: [] } });
  globalThis.fetch = async (target) => {
    asked.push(target);
    const known = { "/v1/gate-settings": told(), "/v1/identity/methods": { methods: [] } }[target];
    return known ? Response.json(known) : new Response(null, { status: 404 });
  };
  try {
    await lists.refresh(true);
    assert.deepEqual([lists.alarms.filter(({ what }) => what === "clock"), opened], [[], ["330000"]]);
    const before = asked.length;
    await lists.refresh();
    assert.equal(asked.length, before, "nothing is due");
    Date.now = () => now() - 7_200_000;
    await lists.refresh();
    assert.ok(asked.slice(before).includes("/v1/gate-settings") && asked.slice(before).includes("/v1/keys"));
    assert.deepEqual(lists.alarms.filter(({ what }) => what === "clock"), [{ what: "clock", word: "differs" }]);
    Date.now = now;
    await lists.refresh();
    assert.deepEqual(lists.alarms.filter(({ what }) => what === "clock"), []);
  } finally {
    [globalThis.fetch, Date.now] = [real, now];
  }
});

rule("a stalled camera is told once, does not run meanwhile, and says when its pictures come again", async () => {
  const [document, navigator, setEvery, stopEvery, performance] = ["document", "navigator", "setInterval", "clearInterval", "performance"].map((name) =>
    Object.getOwnPropertyDescriptor(globalThis, name),
  );
  const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  let now = 0;
  let tick = () => {};
  let frames = [];
  const context = { drawImage() {}, getImageData: () => ({}) };
  define("document", { hidden: false, createElement: () => ({ getContext: () => context }) });
  const track = { addEventListener() {}, stop() {} };
  define("navigator", { mediaDevices: { getUserMedia: async () => ({ getVideoTracks: () => [track], getTracks: () => [track] }) } });
  define("setInterval", (work) => ((tick = work), 1));
  define("clearInterval", () => {});
  define("performance", { now: () => now });
  const heard = [];
  const video = { videoWidth: 640, videoHeight: 480, play: async () => {}, requestVideoFrameCallback: (frame) => frames.push(frame) };
  const camera = new Camera(video, { see: async () => heard.push("see"), stalled: (word) => heard.push(word), comes: () => heard.push("comes") });
  const frame = async () => {
    const due = frames;
    frames = [];
    for (const one of due) one();
    await new Promise((resolve) => setTimeout(resolve));
  };
  try {
    await camera.start();
    assert.equal(camera.runs, false);
    now = 100;
    await frame();
    assert.deepEqual([heard.splice(0), camera.runs], [["comes", "see"], true]);
    for (now = 1000; now <= 9000; now += 1000) tick();
    assert.deepEqual([heard.splice(0), camera.runs], [["no-picture"], false]);
    await frame();
    assert.deepEqual([heard.splice(0), camera.runs], [["comes", "see"], true]);
    now += 4000;
    tick();
    assert.deepEqual(heard, ["no-picture"]);
  } finally {
    camera.stop();
    await frame();
    for (const [name, was] of Object.entries({ document, navigator, setInterval: setEvery, clearInterval: stopEvery, performance })) {
      if (was) Object.defineProperty(globalThis, name, was);
      else delete globalThis[name];
    }
  }
});

rule("a policy that the verifier refuses is never among what a gate is opened with", async () => {
  const gate = {
    setPolicy(policy) {
      if (policy.version === "bad") throw new Error("refused");
    },
    marks: () => ({ status: [], paper: [] }),
    forgetPast() {},
  };
  const lists = new Lists(loads(() => gate));
  let policy = { version: "good", rules: [] };
  const told = () => ({ region: "330000", offset: "+08:00", now: new Date().toISOString(), hubKeys: [], policy });
  const before = globalThis.fetch;
  globalThis.fetch = async (target) => {
    const known = { "/v1/gate-settings": told(), "/v1/identity/methods": { methods: [] } }[target];
    return known ? Response.json(known) : new Response(null, { status: 404 });
  };
  try {
    await lists.refresh(true);
    policy = { version: "bad", rules: [] };
    await lists.refresh(true);
  } finally {
    globalThis.fetch = before;
  }
  assert.equal(lists.settings.policy.version, "good");
});

rule("the region's pass leaves what the venue asks for and what the gate noticed", () => {
  const online = { action: "pass", cause: "code", rule: "low-passes", level: "00", reason: "none", asOf: null, lastTest: null };
  const now = 1_657_857_600_000;
  assert.equal(merged(verdict("check"), online, general, now).action, "check");
  assert.equal(merged(verdict("invalid", "replayed"), online, general, now).action, "invalid");
  assert.equal(merged(verdict("unknown", "no-list"), online, general, now).action, "check");
  const lastTest = { kind: "antigen", at: "2022-07-15T10:00:00+08:00" };
  assert.equal(merged(verdict("unknown", "no-list"), { ...online, lastTest }, general, now).action, "pass");
  assert.equal(merged(verdict("unknown", "no-list"), online, hospital, now).action, "pass");
});

rule("one code at a time, each once while it is held up", () => {
  const heard = [];
  let now = 0;
  const note = (word) => (text) => heard.push(text ?? word);
  const back = (seconds) => heard.push(`back ${seconds}`);
  const to = { code: note("code"), held: () => {}, back, unread: note("unread"), several: note("several"), clear: note("clear") };
  const scanner = new Scanner(to, () => now);
  const see = (after, texts, unread = false) => {
    now += after;
    scanner.seen({ texts, unread });
  };
  see(2000, ["a"]);
  see(100, ["a"]);
  see(100, ["b"]);
  see(3900, ["b"]);
  see(4100, ["b"]);
  see(100, ["b", "c"]);
  see(100, ["b", "c"]);
  see(4100, [], true);
  see(900, [], true);
  see(200, [], true);
  see(100, []);
  assert.deepEqual(heard, ["a", "b", "b", "several", "unread", "clear"]);
});

rule("a code that was put down and comes again within seconds is told, and a shaking hand is not", () => {
  const heard = [];
  let now = 10_000;
  const to = { code: (text) => heard.push(text), held: () => heard.push("held"), back: (seconds) => heard.push(seconds) };
  const scanner = new Scanner({ ...to, unread: () => {}, several: () => heard.push("several"), clear: () => {} }, () => now);
  const see = (after, texts) => {
    now += after;
    scanner.seen({ texts, unread: false });
  };
  see(0, [code]);
  // Missed in some pictures, for less than the time in which it could be handed on.
  for (let picture = 0; picture < 7; picture += 1) see(200, []);
  see(90, [code]);
  // A slow device sees little in the same time, and takes nobody for another.
  see(900, []);
  see(900, [code + "002XYZ"]);
  assert.deepEqual(heard, [code, "held", "held"]);
  // Put down, and shown again by whoever comes next; a carried code with another showing too.
  for (let picture = 0; picture < 10; picture += 1) see(200, []);
  see(100, [code + "002ABC"]);
  see(100, [code + "002ABC"]);
  assert.deepEqual(heard.slice(3), [2, "held"]);
  for (let picture = 0; picture < 25; picture += 1) see(200, []);
  see(0, [code]);
  assert.equal(heard.at(-1), code);
  // Two that hold up one code at once are two.
  see(100, [code, code]);
  assert.equal(heard.at(-1), "several");
});

rule("one code lets one person in, and lets nobody in who was not", () => {
  const entered = { do: "enter", why: "pass", verdict: verdict("pass"), seen: null, confirmed: true };
  assert.deepEqual(shownAgain(entered, 3), { ...entered, do: "check", why: "back", seen: 3 });
  assert.equal(shownAgain({ ...entered, do: "check" }, 2).why, "back");
  for (const other of ["stop", "lane", "again"]) {
    const answer = { ...entered, do: other, why: "refuse" };
    assert.equal(shownAgain(answer, 3), answer);
  }
});

rule("a hand-held scanner is told from a hand", () => {
  const read = [];
  const wedge = new Wedge((text) => read.push(text));
  const type = (text, apart, inField = false) => {
    let at = 10_000 * (read.length + 1);
    return [...text, "Enter"].map((key) => wedge.key({ key, at: (at += apart), inField }));
  };
  const used = type(code, 10);
  assert.deepEqual(read, [code]);
  assert.equal(used[0], false);
  assert.ok(used.slice(1).every(Boolean));
  type(code, 200);
  type("HELLO WORLD AND MORE", 10);
  assert.deepEqual(read, [code]);
  assert.ok(type("330106199001011234", 10, true).every((used) => !used));
});

rule("numbers begin anew each day", () => {
  // Midnight is the region's, wherever the device believes to be.
  let day = Date.UTC(2022, 6, 15, 15, 59);
  const counts = new Counts({ day: "2022-07-15", enter: 3 }, () => day);
  assert.equal(counts.today.enter, 3);
  assert.throws(() => counts.add("person"), RangeError);
  day = Date.UTC(2022, 6, 15, 16, 1);
  assert.equal(counts.today.enter, 0);
});

rule("tomorrow's list is wanted from ten in the evening of the region", () => {
  const ten = Date.UTC(2022, 6, 15, 14) / 1000;
  assert.deepEqual(days(ten - 1, "+08:00"), [19188]);
  assert.deepEqual(days(ten, "+08:00"), [19188, 19189]);
  assert.deepEqual(days(ten + 7200, "+08:00"), [19189]);
});

rule("times are the region's", () => {
  assert.equal(time.minutes("-03:30"), -210);
  time.live("+06:00");
  assert.equal(time.dayOf(Date.UTC(2022, 6, 15, 17, 59)), "2022-07-15");
  assert.equal(time.there(Date.UTC(2022, 6, 15, 17, 59)).getUTCHours(), 23);
  time.live("+08:00");
  assert.equal(time.dayOf(Date.UTC(2022, 6, 15, 16, 0)), "2022-07-16");
});

rule("after a restart the newest notices hold, and older ones are refused", async () => {
  // As the verifier does: what was issued before what is held is refused.
  const gate = () => {
    let held = -1;
    const taken = { accepted: true };
    return {
      setPolicy() {},
      close() {},
      marks: () => ({ status: [], paper: [] }),
      forgetPast() {},
      takeTrustList: () => taken,
      takeKeyList: () => taken,
      takePaperList: () => taken,
      takeStatusDelta: () => taken,
      takeNotices(bytes) {
        if (bytes[0] < held) return { accepted: false, word: "rolled-back" };
        held = bytes[0];
        return taken;
      },
      held: () => held,
    };
  };
  const told = { region: "330000", offset: "+08:00", now: new Date().toISOString(), hubKeys: [], policy: { version: "a", rules: [] } };
  let notices = 7;
  const before = globalThis.fetch;
  globalThis.fetch = async (target) => {
    if (target === "/v1/gate-settings") return Response.json(told);
    if (target === "/v1/identity/methods") return Response.json({ methods: [] });
    if (target === "/v1/notices") return new Response(Uint8Array.of(notices));
    return new Response(null, { status: 404 });
  };
  try {
    await new Lists(loads(gate)).refresh(true);
    const restarted = new Lists(loads(gate));
    assert.equal(await restarted.restore(), true);
    assert.equal(restarted.gate.held(), 7, "they hold without network");
    notices = 6;
    await restarted.refresh(true);
    assert.equal(restarted.gate.held(), 7);
    assert.deepEqual(restarted.alarms, [{ what: "notices", word: "rolled-back" }]);
    // What was refused is not kept either.
    const third = new Lists(loads(gate));
    await third.restore();
    assert.equal(third.gate.held(), 7);
  } finally {
    globalThis.fetch = before;
  }
});

for (const [name, check] of rules) {
  try {
    await check();
  } catch (error) {
    console.error(`does not hold: ${name}`);
    throw error;
  }
}
console.log(`${rules.length} rules hold`);
