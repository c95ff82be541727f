// Opens a report in headless Chromium and fails on whatever a reader must never meet.
//
//   node check.mjs REPORT.html [--shots DIR] [--name NAME] [--hostile] [--seconds 2]
//
// Exit status 0: all is well; 1: troubles, a line each; 2: usage.

import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { argv, exit } from "node:process";
import { pathToFileURL } from "node:url";
import { openBrowser, watched } from "./browser.mjs";
import { axeTroubles, behaviourTroubles, hostileTroubles, layoutTroubles, sectionTroubles, timeTroubles } from "./expectations.mjs";
import { takeShots } from "./shots.mjs";

/** Everything wrong with the report at `file`, and what was measured on the way. */
export async function checkReport(browser, file, { shots = null, name = "report", hostile = false, seconds = 2 } = {}) {
  const url = pathToFileURL(resolve(file)).href;
  const { page, troubles } = await watched(browser, url, { width: 1440, height: 900 }, { reducedMotion: "reduce" });
  const timed = await timeTroubles(page, url, seconds);
  troubles.push(...timed.troubles);
  const missing = await sectionTroubles(page);
  troubles.push(...missing);
  if (hostile) troubles.push(...(await hostileTroubles(page)));
  troubles.push(...(await layoutTroubles(page)));
  troubles.push(...(await axeTroubles(page, "light")));
  // Of a page that is not whole there is nothing more to say.
  if (missing.length === 0) troubles.push(...(await behaviourTroubles(page)));
  await page.emulateMedia({ colorScheme: "dark" });
  troubles.push(...(await axeTroubles(page, "dark")));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "light" });
  troubles.push(...(await layoutTroubles(page)));
  troubles.push(...(await axeTroubles(page, "phone")));
  await page.context().close();
  if (shots) {
    await mkdir(shots, { recursive: true });
    await takeShots(browser, url, (kind) => join(shots, `${name}-${kind}.png`));
  }
  return { troubles: [...new Set(troubles)], shown: timed.shown };
}

function parse(words) {
  const options = { file: null };
  for (let at = 0; at < words.length; ++at) {
    if (words[at] === "--shots") options.shots = words[++at];
    else if (words[at] === "--name") options.name = words[++at];
    else if (words[at] === "--seconds") options.seconds = Number(words[++at]);
    else if (words[at] === "--hostile") options.hostile = true;
    else if (options.file === null && !words[at].startsWith("--")) options.file = words[at];
    else return null;
  }
  return options.file === null ? null : options;
}

async function main() {
  const options = parse(argv.slice(2));
  if (!options) {
    console.error("usage: node check.mjs REPORT.html [--shots DIR] [--name NAME] [--hostile] [--seconds 2]");
    return 2;
  }
  const browser = await openBrowser();
  try {
    const { troubles, shown } = await checkReport(browser, options.file, options);
    for (const trouble of troubles) console.error(trouble);
    console.log(`${options.file}: ${troubles.length === 0 ? "all is well" : `${troubles.length} troubles`}, shown in ${shown} ms`);
    return troubles.length === 0 ? 0 : 1;
  } finally {
    await browser.close();
  }
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) exit(await main());
