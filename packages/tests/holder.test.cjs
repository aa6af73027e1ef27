// The holder's page in the simulator of mini programs: holder.test.cjs, run by Node with the packages of package-lock.json.

const assert = require("node:assert/strict");
const path = require("node:path");
const zlib = require("node:zlib");
const { JSDOM } = require("jsdom");

const dom = new JSDOM("<!doctype html><body></body>", { pretendToBeVisual: true });
for (const name of ["window", "document", "HTMLElement", "Node", "Event", "CustomEvent", "MutationObserver"]) {
  Object.defineProperty(globalThis, name, { value: name === "window" ? dom.window : dom.window[name], configurable: true, writable: true });
}
Object.defineProperty(globalThis, "navigator", { value: dom.window.navigator, configurable: true });
const simulate = require("miniprogram-simulate");

const root = path.resolve(process.argv[2]);
const showing = require(path.join(root, "lib/showing.js"));
const { png } = require(path.join(root, "lib/picture.js"));
const WORDS = { zh: require(path.join(root, "words/zh.js")), en: require(path.join(root, "words/en.js")) };

const CODE = "HC1P:330000:L00:000131RRQT 9P60GO015FJ+3";
const at = (milliseconds) => new Date(milliseconds).toISOString();

/** A phone with an app and a region behind it. */
function phone({ answers = {}, kept = {} } = {}) {
  const asked = [];
  const storage = { ...kept };
  globalThis.wx = {
    getStorageSync: (name) => storage[name] ?? "",
    setStorageSync: (name, value) => (storage[name] = value),
    removeStorageSync: (name) => delete storage[name],
    arrayBufferToBase64: (buffer) => Buffer.from(buffer).toString("base64"),
    login: ({ success }) => setTimeout(() => success({ code: "auth-1" })),
    request(options) {
      const sent = { ...options, body: options.data ? JSON.parse(options.data) : undefined };
      asked.push(sent);
      const route = `${options.method} ${new URL(options.url).pathname}`;
      const answer = answers[route];
      const told = typeof answer === "function" ? answer(sent) : answer;
      setTimeout(() => {
        if (!told) options.fail({ errMsg: "request:fail" });
        else options.success({ statusCode: told.status ?? 200, data: told.data, header: told.header ?? {} });
      });
    },
  };
  return { asked, storage };
}

const shown = (level, now = Date.now(), more = {}) => ({
  codes: [{ text: CODE, from: at(now) }, { text: `${CODE}2`, from: at(now + 60000) }],
  level,
  reason: level === "00" ? "none" : "test",
  asOf: "2022-07-15T12:00:00+08:00",
  until: null,
  lastTest: null,
  ...more,
});

const open = [];
async function begin() {
  const id = simulate.load(path.join(root, "pages/code/code"), { rootPath: root });
  const page = simulate.render(id, { at: "https://region.example" });
  page.attach(document.createElement("div"));
  open.push(page);
  await page.instance.begun;
  return page;
}

async function until(condition) {
  for (let turn = 0; turn < 400; turn += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`did not come: ${condition}`);
}

const rules = [];
const rule = (name, check) => rules.push([name, check]);

rule("whoever has no token declares, and the app's authorisation code proves who they are", async () => {
  const { asked, storage } = phone({
    answers: {
      "GET /v1/identity/methods": { data: { methods: [{ method: "wechat", way: "code", title: { zh: "微信", en: "WeChat" } }] } },
      "POST /v1/enrolments": { data: { new: true, identity: "wechat", shown: shown("00", Date.now(), { token: "t-1" }) } },
    },
  });
  const page = await begin();
  assert.equal(page.data.view, "declare");
  const { instance } = page;
  await instance.declare();
  assert.equal(page.data.wrong, WORDS.zh.needed);
  for (const [name, value] of [["name", "张晓"], ["symptoms", "no"], ["stayed", "no"], ["contact", "no"]]) {
    instance.typed({ currentTarget: { dataset: { name } }, detail: { value } });
  }
  instance.agreed({ detail: { value: ["yes"] } });
  await instance.declare();
  assert.equal(page.data.view, "code");
  const { body, url } = asked.find(({ method }) => method === "POST");
  assert.equal(url, "https://region.example/v1/enrolments");
  assert.deepEqual(body.identity, { method: "wechat", proof: "auth-1" });
  assert.deepEqual(body.profile, { name: "张晓" });
  assert.deepEqual(body.declaration.health.symptoms, ["1"]);
  assert.equal(storage.token, "t-1");
  // Nothing that was typed stays on the phone.
  assert.deepEqual(Object.keys(storage), ["token"]);
  assert.equal(page.data.values.name, "");
});

rule("the code shows level as word and shape, and refreshes the token", async () => {
  const { asked, storage } = phone({ kept: { token: "old" }, answers: { "GET /v1/code": { data: shown("10", Date.now(), { token: "new" }) } } });
  const page = await begin();
  assert.equal(asked[0].header.authorization, "Bearer old");
  assert.equal(storage.token, "new");
  assert.deepEqual([page.data.level, page.data.shape], ["10", "■"]);
  assert.ok(page.data.picture.startsWith("data:image/png;base64,"));
  const html = page.dom.innerHTML;
  assert.ok(html.includes(WORDS.zh["level.10"]) && html.includes("■"), html);
  page.instance.turnLanguage();
  assert.ok(page.dom.innerHTML.includes(WORDS.en["level.10"]));
  assert.equal(storage.language, "en");
});

rule("without network the code of this minute stays and says so; one that is over goes", async () => {
  let reached = true;
  phone({ kept: { token: "t" }, answers: { "GET /v1/code": () => (reached ? { data: shown("00") } : null) } });
  const page = await begin();
  reached = false;
  await page.instance.fetch();
  assert.equal(page.data.notice, WORDS.zh.offline);
  assert.notEqual(page.data.picture, "");
  page.instance.own.ahead += 180000;
  await page.instance.fetch();
  assert.equal(page.data.picture, "");
  reached = true;
  page.instance.own.ahead = 0;
  await page.instance.fetch();
  assert.deepEqual([page.data.notice, page.data.picture === ""], ["", false]);
});

rule("a token that has ended leads back to the declaration", async () => {
  const { storage } = phone({ kept: { token: "t" }, answers: { "GET /v1/code": { status: 401, data: { title: "x" } } } });
  const page = await begin();
  await until(() => page.data.view === "declare");
  assert.equal(storage.token, undefined);
  assert.equal(page.data.wrong, WORDS.zh.gone);
});

rule("a region that is busy is asked again later, and never by all phones at once", () => {
  assert.equal(showing.wait(0, 8, 0), 8000);
  for (const tries of [0, 1, 5, 20]) {
    const [least, most] = [showing.wait(tries, 0, 0), showing.wait(tries, 0, 0.999)];
    assert.ok(least >= 1000 && most <= 30000 && most > least * 1.9, `${tries}: ${least} ${most}`);
  }
});

rule("the code of the minute is shown by the region's clock", () => {
  const now = 1_657_857_600_000;
  const told = shown("00", now);
  assert.equal(showing.ahead(told, now - 100, now + 100), 0);
  assert.equal(showing.ahead(told, now - 3_600_000, now - 3_600_000), 3_600_000);
  assert.equal(showing.current(told, now + 30_000), CODE);
  assert.equal(showing.current(told, now + 61_000), `${CODE}2`);
  assert.equal(showing.current(told, now + 121_000), null);
  assert.equal(showing.untilChange(told, now + 30_000), 30_000);
  assert.equal(showing.isLast(told, now + 60_000), true);
});

rule("the picture is a PNG whose squares are the code's", () => {
  const bytes = Buffer.from(png(CODE));
  assert.equal(bytes.subarray(1, 4).toString(), "PNG");
  const side = bytes.readUInt32BE(16);
  const length = bytes.readUInt32BE(33);
  const rows = zlib.inflateSync(bytes.subarray(41, 41 + length));
  assert.equal(rows.length, side * (Math.ceil(side / 8) + 1));
  // The finder's corner: dark after four white modules of six pixels.
  const width = Math.ceil(side / 8) + 1;
  const dark = (x, y) => (rows[y * width + 1 + (x >> 3)] & (128 >> (x & 7))) === 0;
  assert.deepEqual([dark(23, 30), dark(24, 24), dark(30, 30), dark(33, 33)], [false, true, false, false]);
});

rule("both languages have every word", () => {
  assert.deepEqual(Object.keys(WORDS.zh).sort(), Object.keys(WORDS.en).sort());
});

(async () => {
  for (const [name, check] of rules) {
    try {
      await check();
    } catch (error) {
      console.error(`does not hold: ${name}`);
      throw error;
    } finally {
      for (const page of open.splice(0)) page.detach();
    }
  }
  console.log(`${rules.length} rules hold`);
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
