/** What every chart stands in: the drawing, a caption in words, and its numbers as a table for those who cannot or do not want to read a drawing. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { count } from "../format";
import { SimpleTable } from "../parts/simple_table";

export interface ChartData {
  headers: readonly { text: string; number?: boolean }[];
  rows: readonly (readonly ComponentChildren[])[];
}

interface FigureProps {
  title: string;
  /** What is to be seen, in a sentence or two. */
  caption: ComponentChildren;
  data: ChartData;
  legend?: ComponentChildren;
  controls?: ComponentChildren;
  /** The words go beside the drawing where there is room: for drawings that are not wide. */
  beside?: boolean;
  children: ComponentChildren;
}

// More rows than this are of no use to a reader, and slow a browser; the JSON has them all.
const kMostRows = 200;

export function Figure({ title, caption, data, legend, controls, beside, children }: FigureProps) {
  return (
    <figure class={beside ? "figure figure-beside" : "figure"}>
      {(controls || legend) && (
        <div class="figure-tools">
          {controls}
          {legend}
        </div>
      )}
      {children}
      <div class="figure-words">
        <figcaption>{caption}</figcaption>
        <Numbers title={title} data={data} />
      </div>
    </figure>
  );
}

function Numbers({ title, data }: { title: string; data: ChartData }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        The numbers as a table<span class="unseen">: {title}</span>
      </summary>
      {open && <SimpleTable caption={title} headers={data.headers} rows={data.rows.slice(0, kMostRows)} />}
      {open && data.rows.length > kMostRows && <p class="note">The first {count(kMostRows)} of {count(data.rows.length)} rows.</p>}
    </details>
  );
}
