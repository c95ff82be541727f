import type { DiscoveredSlice, DiscoveredSlices } from "../report";
import { linkTo } from "../address";
import { count, counted, interval, percent, pValue } from "../format";
import { CopiedLine } from "../parts/copied_line";
import { Name } from "../parts/name";
import { Block } from "../parts/section";
import type { Measure } from "../report";

const kMostText = 240;

/** Where the system fails more than elsewhere, as nobody had named it. */
export function Discovered({ found }: { found: DiscoveredSlices | null | undefined }) {
  if (!found) return null;
  return (
    <Block id="discovered-slices" title="Discovered slices" note={noteOn(found)}>
      {found.slices.length > 0 && (
        <div class="cards">
          {found.slices.map((slice) => (
            <Card key={slice.slice} slice={slice} />
          ))}
        </div>
      )}
    </Block>
  );
}

function noteOn(found: DiscoveredSlices): string {
  const system = found.system === "model" ? "The trained model" : "The label model";
  const rows = `${counted(found.rows, "valid row")}${found.left_out > 0 ? ` of ${count(found.rows + found.left_out)}` : ""}`;
  if (found.note) return `Groups of valid rows on which the system fails more than elsewhere were not looked for: ${found.note}.`;
  const how = `${count(found.candidates)} words, values, clusters of texts and pairs of them were looked at on one half of the ${rows}, and the ${count(found.tested)} most suspicious tested on the other (Fisher’s exact test; p by Holm).`;
  if (found.slices.length === 0) return `No group of valid rows was found on which the system fails more than elsewhere. ${how}`;
  return `${system} is wrong on ${count(found.errors)} of ${rows}; here more often than elsewhere. ${how} Rates are those of the half where a slice was tested. Test rows are not looked at.`;
}

function Card({ slice }: { slice: DiscoveredSlice }) {
  return (
    <article class={slice.note ? "card discovered-faint" : "card"}>
      <h4>
        <Name text={slice.what} />
      </h4>
      <p class="card-count">
        Wrong on {rate(slice.error_rate)} of {counted(slice.error_rate.n, "row")}, elsewhere on {rate(slice.rest_error_rate)} of {count(slice.rest_error_rate.n)}
        {slice.p !== null && <>; p {pValue(slice.p)}</>}. {counted(slice.rows, "valid row")} in all.
      </p>
      {slice.note && <p class="fact-note">No verdict: {slice.note}.</p>}
      {slice.terms.map((term) => term.cluster && <p class="fact-note">{standsFor(term.cluster)}</p>)}
      {slice.also.length > 0 && <p class="fact-note">Much the same rows: {slice.also.join("; ")}.</p>}
      {slice.known_as !== null ? (
        <p class="fact-note">
          hone.yaml has it as <a href={linkTo("table-slices", { open: slice.known_as }, "slices")}>{slice.known_as}</a>.
        </p>
      ) : (
        <p>
          <CopiedLine text={slice.definition} label={`Copy the line for hone.yaml: ${slice.what}`} />
        </p>
      )}
      <ul class="quotes">
        {slice.examples.map((row) => (
          <li key={row.row}>
            <span class="quote">
              <q class="text" dir="auto">
                {shown(row.text)}
              </q>
              <span class="quote-source">
                <span class="class-gold">{row.gold}</span> taken for <span class="class-predicted">{row.predicted ?? "no label"}</span> · row {count(row.row)} · {row.id}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </article>
  );
}

/** How well words stand for the texts of a cluster. */
function standsFor({ rows, held, outside }: { rows: number; held: number; outside: number }): string {
  return `Stands for a cluster of ${counted(rows, "alike text")}: the words hold on ${percent(held / rows, 0)} of it, and ${percent(held / (held + outside), 0)} of the texts that they hold on are of it.`;
}

function rate(measure: Measure): string {
  const range = interval(measure);
  return `${percent(measure.value)}${range ? ` (${range})` : ""}`;
}

function shown(text: string): string {
  const characters = Array.from(text);
  return characters.length <= kMostText ? text : `${characters.slice(0, kMostText).join("")}…`;
}
