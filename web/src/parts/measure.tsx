/** A share in a table cell: the number, its interval, and a bar; and where it leads. */

import type { ComponentChildren } from "preact";
import type { Measure } from "../report";
import { ShareBar } from "../charts/share_bar";
import { count, decimal, decimalInterval, interval, kNothing, percent } from "../format";

interface MeasureProps {
  measure: Measure | null | undefined;
  digits?: number;
  /** To what the number is made from. */
  href?: string | null;
}

export function MeasureText({ measure, digits = 1, href }: MeasureProps) {
  return measure ? <Interval value={percent(measure.value, digits)} range={interval(measure)} n={measure.n} href={href} /> : <Nothing />;
}

/** The same of a number that is no share, such as a loss. */
export function DecimalText({ measure }: { measure: Measure | null | undefined }) {
  return measure ? <Interval value={decimal(measure.value)} range={decimalInterval(measure)} n={measure.n} /> : <Nothing />;
}

function Nothing() {
  return <span class="nothing">{kNothing}</span>;
}

function Interval({ value, range, n, href }: { value: string; range: string; n: number; href?: string | null }) {
  return (
    <span class="measure" title={`n = ${count(n)}`}>
      <span class="measure-value">
        <NumberLink href={href}>{value}</NumberLink>
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
