import type { ComponentChildren } from "preact";
import { sentence } from "../format";

interface SectionProps {
  id: string;
  title: string;
  /** One sentence under the heading: what the reader finds here. */
  lead?: ComponentChildren;
  children: ComponentChildren;
}

export function Section({ id, title, lead, children }: SectionProps) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} class={`section section-${id}`} tabIndex={-1}>
      <header class="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {lead && <p class="lead">{lead}</p>}
      </header>
      {children}
    </section>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Block({ title, note, children, id }: { title: string; note?: ComponentChildren; children: ComponentChildren; id?: string }) {
  return (
    <div class="block" id={id} tabIndex={id ? -1 : undefined}>
      <h3>{title}</h3>
      {note && <p class="note">{note}</p>}
      {children}
    </div>
  );
}

/** Numbers with their names, side by side. */
export function Facts({ items }: { items: { name: string; value: ComponentChildren; note?: ComponentChildren }[] }) {
  return (
    <dl class="facts">
      {items.map(({ name, value, note }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span class="fact-value">{value}</span>
            {note && <span class="fact-note">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function Warnings({ items }: { items: readonly string[] | null | undefined }) {
  if (!items?.length) return null;
  return (
    <ul class="warnings" aria-label="Warnings">
      {items.map((text, index) => (
        <li key={index}>
          <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d="M8 1.6 15 14.2H1Z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round" />
            <path d="M8 6v4M8 11.4v1.2" stroke="currentColor" stroke-width="1.4" />
          </svg>
          <span>{sentence(text)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Options as the program wrote them: a name and a value each. */
export function Options({ options }: { options: Record<string, unknown> | null | undefined }) {
  const entries = Object.entries(options ?? {});
  if (entries.length === 0) return null;
  return (
    <dl class="options">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{optionText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

// Numbers of options stay as they are written in hone.yaml: no thousands separators.
function optionText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}
