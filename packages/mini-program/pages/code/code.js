// The code in a mini program: declared once with the app's authorisation code, then shown, refreshing by itself.

const { Problem, ask, authorisation } = require("../../lib/region.js");
const { picture } = require("../../lib/picture.js");
const showing = require("../../lib/showing.js");
const WORDS = { zh: require("../../words/zh.js"), en: require("../../words/en.js") };

/** Codes of so many minutes are fetched at once. */
const AHEAD = 2;
const TOKEN = "token";
const LANGUAGE = "language";
/** A circle, a triangle, a square, a diamond: no level is a colour alone. */
const SHAPES = { "00": "●", "01": "▲", "10": "■", "20": "◆" };

const two = (number) => String(number).padStart(2, "0");

/** `2022-07-15T12:00:00+08:00` as the region wrote it, to the minute. */
const told = (time) => (time ? `${time.slice(5, 10)} ${time.slice(11, 16)}` : "");

Component({
  properties: { at: { type: String, value: "" } },

  data: {
    view: "loading",
    language: "zh",
    words: WORDS.zh,
    clock: "",
    level: "20",
    shape: SHAPES["20"],
    picture: "",
    asOf: "",
    until: "",
    test: "",
    notice: "",
    wrong: "",
    sending: false,
    values: { name: "", number: "", symptoms: "", stayed: "", contact: "", consent: false },
  },

  lifetimes: {
    attached() {
      const language = wx.getStorageSync(LANGUAGE) === "en" ? "en" : "zh";
      this.setData({ language, words: WORDS[language] });
      this.own = { at: this.data.at || getApp().globalData.at, shown: null, ahead: 0, tries: 0, timer: null, text: null };
      this.own.ticking = setInterval(() => this.tick(), 1000);
      this.tick();
      this.begun = wx.getStorageSync(TOKEN) ? this.fetch() : Promise.resolve(this.setData({ view: "declare" }));
    },
    detached() {
      clearInterval(this.own.ticking);
      clearTimeout(this.own.timer);
      this.own.ended = true;
    },
  },

  pageLifetimes: {
    show() {
      if (this.own && this.data.view === "code") this.fetch();
    },
    hide() {
      if (this.own) clearTimeout(this.own.timer);
    },
  },

  methods: {
    now() {
      return Date.now() + this.own.ahead;
    },

    /** The live clock: a picture of the page stands still. */
    tick() {
      const at = new Date(this.now());
      this.setData({ clock: [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":") });
    },

    later(work, wait) {
      clearTimeout(this.own.timer);
      if (!this.own.ended) this.own.timer = setTimeout(work, wait);
    },

    async fetch() {
      const asked = Date.now();
      try {
        const token = wx.getStorageSync(TOKEN);
        const shown = await ask(this.own.at, "GET", `/v1/code?ahead=${AHEAD}`, { token });
        this.own.ahead = showing.ahead(shown, asked, Date.now());
        this.take(shown);
      } catch (error) {
        this.failed(error);
      }
    },

    take(shown) {
      if (shown.token) wx.setStorageSync(TOKEN, shown.token);
      Object.assign(this.own, { shown, tries: 0 });
      const { lastTest } = shown;
      this.setData({
        view: "code",
        level: shown.level,
        shape: SHAPES[shown.level],
        asOf: told(shown.asOf),
        until: told(shown.until),
        test: lastTest ? told(lastTest.at) : "",
        notice: "",
      });
      this.turn();
    },

    /** Shows the code of this minute, and asks for others before the last one ends. */
    turn() {
      const { shown } = this.own;
      const now = this.now();
      const text = showing.current(shown, now);
      if (text !== this.own.text) {
        this.own.text = text;
        this.setData({ picture: text === null ? "" : picture(text) });
      }
      if (text === null) return void this.fetch();
      const work = showing.isLast(shown, now) ? () => this.fetch() : () => this.turn();
      this.later(work, showing.untilChange(shown, now));
    },

    failed(error) {
      const { words } = this.data;
      if (error instanceof Problem && [401, 404].includes(error.status)) {
        wx.removeStorageSync(TOKEN);
        this.own.shown = null;
        this.setData({ view: "declare", picture: "", wrong: words.gone });
        return;
      }
      const busy = error instanceof Problem;
      this.setData({ view: "code", notice: busy ? words.busy : words.offline });
      if (this.own.shown && showing.current(this.own.shown, this.now()) === null) {
        // A code whose minute is over is not left on the screen.
        this.own.text = null;
        this.setData({ picture: "" });
      }
      this.later(() => this.fetch(), showing.wait(this.own.tries, error.after || 0, Math.random()));
      this.own.tries += 1;
    },

    typed(event) {
      this.setData({ [`values.${event.currentTarget.dataset.name}`]: event.detail.value });
    },

    agreed(event) {
      this.setData({ "values.consent": event.detail.value.length > 0 });
    },

    async declare() {
      const { values, words } = this.data;
      if (!values.symptoms || !values.stayed || !values.contact || !values.consent) {
        this.setData({ wrong: words.needed });
        return;
      }
      this.setData({ sending: true, wrong: "" });
      try {
        const { methods } = await ask(this.own.at, "GET", "/v1/identity/methods");
        const method = methods.find(({ way }) => way === "code");
        if (!method) return void this.setData({ wrong: words.noMethod });
        const proof = await authorisation();
        const body = {
          identity: { method: method.method, proof },
          consents: [{ purpose: "code", version: 1, days: 365 }],
          declaration: {
            health: {
              symptoms: [values.symptoms === "no" ? "1" : "2"],
              stayedHighRisk: values.stayed === "yes" ? "1" : "2",
              contactWithCase: values.contact === "yes" ? "1" : "2",
              reportedAt: new Date(this.now()).toISOString().replace(/\.\d+Z$/, "Z"),
            },
          },
        };
        if (values.name) body.profile = { name: values.name };
        if (values.number) body.document = { type: "111", number: values.number };
        const asked = Date.now();
        const { shown } = await ask(this.own.at, "POST", "/v1/enrolments", { body, within: 20000 });
        this.own.ahead = showing.ahead(shown, asked, Date.now());
        // What was typed is not kept on the phone.
        this.setData({ values: { ...values, name: "", number: "" } });
        this.take(shown);
      } catch (error) {
        this.setData({ wrong: this.said(error) });
      } finally {
        this.setData({ sending: false });
      }
    },

    /** What the region says is wrong, in the person's language where it has it. */
    said(error) {
      const { language, words } = this.data;
      if (!(error instanceof Problem)) return words.offline;
      const { title, titleZh } = error.told;
      return (language === "zh" ? titleZh : title) || words.failed;
    },

    refresh() {
      return this.fetch();
    },

    turnLanguage() {
      const language = this.data.language === "zh" ? "en" : "zh";
      wx.setStorageSync(LANGUAGE, language);
      this.setData({ language, words: WORDS[language] });
    },
  },
});
