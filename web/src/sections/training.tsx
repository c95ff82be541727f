import type { Report } from "../report";
import { Curve } from "../charts/curve";
import { Figure } from "../charts/figure";
import { count, decimal, percent, seconds } from "../format";
import { Name } from "../parts/name";
import { Origin } from "../parts/origin";
import { Block, Empty, Facts, Options, Section } from "../parts/section";

export function Training({ report }: { report: Report }) {
  const training = report.training;
  return (
    <Section id="training" title="Training" lead={training ? "The model learns from the labels, and is kept at the epoch that does best on valid." : undefined}>
      {!training ? (
        <Empty>No model was trained in this run.</Empty>
      ) : (
        <>
          <Facts
            items={[
              { name: "Model", value: <Name text={training.name} />, note: `${count(training.parameters)} parameters` },
              { name: "Trained on", value: count(training.rows), note: "labeled rows" },
              { name: "Took", value: seconds(training.seconds) },
              { name: "Kept", value: `epoch ${count(training.best_epoch)}`, note: `of ${count(training.curve?.length)}; stopped: ${training.stopped}` },
            ]}
          />
          <Learning training={training} />
          <Block title="Options">
            <Options options={training.options} />
          </Block>
          <Origin stage="train" path="training" />
        </>
      )}
    </Section>
  );
}

function Learning({ training }: { training: NonNullable<Report["training"]> }) {
  const curve = training.curve ?? [];
  if (curve.length === 0) return null;
  const withValid = curve.some((point) => point.valid_loss !== null);
  const data = {
    headers: [{ text: "Epoch", number: true }, { text: "Train loss", number: true }, { text: "Valid loss", number: true }, { text: "Valid accuracy", number: true }, { text: "Learning rate", number: true }],
    rows: curve.map((point) => [point.epoch, decimal(point.train_loss), decimal(point.valid_loss), percent(point.valid_accuracy), decimal(point.learning_rate, 4)]),
  };
  const last = curve[curve.length - 1];
  return (
    <Block title="Curve">
      <Figure
        title="Training curve"
        caption={withValid ? "The dashed line is the epoch that was kept. Train loss that falls while valid loss rises is memorising." : "The valid split is empty, so there is no valid loss to stop by."}
        data={data}
      >
        <Curve curve={curve} best={training.best_epoch} label={`Training curve over ${curve.length} epochs; train loss ends at ${decimal(last?.train_loss)}, valid loss at ${decimal(last?.valid_loss)}.`} />
      </Figure>
    </Block>
  );
}
