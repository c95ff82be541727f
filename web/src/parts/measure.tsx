/** A share in a table cell: the number, its interval, and a bar; and where it leads. */

import type { ComponentChildren } from "preact";
import type { Measure } from "../report";
import { ShareBar } from "../charts/share_bar";
import { count, interval, kNothing, percent } from "../format";

interface MeasureProps {
  measure: Measure | null | undefined;
  digits?: number;
  /** To what the number is made from. */
  href?: string | null;
}

export function MeasureText({ measure, digits = 1, href }: MeasureProps) {
  if (!measure) return <span class="nothing">{kNothing}</span>;
  const range = interval(measure);
  return (
    <span class="measure" title={`n = ${count(measure.n)}`}>
      <span class="measure-value">
        <NumberLink href={href}>{percent(measure.value, digits)}</NumberLink>
      </span>
      {range && <span class="measure-range">{range}</span>}
    </span>
  );
}

/** A number that leads to what it is made from; without an address just the number. */
export function NumberLink({ href, children }: { href?: string | null; children: ComponentChildren }) {
  if (!href) return <>{children}</>;
  return (
    <a class="number-link" href={href}>
      {children}
    </a>
  );
}

export function MeasureCell({ measure, tone, most, href }: MeasureProps & { tone?: "plain" | "right"; most?: number }) {
  return (
    <span class="measure-cell">
      <ShareBar measure={measure} tone={tone} most={most} />
      <MeasureText measure={measure} href={href} />
    </span>
  );
}
