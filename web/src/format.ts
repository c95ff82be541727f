/** Numbers as text. Everything accepts null, which shows as an en dash: a number that is not there is never shown as 0. */

import type { Measure } from "./report";

type Maybe = number | null | undefined;

export const kNothing = "–";
const kNoBreak = "\u00a0";

const kWhole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

function known(value: Maybe): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

export function count(value: Maybe): string {
  return known(value) ? kWhole.format(value) : kNothing;
}

/** "1 row", "1,612 rows". */
export function counted(value: Maybe, one: string, many = `${one}s`): string {
  return `${count(value)}${kNoBreak}${value === 1 ? one : many}`;
}

export function decimal(value: Maybe, digits = 3): string {
  return known(value) ? value.toFixed(digits) : kNothing;
}

/** A share of 1 in percent. */
export function percent(value: Maybe, digits = 1): string {
  return known(value) ? `${(100 * value).toFixed(digits)}${kNoBreak}%` : kNothing;
}

/** A difference of two shares, in percentage points and with its sign. */
export function points(value: Maybe): string {
  if (!known(value)) return kNothing;
  const text = (100 * Math.abs(value)).toFixed(1);
  return `${value < 0 && text !== "0.0" ? "−" : "+"}${text}`;
}

/** The interval of such a difference: "+0.4 to +6.1". */
export function pointsRange(difference: { low: Maybe; high: Maybe }): string {
  return known(difference.low) && known(difference.high) ? `${points(difference.low)} to ${points(difference.high)}` : "no interval";
}

/** "0.412 to 0.517"; empty where there is no interval. */
export function decimalInterval(measure: Measure | null | undefined): string {
  if (!measure || !known(measure.low) || !known(measure.high)) return "";
  return `${decimal(measure.low)} to ${decimal(measure.high)}`;
}

/** "80.1 to 87.6 %"; empty where there is no interval. */
export function interval(measure: Measure | null | undefined): string {
  if (!measure || !known(measure.low) || !known(measure.high)) return "";
  return `${(100 * measure.low).toFixed(1)} to ${percent(measure.high)}`;
}

/** The whole of a measure in a line, as screen readers and tooltips get it. */
export function spoken(measure: Measure | null | undefined): string {
  if (!measure) return "not known";
  const range = interval(measure);
  return `${percent(measure.value)}${range ? `, interval ${range}` : ""}, n = ${count(measure.n)}`;
}

export function pValue(value: Maybe): string {
  if (!known(value)) return kNothing;
  return value < 0.001 ? "< 0.001" : `= ${value.toFixed(3)}`;
}

/** A phrase of the program as a sentence: a capital first, and a full stop unless it is short or ends in a bracket. */
export function sentence(text: string): string {
  const started = text.charAt(0).toUpperCase() + text.slice(1);
  return started.split(" ").length > 3 && !/[.!?)]$/.test(started) ? `${started}.` : started;
}

export function bytes(value: Maybe): string {
  if (!known(value)) return kNothing;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    ++unit;
  }
  return `${unit === 0 ? scaled.toFixed(0) : scaled.toFixed(scaled < 10 ? 1 : 0)}${kNoBreak}${units[unit]}`;
}

export function seconds(value: Maybe): string {
  if (!known(value)) return kNothing;
  if (value < 1) return `${(1000 * value).toFixed(0)}${kNoBreak}ms`;
  if (value < 60) return `${value.toFixed(1)}${kNoBreak}s`;
  const minutes = Math.floor(value / 60);
  if (minutes < 60) return `${minutes}${kNoBreak}min ${Math.round(value % 60)}${kNoBreak}s`;
  return `${Math.floor(minutes / 60)}${kNoBreak}h ${minutes % 60}${kNoBreak}min`;
}

/** Keeps a label in its place: long names end in an ellipsis (the whole is in the tooltip and the table). */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
