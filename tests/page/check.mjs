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
import { addressTroubles, axeTroubles, behaviourTroubles, chartTroubles, hostileTroubles, keyboardTroubles, layoutTroubles, linkTroubles, printTroubles, sectionTroubles, timeToShow } from "./expectations.mjs";
import { takeShots } from "./shots.mjs";

const kDesktop = { width: 1440, height: 900 };
const kPhone = { width: 390, height: 844 };
// A desktop at 200 % zoom has half its pixels.
const kZoomed = { width: 720, height: 450 };

/**
 * Everything wrong with the report at `file`, and how many milliseconds it took to show. With `seconds`, a slower one is wrong, too.
 * `brief` leaves out what does not depend on the numbers: behaviour, the keyboard, the address, further states of the page.
 */
export async function checkReport(browser, file, { shots = null, name = "report", hostile = false, seconds = null, brief = false } = {}) {
  const url = pathToFileURL(resolve(file)).href;
  const open = (address, viewport = kDesktop) => watched(browser, address, viewport, { reducedMotion: "reduce" });
  const { page, troubles } = await open(url);
  const shown = await timeToShow(page, url);
  if (seconds !== null && shown > 1000 * seconds) troubles.push(`it took ${shown} ms to show, more than ${seconds} s`);
  const missing = await sectionTroubles(page);
  troubles.push(...missing);
  if (hostile) troubles.push(...(await hostileTroubles(page)));
  troubles.push(...(await layoutTroubles(page, { loading: true })), ...(await axeTroubles(page, "light")));
  // Of a page that is not whole there is nothing more to say.
  if (missing.length === 0) {
    troubles.push(...(await chartTroubles(page)), ...(await linkTroubles(page)));
    if (!brief) troubles.push(...(await useTroubles(page, url, open)));
  }
  if (!brief) troubles.push(...(await stateTroubles(page)));
  await page.setViewportSize(kPhone);
  troubles.push(...(await layoutTroubles(page)), ...(await axeTroubles(page, "phone")));
  troubles.push(...(await printTroubles(page)));
  await page.context().close();
  if (shots) {
    await mkdir(shots, { recursive: true });
    await takeShots(browser, url, (kind) => join(shots, `${name}-${kind}.png`));
  }
  return { troubles: [...new Set(troubles)], shown };
}

/** What a reader does, by keyboard and by mouse, and the page as it is afterwards: filtered, sorted, with rows open. */
async function useTroubles(page, url, open) {
  const troubles = [...(await keyboardTroubles(page, url)), ...(await behaviourTroubles(page))];
  await page.emulateMedia({ colorScheme: "dark" });
  troubles.push(...(await axeTroubles(page, "dark, filtered, with rows open")), ...(await addressTroubles(page, url, open)));
  return troubles;
}

/** The page in the dark with the colours of a system that decides all of them, and at 200 % zoom. */
async function stateTroubles(page) {
  const troubles = [];
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
  troubles.push(...(await layoutTroubles(page)));
  await page.emulateMedia({ forcedColors: "none" });
  await page.setViewportSize(kZoomed);
  troubles.push(...(await layoutTroubles(page)));
  return troubles;
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
