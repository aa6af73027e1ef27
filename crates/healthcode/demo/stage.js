// The stage of the demonstration: who is played, what the laboratory reports, and what time it is.

const find = (id) => document.getElementById(id);
const state = { language: navigator.language.startsWith("zh") ? "zh" : "en", person: null };
const say = (zh, en) => (state.language === "zh" ? zh : en);

async function call(method, path, body) {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  const content = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(content?.detail || `HTTP ${answer.status}`);
  return content;
}

function words() {
  document.documentElement.lang = state.language;
  for (const element of document.querySelectorAll("[data-zh]")) element.textContent = element.dataset[state.language];
  const other = find("language");
  other.textContent = say("English", "中文");
  other.lang = say("en", "zh");
}

async function person() {
  state.person = await call("GET", "/demo/person");
  find("name").textContent = state.person.name;
  find("number").textContent = state.person.number;
  // The person's page proposes this one where it is asked for a name.
  localStorage.setItem("demo.person", JSON.stringify(state.person));
}

async function report(result) {
  const taken = await call("POST", "/demo/test", { number: state.person.number, result });
  find("reported").textContent = say(`已入库并重新判定，等级改变：${taken.changed} 人`, `Stored and decided; people whose level changed: ${taken.changed}`);
}

async function forward(hours) {
  await call("POST", "/demo/clock", { hours });
  await region();
}

async function region() {
  const found = await call("GET", "/demo/now");
  find("now").textContent = found.now;
  find("region").textContent = say(
    `${found.region}：${found.active} 人，其中 ${found.exceptions} 人非低风险或即将变化`,
    `${found.region}: ${found.active} people, ${found.exceptions} of them not plainly low`,
  );
}

function press(id, action) {
  find(id).addEventListener("click", () => action().catch((error) => (find("reported").textContent = error.message)));
}

find("language").addEventListener("click", () => {
  state.language = say("en", "zh");
  words();
  region();
});
press("other", person);
press("positive", () => report("positive"));
press("negative", () => report("negative"));
press("hour", () => forward(1));
press("day", () => forward(24));
press("week", () => forward(7 * 24));
words();
person();
region();
setInterval(() => region().catch(() => {}), 2000);
