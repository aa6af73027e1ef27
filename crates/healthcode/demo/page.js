// The demonstration: the person's, the gate's and the laboratory's side of one region, over its API.
"use strict";

const find = (id) => document.getElementById(id);
const state = { lang: "zh", person: null, token: null, shown: null, explained: "" };
const LEVELS = {
  "00": { zh: "● 低风险", en: "● low" },
  "01": { zh: "▲ 中风险", en: "▲ medium" },
  10: { zh: "■ 高风险", en: "■ high" },
  20: { zh: "◆ 未知", en: "◆ unknown" },
};
const ACTIONS = {
  pass: { zh: "✔ 通行", en: "✔ pass" },
  check: { zh: "？ 需要核查", en: "? check" },
  refuse: { zh: "✘ 不通行", en: "✘ refuse" },
  unknown: { zh: "◆ 无法判定，按场所规定处理", en: "◆ cannot tell: the venue's rule for unknown applies" },
  invalid: { zh: "✘ 不是有效的码", en: "✘ not a valid code" },
};
const say = (zh, en) => (state.lang === "zh" ? zh : en);

async function call(method, path, body, token) {
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(path, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const content = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(content?.detail || content?.title || `HTTP ${answer.status}`);
  return content;
}

function words() {
  document.documentElement.lang = state.lang;
  for (const element of document.querySelectorAll("[data-zh]")) {
    element.textContent = element.dataset[state.lang];
  }
  const other = find("language");
  other.textContent = say("English", "中文");
  other.lang = say("en", "zh");
  state.explained = "";
  draw();
}

function draw() {
  const shown = state.shown;
  if (!shown) return;
  find("before").hidden = true;
  find("code").hidden = false;
  find("level").textContent = LEVELS[shown.level][state.lang];
  const until = shown.until ? say(`，最早于 ${shown.until} 变化`, `, may next change at ${shown.until}`) : "";
  find("as-of").textContent = say(`数据时点 ${shown.asOf}${until}`, `As of ${shown.asOf}${until}`);
}

async function person() {
  state.person = await call("GET", "/demo/person");
  find("name").textContent = state.person.name;
  find("number").textContent = state.person.number;
}

async function enrol() {
  const now = await call("GET", "/demo/now");
  const made = await call("POST", "/v1/enrolments", {
    identity: { method: "demo" },
    profile: { name: state.person.name },
    document: { type: "111", number: state.person.number },
    consents: [{ purpose: "code", version: 1, days: 365 }],
    declaration: {
      health: { symptoms: ["1"], stayedHighRisk: "2", contactWithCase: "2", reportedAt: now.now },
    },
  });
  state.token = made.shown.token;
  for (const id of ["scan", "positive"]) find(id).disabled = false;
  await show();
}

async function show() {
  if (!state.token) return;
  const shown = await call("GET", "/v1/code", undefined, state.token);
  if (shown.token) state.token = shown.token;
  const text = shown.codes[0].text;
  const turned = state.shown?.level !== shown.level;
  state.shown = shown;
  // What a gate said of another level is not true any more.
  if (turned) find("verdict").textContent = "";
  draw();
  const picture = await fetch("/demo/qr", { method: "POST", body: text });
  if (picture.ok) find("qr").innerHTML = await picture.text();
  if (turned || !state.explained) await why();
}

async function why() {
  const found = await call("GET", "/v1/why", undefined, state.token);
  const list = document.createElement("dl");
  const entry = (term, what) => {
    if (!what) return;
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = term;
    dd.textContent = what;
    list.append(dt, dd);
  };
  const pick = (text) => (text ? text[state.lang] : "");
  for (const reason of found.reasons || []) {
    entry(say("原因", "Reason"), pick(reason.says));
    entry(say("最迟至", "Until at the latest"), reason.until || "");
    entry(say("可以提前结束", "Ends sooner by"), (reason.sooner || []).map(pick).join(say("；", "; ")));
    entry(say("您可以", "You may"), pick(reason.may));
    entry(say("下一步", "Next"), pick(reason.next));
  }
  const ground = document.createElement("p");
  ground.textContent = pick(found.ground);
  find("why").replaceChildren(ground, list);
  state.explained = state.shown.level;
}

async function scan() {
  const verdict = await call("POST", "/v1/verdicts", { text: state.shown.codes[0].text });
  const level = verdict.level ? `${LEVELS[verdict.level][state.lang]}, ` : "";
  find("verdict").textContent = `${ACTIONS[verdict.action][state.lang]} (${level}${verdict.cause})`;
}

async function positive() {
  const report = await call("POST", "/demo/positive", { number: state.person.number });
  find("reported").textContent = say(
    `已入库并重新判定：${report.changed} 人`,
    `Stored and decided: the level of ${report.changed} person changed`,
  );
}

async function forward(hours) {
  await call("POST", "/demo/clock", { hours });
  await region();
  await show();
}

async function region() {
  const found = await call("GET", "/demo/now");
  find("now").textContent = found.now;
  find("region").textContent = say(
    `${found.region}：${found.active} 人，其中 ${found.exceptions} 人非低风险或即将变化`,
    `${found.region}: ${found.active} people, ${found.exceptions} of them not plainly low`,
  );
}

function guarded(id, action) {
  find(id).addEventListener("click", async () => {
    try {
      await action();
    } catch (error) {
      find("verdict").textContent = error.message;
    }
  });
}

find("language").addEventListener("click", () => {
  state.lang = say("en", "zh");
  words();
  region();
  if (state.token) why();
});
guarded("enrol", enrol);
guarded("scan", scan);
guarded("positive", positive);
guarded("day", () => forward(24));
guarded("week", () => forward(7 * 24));
person();
region();
setInterval(() => show().catch(() => {}), 1000);
setInterval(() => region().catch(() => {}), 5000);
