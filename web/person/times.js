// Times as the region tells them (RFC 3339 with its offset), and the region's clock on this phone.

import { t } from "../shared/words.js";

const clock = { ahead: 0, offset: 480 };

/** Milliseconds of a time. */
export const parse = (text) => Date.parse(text);

/** Learns the region's clock from a time that is now. Phones are often minutes off; gates are not. */
export function learn(text, sent, came) {
  const middle = sent === undefined ? Date.now() : (sent + came) / 2;
  clock.ahead = parse(text) - middle;
  const found = /([+-])(\d\d):(\d\d)$/.exec(text);
  if (found) clock.offset = (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}

/** What is kept of the clock for a start without network. */
export const kept = () => ({ ...clock });

/** Takes up what was kept. */
export function restore(from) {
  if (from && Number.isFinite(from.ahead)) Object.assign(clock, from);
}

/** Now, by the region's clock, in milliseconds. */
export const now = () => Date.now() + clock.ahead;

function parts(at) {
  const there = new Date(at + clock.offset * 60000);
  const two = (number) => String(number).padStart(2, "0");
  return {
    year: there.getUTCFullYear(),
    month: there.getUTCMonth() + 1,
    day: there.getUTCDate(),
    hour: two(there.getUTCHours()),
    minute: two(there.getUTCMinutes()),
    second: two(there.getUTCSeconds()),
    weekday: there.getUTCDay(),
  };
}

/** Hours, minutes and seconds where the region's people live. */
export function clockTime(at) {
  const { hour, minute, second } = parts(at);
  return `${hour}:${minute}:${second}`;
}

/** The minute of the region's day, 0 to 1439. */
export function minuteOfDay(at) {
  const { hour, minute } = parts(at);
  return Number(hour) * 60 + Number(minute);
}

/** A day in words. */
export function day(at) {
  const { year, month, day: number, weekday } = parts(at);
  return t("time.day", { year, month, monthName: t(`month.${month}`), day: number, weekday: t(`weekday.${weekday}`) });
}

/** Day and minute in words; nothing for never. */
export function moment(text) {
  if (!text) return t("time.never");
  const at = typeof text === "number" ? text : parse(text);
  const { year, month, day: number, hour, minute } = parts(at);
  const today = parts(now());
  const key = today.year === year && today.month === month && today.day === number ? "time.today" : today.year === year ? "time.moment" : "time.full";
  return t(key, { year, month, monthName: t(`month.${month}`), day: number, hour, minute });
}

/** How long something still lasts, in words. */
export function left(milliseconds) {
  const minutes = Math.max(0, Math.round(milliseconds / 60000));
  if (minutes < 120) return t("time.minutes", { count: minutes });
  const hours = Math.round(minutes / 60);
  if (hours < 48) return t("time.hours", { count: hours });
  return t("time.days", { count: Math.round(hours / 24) });
}
