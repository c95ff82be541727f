/** A command to be copied: a word with blanks or signs in it is quoted for the shell. */

const kPlain = /^[\w.\/:@%+=,-]+$/;

export function quoted(word: string): string {
  return kPlain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function Command({ words }: { words: readonly string[] }) {
  return <code class="command">{words.map(quoted).join(" ")}</code>;
}
