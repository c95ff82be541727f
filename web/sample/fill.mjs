// Puts a report's JSON into the built page the way the program does: the marker is replaced once, and `<` is escaped so that
// no text of the data can end the script element.

export const kMarker = '{"marker":"hone-report-json"}';

export function fill(html, report) {
  const parts = html.split(kMarker);
  if (parts.length !== 2) throw new Error(`the page holds the marker ${parts.length - 1} times, not once`);
  return parts[0] + JSON.stringify(report).replaceAll("<", "\\u003c") + parts[1];
}
