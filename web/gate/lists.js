// Everything by which this gate decides without network: fetched, taken by the verifier, kept, and taken again after a
// restart. The verifier refuses what is older than what was seen; its marks are kept in the same breath as the lists.
// Of other regions it has what codes of theirs named: keys, and lists of a million people each.

import { keep, kept } from "./keep.js";
import { list, settings } from "./region.js";
import { follow, live, minutes, seconds } from "./time.js";

/** How often each is asked for, in seconds. A notice is obeyed within a minute: it may be kept for 15 s on its way. */
const EVERY = { notices: 20, status: 30, removals: 30, keys: 60, paper: 120, policy: 300, trust: 1800, settings: 300 };
/** Deltas that are kept after a whole list; then the whole is fetched again. */
const MOST_DELTAS = 120;
/** Seconds after which a day's list is fetched whole again: a region that was restarted begins another one. */
const WHOLE_AGAIN = 600;
/** So many removals, and lists of other regions, are kept: the newest. */
const MOST_REMOVALS = 8;
const MOST_FOREIGN = 48;
/** What another region has is asked for again after so many seconds. */
const FOREIGN_AGAIN = 15;
/** Of one region: the policy in force and three that were announced. */
const MOST_POLICIES = 4;
/** From this hour on tomorrow's list is there. */
const EVENING = 22;
const DAY = 86_400;

/** From this on the clocks of region and gate differ too much for codes of a minute. */
const CLOCKS_DIFFER = 30_000;

/** The region's local days whose lists are wanted at a time: today's, and in the evening tomorrow's too. */
export function days(now, offset) {
  const local = now + minutes(offset) * 60;
  const today = Math.floor(local / DAY);
  return (local % DAY) / 3600 >= EVENING ? [today, today + 1] : [today];
}

/** The settings tell the region's time: asked for so often, in seconds, while the clocks differ. */
const WHILE_CLOCKS_DIFFER = 30;

/** Whether so many seconds have gone by since then. Where the clock was set back nothing waits for it to catch up. */
const over = (then, every, now) => now < then || now >= then + every;

/** Nothing yet. `policies` are `{region, bytes}`, `foreign` are `{region, what, bytes}`. */
const nothing = () => ({ trust: null, removals: [], keys: null, paper: null, notices: null, days: {}, policies: [], foreign: [] });

const same = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);

/**
 * The lists of one gate. `load` gives a verifier by its module's name: `door`, which takes recognition policies, where
 * somebody has published one, and `verifier` elsewhere. `changed` is called when something was taken.
 */
export class Lists {
  #load;
  #changed;
  #module = null;
  #verifier = null;
  #stored = nothing();
  #asked = {};
  #alarms = [];
  #answered = null;
  #rules = { read: (plain) => plain, own: null, also: [] };

  constructor(load, changed = () => {}) {
    this.#load = load;
    this.#changed = changed;
    this.gate = null;
    this.memory = null;
    this.settings = null;
  }

  /** When the region last answered, in seconds; null before it did. */
  get answered() {
    return this.#answered;
  }

  /** Lists that were refused although the region gave them: `{what, word}`. */
  get alarms() {
    return this.#alarms;
  }

  /** Takes what was kept; whether there was anything. */
  async restore() {
    const all = await kept("lists");
    if (!all) return false;
    if (all.settings.demonstration) follow(all.settings.ahead);
    this.#stored = { ...nothing(), ...all.stored };
    await this.#fit(all.settings, all.marks);
    this.#judge();
    this.#changed();
    return true;
  }

  /** Gives the gate everything that is held: after a restart, and where it has become another one. */
  #retake() {
    const now = seconds();
    const { trust, removals, keys, paper, notices, policies, foreign } = this.#stored;
    if (trust) this.#take("trust", this.gate.takeTrustList(trust, now));
    this.#stored.removals = removals.filter((bytes) => this.gate.takeRemovals(bytes, now).accepted);
    if (keys) this.#take("keys", this.gate.takeKeyList(keys, this.region, now));
    for (const [, chain] of this.#chains()) {
      for (const bytes of chain.bytes) this.#take("status", this.gate.takeStatusDelta(bytes, this.region, now));
    }
    if (paper) this.#take("paper", this.gate.takePaperList(paper, this.region, now));
    // The newest list of notices is its own mark: with it taken first, no older one is taken any more.
    if (notices) this.#take("notices", this.gate.takeNotices(notices, this.region, now));
    if (this.#module === "door") {
      this.#stored.policies = policies.filter(({ region, bytes }) => this.gate.takeRecognition(bytes, region, now).accepted);
    }
    // A region's keys stand before what they vouch for. What has ended is let go.
    const first = [...foreign].sort((one, other) => (other.what === "keys") - (one.what === "keys"));
    this.#stored.foreign = first.filter((one) => this.#takeForeign(one, now).accepted);
  }

  /** The region's division. */
  get region() {
    return this.settings.region;
  }

  /**
   * Sets the venue's rules: `own` beside what regions have published and signed, or null for none; `read` is how it reads
   * the region's policy where nothing is published; `also` are regions that it answers to besides its own.
   */
  adapt(rules) {
    this.#rules = rules;
    if (!this.gate) return;
    this.#judge();
    // What was named now is asked for at the next turn.
    this.#asked.policy = 0;
  }

  /** The regions that are asked for their policies. */
  #asks(told = this.settings) {
    return [...new Set([...(told.authorities ?? []).map((one) => one.region), ...this.#rules.also])];
  }

  /**
   * Whom the gate has to satisfy. What its region has published counts when its time has come and it is held, and until
   * then the region's policy in the open. Of other regions nothing but what they have published is known.
   */
  #judge() {
    const published = this.settings.authorities ?? [];
    const held = new Set((this.gate.marks().policies ?? []).map((mark) => mark.region));
    const { read, own, also } = this.#rules;
    const begun = ({ region, from }) => held.has(region) && Date.parse(from) <= seconds() * 1000;
    const counts = published.length > 0 && published.every(begun);
    const regions = counts ? this.#asks() : also;
    const venue = counts ? own : read(this.settings.policy);
    this.gate.setPolicy(venue ?? this.settings.policy);
    if (this.#module === "door") this.gate.setAuthorities({ regions, venue: regions.length > 0 && venue !== null });
  }

  /** Has the module that is needed. A gate that becomes another one goes on with everything that it held. */
  async #fit(told, known) {
    const marks = () => (this.gate ? this.gate.marks() : known);
    const needs = this.#asks(told).length > 0 || (marks()?.policies ?? []).length > 0 ? "door" : "verifier";
    if (this.gate && needs === this.#module) return;
    const verifier = needs === this.#module ? this.#verifier : await this.#load(needs);
    const remembered = marks();
    const before = [this.gate, this.memory];
    this.settings = told;
    live(told.offset);
    const { hubKeys, policy, region } = told;
    this.gate = verifier.openGate({ hubKeys, region, policy: this.#rules.read(policy), ...(remembered ? { marks: remembered } : {}) });
    // Showings of the last minute are forgotten with the memory, as they are when the page is opened anew.
    this.memory = verifier.openMemory();
    [this.#module, this.#verifier] = [needs, verifier];
    for (const one of before) one?.close();
    this.#retake();
  }

  /** Asks for everything that is due; what fails is asked for again when it is due next. */
  async refresh(all = false) {
    const now = seconds();
    const every = { ...EVERY };
    if (this.#alarms.some((alarm) => alarm.what === "clock")) every.settings = WHILE_CLOCKS_DIFFER;
    const due = (what) => all || !this.gate || over(this.#asked[what] ?? 0, every[what], now);
    const outcomes = [];
    const ask = async (what, work) => {
      if (!due(what)) return;
      this.#asked[what] = now;
      try {
        await work();
        this.#answered = seconds();
        outcomes.push(true);
      } catch (error) {
        // A gate goes on by what it has; verdicts say when that has ended.
        outcomes.push(false);
        if (error.status !== undefined) this.#answered = seconds();
      }
    };
    await ask("settings", () => this.#settings());
    if (!this.gate) return false;
    await ask("trust", async () => {
      const bytes = await list("/v1/trust-list");
      if (this.#take("trust", this.gate.takeTrustList(bytes, seconds()))) this.#stored.trust = bytes;
    });
    await ask("removals", async () => {
      const bytes = await list("/v1/removals").catch((error) => (error.status === 404 ? null : Promise.reject(error)));
      if (!bytes || this.#stored.removals.some((one) => same(one, bytes))) return;
      if (!this.#take("removals", this.gate.takeRemovals(bytes, seconds()))) return;
      this.#stored.removals = [...this.#stored.removals, bytes].slice(-MOST_REMOVALS);
    });
    await ask("keys", async () => {
      const bytes = await list("/v1/keys");
      if (this.#take("keys", this.gate.takeKeyList(bytes, this.region, seconds()))) this.#stored.keys = bytes;
    });
    await Promise.all([
      ask("notices", async () => {
        const bytes = await list("/v1/notices");
        if (this.#take("notices", this.gate.takeNotices(bytes, this.region, seconds()))) this.#stored.notices = bytes;
      }),
      ask("policy", () => this.#recognition()),
      ask("status", () => this.#status()),
      ask("paper", async () => {
        const bytes = await list("/v1/paper-list");
        if (this.#take("paper", this.gate.takePaperList(bytes, this.region, seconds()))) this.#stored.paper = bytes;
      }),
    ]);
    // A policy's time may have come.
    this.#judge();
    if (outcomes.length > 0) {
      this.gate.forgetPast(seconds());
      await this.#keep();
      this.#changed();
    }
    return outcomes.every(Boolean);
  }

  /**
   * Fetches what a code of another region is judged by: its region's keys, and the one shard or the paper list that it
   * names. Whether something was taken. It is asked for from the gate's own region, which passes it on.
   */
  async foreign(region, genuine) {
    const wanted = ["keys"];
    if (genuine?.class === "carried") wanted.push(`status-shard?day=${genuine.day}&shard=${genuine.shard}`);
    else if (genuine?.class === "paper") wanted.push("paper-list");
    let taken = false;
    for (const what of wanted) {
      const name = `${region} ${what}`;
      const now = seconds();
      if (!over(this.#asked[name] ?? 0, FOREIGN_AGAIN, now)) continue;
      this.#asked[name] = now;
      try {
        const bytes = await list(`/v1/regions/${region}/${what}`);
        const one = { region, what, bytes };
        if (!bytes || !this.#takeForeign(one, seconds()).accepted) continue;
        taken = true;
        const others = this.#stored.foreign.filter((other) => other.region !== region || other.what !== what);
        this.#stored.foreign = [...others, one].slice(-MOST_FOREIGN);
      } catch {
        // What cannot be had is not held: the verdict stays unknown.
      }
    }
    if (taken) await this.#keep();
    return taken;
  }

  #takeForeign({ region, what, bytes }, now) {
    if (what === "keys") return this.gate.takeKeyList(bytes, region, now);
    return what === "paper-list" ? this.gate.takePaperList(bytes, region, now) : this.gate.takeStatusShard(bytes, region, now);
  }

  /** Has a list asked for at the next turn: a code needs a newer one than is held. At most every five seconds. */
  again(what) {
    if (!over(this.#asked[what] ?? 0, 5, seconds())) return;
    this.#asked[what] = 0;
    if (what === "status") for (const [, chain] of this.#chains()) chain.whole = 0;
  }

  /** From when the facts are by which codes of a class are judged offline; null without a list. */
  times() {
    const marks = this.gate?.marks();
    const [today] = days(seconds(), this.settings?.offset ?? "+08:00");
    const status = marks?.status.find((mark) => mark.region === this.region && mark.day === today);
    const paper = marks?.paper.find((mark) => mark.region === this.region);
    return { status: status?.issuedAt ?? null, paper: paper?.issuedAt ?? null };
  }

  #chains() {
    return Object.entries(this.#stored.days);
  }

  async #settings() {
    const told = await settings();
    const differ = Date.parse(told.now) - Date.now();
    // Kept with the settings: a demonstration goes on by its own clock without network too.
    told.ahead = differ;
    if (told.demonstration) follow(differ);
    else if (Math.abs(differ) > CLOCKS_DIFFER) this.#alarm("clock", "differs");
    else this.#alarms = this.#alarms.filter((alarm) => alarm.what !== "clock");
    const known = this.settings;
    if (known && (known.region !== told.region || JSON.stringify(known.hubKeys) !== JSON.stringify(told.hubKeys))) {
      // The first keys to believe never change by word of the network: a gate is set up anew by hand.
      this.#alarm("settings", "other-region-or-keys");
      return;
    }
    // A policy that the verifier refuses is not kept: with it the gate could not be opened again.
    if (known) this.gate.setPolicy(this.#rules.read(told.policy));
    await this.#fit(told);
    this.settings = told;
    live(told.offset);
    this.#judge();
  }

  /** What regions have published: the policy in force, and what is announced. */
  async #recognition() {
    await this.#fit(this.settings);
    const asked = this.#asks().map((region) => this.#policiesOf(region));
    // One region that does not answer keeps nobody from the others.
    const failed = (await Promise.allSettled(asked)).find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** The one in force, and whatever comes after the newest that is held. */
  async #policiesOf(region) {
    const at = region === this.region ? "/v1/recognition-policy" : `/v1/regions/${region}/recognition-policy`;
    for (let after = "", asked = 0; asked <= MOST_POLICIES; asked += 1) {
      const bytes = await list(`${at}${after}`);
      if (bytes === null || !this.#take("policy", this.gate.takeRecognition(bytes, region, seconds()))) return;
      const own = this.#stored.policies.filter((one) => one.region === region && !same(one.bytes, bytes));
      const others = this.#stored.policies.filter((one) => one.region !== region);
      this.#stored.policies = [...others, ...own.slice(1 - MOST_POLICIES), { region, bytes }];
      after = `?after=${this.gate.marks().policies.find((one) => one.region === region).newest}`;
    }
  }

  /** A day's list: the whole, then the steps after it. */
  async #status() {
    const wanted = days(seconds(), this.settings.offset);
    for (const day of Object.keys(this.#stored.days)) {
      if (!wanted.includes(Number(day))) delete this.#stored.days[day];
    }
    for (const day of wanted) {
      const chain = (this.#stored.days[day] ??= { bytes: [], newest: null });
      const old = over(chain.whole ?? 0, WHOLE_AGAIN, seconds());
      if (old || chain.bytes.length > MOST_DELTAS) chain.newest = null;
      for (;;) {
        const after = chain.newest === null ? "" : `&after=${chain.newest}`;
        const bytes = await list(`/v1/status-list?day=${day}${after}`);
        if (bytes === null) break;
        const before = chain.newest;
        if (!this.#take("status", this.gate.takeStatusDelta(bytes, this.region, seconds()))) {
          // What does not follow is fetched whole the next time.
          chain.newest = null;
          break;
        }
        const mark = this.gate.marks().status.find((one) => one.region === this.region && one.day === day);
        chain.newest = mark?.newest ?? null;
        if (before === null || mark?.full === mark?.newest) {
          chain.bytes = [bytes];
          chain.whole = seconds();
        } else {
          chain.bytes.push(bytes);
        }
        if (chain.newest === null || chain.newest === before) break;
      }
    }
  }

  #take(what, offered) {
    if (!offered.accepted) this.#alarm(what, offered.word);
    else this.#alarms = this.#alarms.filter((alarm) => alarm.what !== what);
    return offered.accepted;
  }

  #alarm(what, word) {
    this.#alarms = [...this.#alarms.filter((alarm) => alarm.what !== what), { what, word }];
  }

  async #keep() {
    const lists = { settings: this.settings, marks: this.gate.marks(), stored: this.#stored };
    try {
      await keep({ lists });
    } catch {
      this.#alarm("device", "cannot-keep");
    }
  }
}
