// The person's page: who is here, which screen is shown, and the frame around it.

import { find, h, put } from "../shared/dom.js";
import "../shared/look.js";
import { language, load, t } from "../shared/words.js";
import { keepPage } from "../shared/workers.js";
import { people, thing } from "./kept.js";
import { restore } from "./times.js";
import { offered } from "./methods.js";
import { cameBack } from "./sign-in.js";
import * as code from "./code.js";

const SCREENS = {
  code: () => code,
  enrol: () => import("./enrol.js"),
  declare: () => import("./declaring.js"),
  appeal: () => import("./appeal.js"),
  family: () => import("./family.js"),
  paper: () => import("./paper.js"),
  data: () => import("./data.js"),
  moving: () => import("./moving.js"),
  arriving: () => import("./arriving.js"),
  settings: () => import("./settings.js"),
};
const TABS = ["code", "family", "paper", "data", "settings"];

const page = { people: [], whose: null, leave: null, turn: 0 };

/** What a screen can do beside drawing itself. */
const context = {
  people: () => page.people,
  whose: () => page.whose,
  /** Acts from now on for somebody: `{person, ward, name}`. */
  choose(whose) {
    page.whose = whose;
  },
  /** Reads again who is here. */
  async reload(id) {
    page.people = await people();
    const kept = page.people.find((one) => one.id === id) || page.people[0];
    page.whose = kept ? { person: kept, ward: null, name: kept.label } : null;
  },
  go(name) {
    if (location.hash === `#${name}`) route();
    else location.hash = name;
  },
  redraw: () => route(),
  /** Draws everything again in another language. */
  async speak(tag) {
    await load(["shared", "person"], tag);
    frame();
    await route();
  },
};

function frame() {
  document.title = t("person.title");
  const { region: own, regionEn } = document.documentElement.dataset;
  const region = language().startsWith("zh") ? own : regionEn || own;
  const link = (name) => h("a", { href: `#${name}`, id: `tab-${name}` }, t(`tab.${name}`));
  put(
    find("app"),
    h("a.skip.button", { href: "#main", onclick: (event) => (event.preventDefault(), find("main").focus()) }, t("skip")),
    h("header.top", {}, h("span.name", {}, t("person.title")), region && h("span.region", {}, region)),
    h("main.stack", { id: "main", tabindex: "0" }),
    h("nav.tabs", { id: "tabs", "aria-label": t("tabs") }, TABS.map(link)),
  );
}

async function route() {
  page.turn += 1;
  const turn = page.turn;
  if (page.leave) page.leave();
  page.leave = null;
  // An application opens its answer in the page that is open.
  if (location.hash.startsWith("#sign-in?")) context.signedIn = cameBack();
  const asked = location.hash.slice(1);
  let name = SCREENS[asked] ? asked : "code";
  if (!page.whose && name !== "settings" && name !== "arriving") name = "enrol";
  const screen = await SCREENS[name]();
  if (turn !== page.turn) return;
  find("tabs").hidden = !page.whose;
  for (const tab of TABS) find(`tab-${tab}`).toggleAttribute("aria-current", tab === name);
  const main = find("main");
  main.className = `stack screen-${name}`;
  const leave = await screen.show(main, context);
  if (turn !== page.turn) {
    if (leave) leave();
    return;
  }
  page.leave = leave || null;
  performance.mark("screen");
  if (page.shown !== name) main.scrollTop = 0;
  const title = main.querySelector("h1");
  if (title && page.shown && page.shown !== name) {
    title.tabIndex = -1;
    title.focus();
  }
  page.shown = name;
}

/** Who is here. What they will be shown first is asked of the region meanwhile: their codes, or by which methods to enrol. */
async function look() {
  // A page that was kept here before has most likely somebody; asking at once saves whoever is new a round trip.
  const isNew = !navigator.serviceWorker?.controller;
  if (isNew) ask();
  restore(await thing("clock"));
  await context.reload();
  if (page.whose) context.begun = code.begin(page.whose);
  else if (!isNew) ask();

  function ask() {
    context.offered = offered();
    // Whoever asks is told why.
    context.offered.catch(() => {});
  }
}

async function begin() {
  context.signedIn = cameBack();
  await Promise.all([load(["shared", "person"]), look()]);
  frame();
  window.addEventListener("hashchange", route);
  await route();
  void keepPage("/sw.js", "/");
}

begin();
