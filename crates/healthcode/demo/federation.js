// The page of the trip: the worker's code, what every region's gate says of it, and what happens next.

const find = (id) => document.getElementById(id);
const page = { language: navigator.language.startsWith("zh") ? "zh" : "en", state: null };
const say = (zh, en) => (page.language === "zh" ? zh : en);
const of = (texts) => (texts ? texts[page.language] : "");

const ACTIONS = {
  pass: ["通行", "pass"],
  check: ["现场核验", "check by hand"],
  refuse: ["不予通行", "refuse"],
  unknown: ["状态未知", "unknown"],
  invalid: ["无效", "no code that counts"],
};
const LEVELS = { "00": ["低风险", "low"], "01": ["中风险", "medium"], 10: ["高风险", "high"], 20: ["未知", "unknown"] };
const word = (words, key) => {
  const found = words[key] || [key, key];
  return say(found[0], found[1]);
};

async function call(method, path) {
  const answer = await fetch(path, { method });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.detail || `HTTP ${answer.status}`);
  return content;
}

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** What gates said at a step, each with its region. */
function verdicts(said) {
  const list = document.createElement("ul");
  list.className = "plain verdicts small";
  list.append(...said.map((one) => element("li", `${of(one)}${say("：", ": ")}${word(ACTIONS, one.action)}`)));
  return list;
}

function tile(region) {
  const item = document.createElement("li");
  item.className = "card tile";
  item.append(element("h3", of(region)));
  const verdict = region.verdict;
  if (verdict) {
    item.dataset.action = verdict.action;
    item.append(element("p", word(ACTIONS, verdict.action)));
    if (verdict.says) item.append(element("p", of(verdict.says), "small"));
    if (verdict.rule) item.append(element("p", say(`规则 ${verdict.rule}`, `rule ${verdict.rule}`), "small soft"));
  }
  const people = say(`${region.people} 人，${region.exceptions} 人非低风险`, `${region.people} people, ${region.exceptions} not plainly low`);
  item.append(element("p", people, "small soft"));
  return item;
}

function show() {
  const state = page.state;
  document.documentElement.lang = page.language;
  for (const marked of document.querySelectorAll("[data-zh]")) marked.textContent = marked.dataset[page.language];
  const other = find("language");
  other.textContent = say("English", "中文");
  other.lang = say("en", "zh");
  if (!state) return;
  find("now").textContent = state.now.slice(0, 16).replace("T", " ");
  const picture = find("code");
  picture.hidden = !state.code;
  if (state.code) {
    const level = word(LEVELS, state.code.level);
    find("whose").textContent = say(`${of(state.code)}签发：${level}`, `issued by ${of(state.code)}: ${level}`);
    picture.alt = find("whose").textContent;
    // Live codes are good for about a minute: the picture is always the one of now.
    picture.src = `/demo/code.svg?${encodeURIComponent(state.now)}`;
  } else {
    find("whose").textContent = say("还没有健康码。", "She has no code yet.");
  }
  find("regions").replaceChildren(...state.regions.map(tile));
  find("steps").replaceChildren(
    ...state.steps.map((step) => {
      const item = element("li", of(step));
      if (step.verdicts.length) item.append(verdicts(step.verdicts));
      if (step.reason) item.append(element("p", `${say("原因：", "Reason: ")}${of(step.reason)}`, "small soft"));
      return item;
    }),
  );
  find("next").disabled = state.over;
  find("over").textContent = state.over ? say("行程结束。", "The trip is over.") : "";
}

async function look() {
  page.state = await call("GET", "/demo/state");
  show();
}

find("language").addEventListener("click", () => {
  page.language = say("en", "zh");
  show();
});
find("next").addEventListener("click", async () => {
  const button = find("next");
  button.disabled = true;
  // A step takes some seconds: five services do something.
  button.setAttribute("aria-busy", "true");
  find("fault").textContent = "";
  try {
    page.state = await call("POST", "/demo/next");
  } catch (error) {
    find("fault").textContent = error.message;
  }
  button.disabled = false;
  button.removeAttribute("aria-busy");
  show();
});
show();
look().catch((error) => (find("fault").textContent = error.message));
setInterval(() => look().catch(() => {}), 10000);
