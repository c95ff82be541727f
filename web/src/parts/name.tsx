import { Fragment } from "preact";

/** A name out of the data. Long ones break after `_`, `-`, `.` and `/` rather than within a word. */
export function Name({ text, light }: { text: string; light?: boolean }) {
  return (
    <span class={light ? undefined : "name"}>
      {text.split(/(?<=[_\-./])/).map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
