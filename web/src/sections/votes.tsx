import type { Report } from "../report";
import { Parts } from "../charts/bars";
import { count, decimal, percent } from "../format";
import { Empty, Facts, Section } from "../parts/section";

export function Votes({ report }: { report: Report }) {
  const { votes, data } = report;
  const rows = data.rows;
  const share = (part: number) => (rows > 0 ? `${percent(part / rows)} of all rows` : undefined);
  return (
    <Section id="votes" title="Votes" lead="How the sources’ votes fall on the rows, all together.">
      <Facts
        items={[
          { name: "Votes", value: count(votes.total), note: votes.covered > 0 ? `${decimal(votes.total / votes.covered, 2)} a covered row` : undefined },
          { name: "Covered rows", value: count(votes.covered), note: share(votes.covered) },
          { name: "Rows with several votes", value: count(votes.overlap), note: share(votes.overlap) },
          { name: "Rows in conflict", value: count(votes.conflict), note: share(votes.conflict) },
          { name: "Vote patterns", value: count(votes.patterns), note: "distinct rows of the vote matrix" },
        ]}
      />
      {votes.total === 0 ? (
        <Empty>No source voted on any row, so nothing could be labeled.</Empty>
      ) : (
        <Parts
          label="Rows by their votes"
          parts={[
            { name: "one vote", value: Math.max(0, votes.covered - votes.overlap), tone: "one" },
            { name: "several, agreeing", value: Math.max(0, votes.overlap - votes.conflict), tone: "agree" },
            { name: "several, in conflict", value: votes.conflict, tone: "conflict" },
            { name: "no vote, no label", value: Math.max(0, rows - votes.covered), tone: "none" },
          ]}
        />
      )}
    </Section>
  );
}
