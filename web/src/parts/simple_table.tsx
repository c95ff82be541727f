import type { ComponentChildren } from "preact";

interface SimpleTableProps {
  caption: string;
  headers: readonly { text: string; number?: boolean; hint?: string; note?: string }[];
  /** The first cell heads its row. */
  rows: readonly (readonly ComponentChildren[])[];
}

/** A short table, as it is. */
export function SimpleTable({ caption, headers, rows }: SimpleTableProps) {
  return (
    <div class="table-scroll" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {headers.map((header) => (
              <th key={header.text} scope="col" class={header.number ? "number" : undefined} title={header.hint}>
                {header.text}
                {header.note && <span class="fact-note criterion-by">{header.note}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.length === 0 && (
            <tr>
              <td colSpan={headers.length} class="no-rows">
                There are none.
              </td>
            </tr>
          )}
          {rows.map((cells, index) => (
            <tr key={index}>
              {cells.map((cell, at) =>
                at === 0 ? (
                  <th key={at} scope="row" class={headers[at]?.number ? "number" : undefined}>
                    {cell}
                  </th>
                ) : (
                  <td key={at} class={headers[at]?.number ? "number" : undefined}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
