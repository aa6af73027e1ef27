// Everything by which this gate decides without network: fetched, taken by the verifier, kept, and taken again after a
// restart. The verifier refuses what is older than what was seen; its marks are kept in the same breath as the lists.

import { keep, kept } from "./keep.js";
import { list, settings } from "./region.js";
import { follow, live, minutes, seconds } from "./time.js";

/** How often each is asked for, in seconds. A notice is obeyed within a minute: it may be kept for 15 s on its way. */
const EVERY = { notices: 20, status: 30, keys: 60, paper: 120, policy: 300, trust: 1800, settings: 300 };
/** Deltas that are kept after a whole list; then the whole is fetched again. */
const MOST_DELTAS = 120;
/** Seconds after which a day's list is fetched whole again: a region that was restarted begins another one. */
const WHOLE_AGAIN = 600;
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

/** The lists of one gate. `changed` is called when something was taken. */
export class Lists {
  #verifier;
  #changed;
  #stored = { trust: null, keys: null, paper: null, notices: null, days: {}, policies: [] };
  #asked = {};
  #alarms = [];
  #answered = null;
  #rules = { read: (plain) => plain, own: null };

  constructor(verifier, changed = () => {}) {
    this.#verifier = verifier;
    this.#changed = changed;
    this.gate = null;
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
    this.#open(all.settings, all.marks);
    const now = seconds();
    this.#stored = all.stored;
    this.#stored.policies ??= [];
    const { trust, keys, paper, notices } = all.stored;
    if (trust) this.#take("trust", this.gate.takeTrustList(trust, now));
    if (keys) this.#take("keys", this.gate.takeKeyList(keys, this.region, now));
    for (const [, chain] of this.#chains()) {
      for (const bytes of chain.bytes) this.#take("status", this.gate.takeStatusDelta(bytes, this.region, now));
    }
    if (paper) this.#take("paper", this.gate.takePaperList(paper, this.region, now));
    // The newest list of notices is its own mark: with it taken first, no older one is taken any more.
    if (notices) this.#take("notices", this.gate.takeNotices(notices, this.region, now));
    for (const bytes of this.#stored.policies) this.gate.takeRecognition(bytes, this.region, now);
    this.#judge();
    this.#changed();
    return true;
  }

  /** The region's division. */
  get region() {
    return this.settings.region;
  }

  /**
   * Sets the venue's rules: `own` beside what the region has published and signed, or null for none; `read` is how it
   * reads the region's policy where nothing is published.
   */
  adapt(rules) {
    this.#rules = rules;
    if (this.gate) this.#judge();
  }

  /** Whom the gate has to satisfy. What the region has published counts as soon as it is held. */
  #judge() {
    const asked = this.settings.authorities ?? [];
    const held = new Set((this.gate.marks().policies ?? []).map((mark) => mark.region));
    const { read, own } = this.#rules;
    if (asked.length > 0 && asked.every((region) => held.has(region))) {
      this.gate.setPolicy(own ?? this.settings.policy);
      this.gate.setAuthorities({ regions: asked, venue: own !== null });
    } else {
      this.gate.setPolicy(read(this.settings.policy));
      this.gate.setAuthorities({ regions: [] });
    }
  }

  /** Asks for everything that is due; what fails is asked for again when it is due next. */
  async refresh(all = false) {
    const now = seconds();
    const due = (what) => all || !this.gate || now >= (this.#asked[what] ?? 0) + EVERY[what];
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
    if (outcomes.length > 0) {
      this.gate.forgetPast(seconds());
      await this.#keep();
      this.#changed();
    }
    return outcomes.every(Boolean);
  }

  /**
   * Fetches what a code of another region is judged by: its region's keys, and the one shard or the paper list that it
   * names. Whether something new was taken. It is held in memory only.
   */
  async foreign(issuer, genuine) {
    const at = `/v1/regions/${issuer}`;
    let taken = false;
    const ask = async (what, take) => {
      try {
        const bytes = await list(`${at}/${what}`);
        if (bytes) taken = take(bytes).accepted || taken;
      } catch {
        // What cannot be had is not held: the verdict stays unknown.
      }
    };
    const now = seconds();
    const once = `foreign ${issuer} ${genuine?.list?.shard ?? genuine?.class ?? "keys"}`;
    if (now < (this.#asked[once] ?? 0) + 15) return false;
    this.#asked[once] = now;
    await ask("keys", (bytes) => this.gate.takeKeyList(bytes, issuer, now));
    if (genuine?.list) {
      const { day, shard } = genuine.list;
      await ask(`status-shard?day=${day}&shard=${shard}`, (bytes) => this.gate.takeStatusShard(bytes, issuer, now));
    } else if (genuine?.class === "paper") {
      await ask("paper-list", (bytes) => this.gate.takePaperList(bytes, issuer, now));
    }
    return taken;
  }

  /** Has a list asked for at the next turn: a code needs a newer one than is held. At most every five seconds. */
  again(what) {
    if (seconds() < (this.#asked[what] ?? 0) + 5) return;
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

  #open(told, marks) {
    this.settings = told;
    live(told.offset);
    const { hubKeys, policy } = told;
    this.gate?.close();
    this.gate = this.#verifier.openGate({ hubKeys, policy: this.#rules.read(policy), ...(marks ? { marks } : {}) });
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
    if (!known) this.#open(told);
    else {
      // A policy that the verifier refuses is not kept: with it the gate could not be opened again.
      this.gate.setPolicy(this.#rules.read(told.policy));
      this.settings = told;
      live(told.offset);
      this.#judge();
    }
  }

  /** What the region has published: the policy in force, and what it has announced. */
  async #recognition() {
    if ((this.settings.authorities ?? []).length === 0) return;
    const kept = [];
    let after = "";
    // The one in force and at most three more; each answer is the next.
    while (kept.length < 4) {
      const bytes = await list(`/v1/recognition-policy${after}`);
      if (bytes === null) break;
      if (!this.#take("policy", this.gate.takeRecognition(bytes, this.region, seconds()))) break;
      kept.push(bytes);
      const mark = this.gate.marks().policies.find((one) => one.region === this.region);
      if (after === `?after=${mark.newest}`) break;
      after = `?after=${mark.newest}`;
    }
    if (kept.length > 0) this.#stored.policies = kept;
    this.#judge();
  }

  /** A day's list: the whole, then the steps after it. */
  async #status() {
    const wanted = days(seconds(), this.settings.offset);
    for (const day of Object.keys(this.#stored.days)) {
      if (!wanted.includes(Number(day))) delete this.#stored.days[day];
    }
    for (const day of wanted) {
      const chain = (this.#stored.days[day] ??= { bytes: [], newest: null });
      const old = seconds() >= (chain.whole ?? 0) + WHOLE_AGAIN;
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
