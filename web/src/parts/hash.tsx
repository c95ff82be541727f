import { kNothing } from "../format";

/** The head of a hash, enough to compare by eye; the whole of it is selected by a click. */
export function Hash({ value }: { value: string | null | undefined }) {
  if (!value) return <span class="nothing">{kNothing}</span>;
  return (
    <code class="hash" title={value}>
      {value}
    </code>
  );
}
