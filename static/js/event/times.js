// @ts-check
import { language } from "../language.js";
import { tn } from "../words.js";

/** @param {number} number */
const two = (number) => String(number).padStart(2, "0");

/**
 * What is left until `at`, as "4:07", "1:04:07" or "2 days, 1:04:07".
 * @param {number} at @param {number} now milliseconds
 */
export function countdown(at, now) {
  const seconds = Math.max(0, Math.ceil((at - now) / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const clock = days || hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  if (days === 0) return clock;
  return tn(days, "{count} day, {clock}", "{count} days, {clock}", { clock });
}

/** A length of time, as "0:42" or "1:04:07". @param {number} ms */
export function lasted(ms) {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A moment, as people here write it. @param {number} at milliseconds since 1970 */
export function moment(at) {
  const day = new Date(at);
  const today = day.toDateString() === new Date().toDateString();
  return day.toLocaleString(language.format, today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}
