/**
 * What the reader chose, kept in the address so that a view can be linked, printed and come back to:
 * `#sources?sources.q=card&sources.sort=-precision`. In front of the question mark stands the part of the page to be shown, behind it
 * `PART.KEY=value` for everything that is not as it was at first.
 *
 * A link that names something of a part decides all of that part; the other parts stay as they are.
 */

import { useEffect, useState } from "preact/hooks";

type Values = ReadonlyMap<string, string>;

let anchor = "";
let chosen: Values = new Map();
const listeners = new Set<() => void>();

interface Address {
  anchor: string;
  values: Map<string, string>;
}

function parse(hash: string): Address {
  const [before = "", after = ""] = hash.replace(/^#/, "").split("?", 2);
  return { anchor: decoded(before), values: new Map(new URLSearchParams(after)) };
}

// An address typed by hand may hold a lone percent sign.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function written(part: string, values: Values): string {
  const query = new URLSearchParams([...values].sort(([a], [b]) => (a < b ? -1 : 1))).toString();
  return `#${part}${query ? `?${query}` : ""}`;
}

/** A link to a part of the page, with what is chosen there: linkTo("errors", { gold: "card" }). */
export function linkTo(part: string, choices: Record<string, string> = {}, of = part): string {
  return written(part, new Map(Object.entries(choices).map(([key, value]) => [`${of}.${key}`, value])));
}

function write(): void {
  try {
    history.replaceState(null, "", written(anchor, chosen));
  } catch {
    // Some viewers show the page from an address that may not be written to; the choice then holds without it.
  }
  for (const tell of listeners) tell();
}

function choose(key: string, value: string, first: string, part: string): void {
  const next = new Map(chosen);
  if (value === first) next.delete(key);
  else next.set(key, value);
  chosen = next;
  anchor = part;
  write();
}

function partOf(key: string): string {
  return key.slice(0, key.indexOf("."));
}

function follow(): void {
  const found = parse(location.hash);
  const decided = new Set([...found.values.keys()].map(partOf));
  chosen = new Map([...[...chosen].filter(([key]) => !decided.has(partOf(key))), ...found.values]);
  anchor = found.anchor;
  write();
  show();
}

/** Brings the part that the address names into view, and the keyboard to it. */
function show(): void {
  const part = anchor ? document.getElementById(anchor) : null;
  if (!part) return;
  part.scrollIntoView();
  if (part.hasAttribute("tabindex")) part.focus({ preventScroll: true });
}

/** Before the page is drawn: what the address says counts from the start. */
export function readAddress(): void {
  const found = parse(location.hash);
  anchor = found.anchor;
  chosen = found.values;
}

/** After the page is drawn. */
export function followAddress(): void {
  addEventListener("hashchange", follow);
  // A link to where the address stands already is no change of it.
  addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link?.getAttribute("href") === location.hash) follow();
  });
  show();
}

/** One choice of a part, and how to change it. `first` is what holds while nothing is chosen. */
export function useChoice(part: string, key: string, first: string): [string, (value: string) => void] {
  const name = `${part}.${key}`;
  const [, redraw] = useState(0);
  useEffect(() => {
    let last = chosen.get(name);
    const look = () => {
      const now = chosen.get(name);
      if (now === last) return;
      last = now;
      redraw((times) => times + 1);
    };
    listeners.add(look);
    look();
    return () => {
      listeners.delete(look);
    };
  }, [name]);
  return [chosen.get(name) ?? first, (value) => choose(name, value, first, part)];
}

/** Forgets some choices of a part at once. */
export function forget(part: string, keys: readonly string[]): void {
  chosen = new Map([...chosen].filter(([name]) => !keys.some((key) => name === `${part}.${key}`)));
  write();
}
