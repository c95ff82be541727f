import type { Source } from "../report";
import { linkTo } from "../address";
import { DotPlot, type DotRow, SeriesLegend } from "../charts/dot_plot";
import { Figure } from "../charts/figure";
import { count, counted, interval, percent, spoken } from "../format";
import { NumberLink } from "../parts/measure";
import { Block } from "../parts/section";

type Known = Source & { believed: { accuracy: number } };

const kShown = 15;

function isBelieved(source: Source): source is Known {
  return typeof source.believed?.accuracy === "number";
}

/** Where gold says otherwise than the label model: the distance between the two, first those that lie outside what chance explains. */
function gapOf(source: Known): number {
  if (!source.precision) return -1;
  const outside = isOutside(source) ? 1 : 0;
  return outside + Math.abs(source.believed.accuracy - source.precision.value);
}

function isOutside({ believed, precision }: Known): boolean {
  return precision !== null && precision.low !== null && precision.high !== null && (believed.accuracy < precision.low || believed.accuracy > precision.high);
}

export function Beliefs({ sources }: { sources: readonly Source[] }) {
  const believed = sources.filter(isBelieved);
  if (believed.length === 0) return null;
  const measured = believed.filter((source) => source.precision);
  const outside = measured.filter(isOutside).length;
  const assumed = believed.filter((source) => source.believed.assumed).length;
  const ordered = [...believed].sort((a, b) => gapOf(b) - gapOf(a) || b.votes - a.votes);
  const shown = ordered.slice(0, kShown);
  const said = [
    measured.length > 0 ? `Of ${counted(measured.length, "source")} with gold, ${count(outside)} ${outside === 1 ? "lies" : "lie"} outside what gold allows.` : "No gold tells whether these accuracies are right.",
    assumed > 0 ? `${counted(assumed, "accuracy is", "accuracies are")} assumed more than learned, and drawn faint.` : "",
    ordered.length > shown.length ? `Shown are the ${shown.length} that lie furthest apart; the table has up to 200.` : "",
  ].filter(Boolean);
  return (
    <Block title="What it believes of each source, and what gold says">
      <Figure
        title="Learned and measured accuracy of the sources"
        caption={said.join(" ")}
        legend={<SeriesLegend series={[{ name: "label_model", text: "learned by the label model, with its 90 % interval" }, ...(measured.length > 0 ? [{ name: "model" as const, text: "measured on train and valid gold, with its 95 % interval" }] : [])]} />}
        data={dataOf(ordered)}
      >
        <DotPlot rows={shown.map(rowOf)} label={`Learned and measured accuracy of ${counted(shown.length, "source")}. ${said[0]}`} format={(value) => percent(value, 0)} bounds={[0, 1]} />
      </Figure>
    </Block>
  );
}

function rowOf(source: Known): DotRow {
  const { believed, precision } = source;
  const learned = `${source.name}: learned ${percent(believed.accuracy)}${believed.assumed ? ", assumed" : ""}`;
  return {
    label: source.name,
    detail: precision ? `n = ${count(precision.n)}` : "no gold",
    marks: [
      { series: "label_model", value: believed.accuracy, low: believed.low, high: believed.high, title: learned, faint: believed.assumed },
      ...(precision ? [{ series: "model" as const, value: precision.value, low: precision.low, high: precision.high, title: `measured ${spoken(precision)}` }] : []),
    ],
  };
}

function dataOf(sources: readonly Known[]) {
  return {
    headers: [{ text: "Source" }, { text: "Learned", number: true }, { text: "90 % interval", number: true }, { text: "" }, { text: "Measured", number: true }, { text: "95 % interval", number: true }, { text: "n", number: true }],
    rows: sources.map(({ name, believed, precision }) => [
      <NumberLink href={linkTo("sources", { open: name })}>{name}</NumberLink>,
      percent(believed.accuracy),
      believed.low === null || believed.high === null ? "" : `${(100 * believed.low).toFixed(1)} to ${percent(believed.high)}`,
      believed.assumed ? "assumed" : "",
      percent(precision?.value),
      interval(precision),
      count(precision?.n),
    ]),
  };
}
