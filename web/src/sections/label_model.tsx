import type { Report } from "../report";
import { Bars } from "../charts/bars";
import { Figure } from "../charts/figure";
import { count, percent } from "../format";
import { Name } from "../parts/name";
import { Block, Facts, Options, Section, Warnings } from "../parts/section";

export function LabelModel({ report }: { report: Report }) {
  const model = report.label_model;
  return (
    <Section id="label-model" title="Label model" lead="Weighs the votes and gives each row a distribution over the classes.">
      <Facts
        items={[
          { name: "Label model", value: <Name text={model.name} />, note: model.note || undefined },
          { name: "Iterations", value: count(model.iterations), note: model.converged ? "converged" : "did not converge" },
          { name: "Gold", value: model.used_gold ? "used" : "not used" },
        ]}
      />
      <Warnings items={model.warnings} />
      <Prior prior={model.class_prior ?? []} />
      {Object.keys(model.options ?? {}).length > 0 && (
        <Block title="Options">
          <Options options={model.options} />
        </Block>
      )}
    </Section>
  );
}

function Prior({ prior }: { prior: Report["label_model"]["class_prior"] }) {
  if (prior.length === 0) return null;
  return (
    <Block title="Class prior">
      <Figure
        title="Class prior"
        caption="The share of rows that the label model expects of each class before it sees their votes."
        data={{ headers: [{ text: "Class" }, { text: "Share", number: true }], rows: prior.map((row) => [row.class, percent(row.share, 2)]) }}
      >
        <Bars label="Class prior, a share for each class" columns={[{ title: "Share of rows", format: (value) => percent(value), parts: [{ name: "share", tone: "first" }] }]} rows={prior.map((row) => ({ label: row.class, values: [[row.share]] }))} what="classes" />
      </Figure>
    </Block>
  );
}
