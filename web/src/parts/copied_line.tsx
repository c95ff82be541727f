/** A line to be pasted elsewhere, with a button that copies it. */

import { useState } from "preact/hooks";

const kSaidForMs = 2000;

export function CopiedLine({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    setSaid((await copied(text)) ? "copied" : "select the line and copy it");
    setTimeout(() => setSaid(""), kSaidForMs);
  };
  return (
    <span class="copied-line">
      <code class="whole">{text}</code>
      <button type="button" class="more" aria-label={label} onClick={copy}>
        Copy
      </button>
      <span class="fact-note" role="status">
        {said}
      </span>
    </span>
  );
}

// A page that was opened from a file may be denied the clipboard.
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
