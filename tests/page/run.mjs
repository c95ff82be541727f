// Fills the built page with each sample and checks it. web/ must be built: npm ci --prefix web && npm run --prefix web build
//
//   node run.mjs [--shots DIR] [--page REPORT.html]

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { argv, exit } from "node:process";
import { fileURLToPath } from "node:url";
import { fill } from "../../web/sample/fill.mjs";
import { makeReport, variantNames } from "../../web/sample/make.mjs";
import { openBrowser, watched } from "./browser.mjs";
import { checkReport } from "./check.mjs";
import { kSections } from "./expectations.mjs";

const kHere = dirname(fileURLToPath(import.meta.url));
const kMostBytes = 5_000_000;
// Both ways of a page that can be used; the others differ from them in their numbers alone.
const kThorough = new Set(["small", "hostile"]);
// Parts of sections that are there only where there is gold, where hone.yaml asks for them, or where releases were made.
const kBlocks = ["differences", "gates", "history", "criteria", "discovered-slices"];

function optionNamed(name, otherwise) {
  const at = argv.indexOf(name);
  return at < 0 ? otherwise : argv[at + 1];
}

/** Without a run's numbers the page says so in a sentence, and nothing else. */
async function emptyPageTroubles(browser, file) {
  const url = `file://${file}`;
  const { page, troubles } = await watched(browser, url, { width: 1000, height: 700 });
  await page.goto(url, { waitUntil: "load" });
  const text = await page.locator("#app").innerText();
  if (!text.includes("holds no report yet")) troubles.push(`without data the page says: ${text}`);
  await page.context().close();
  return troubles;
}

/** Reports of other versions may lack a part. Whatever is missing, every section is there, and says so or shows. */
async function damagedTroubles(browser, html, folder) {
  const whole = makeReport("small");
  const found = [];
  for (const part of Object.keys(whole).filter((name) => name !== "format")) {
    const file = join(folder, "damaged.html");
    await writeFile(file, fill(html, { ...whole, [part]: null }));
    const { page, troubles } = await watched(browser, `file://${file}`, { width: 1000, height: 700 });
    await page.goto(`file://${file}`, { waitUntil: "load" });
    for (const id of kSections) if ((await page.locator(`section#${id} h2`).count()) !== 1) troubles.push(`there is no section '${id}'`);
    found.push(...troubles.map((trouble) => `without ${part}: ${trouble}`));
    await page.context().close();
  }
  return found;
}

/** What only some projects have, the filled samples have. */
async function blockTroubles(browser, file) {
  const { page } = await watched(browser, `file://${file}`, { width: 1000, height: 700 });
  await page.goto(`file://${file}`, { waitUntil: "load" });
  const missing = [];
  for (const id of kBlocks) if ((await page.locator(`#${id} h3`).count()) !== 1) missing.push(`there is no block '${id}'`);
  await page.context().close();
  return missing;
}

async function main() {
  const built = optionNamed("--page", join(kHere, "../../web/dist/report.html"));
  const shots = optionNamed("--shots", null);
  const html = await readFile(built, "utf8");
  const folder = await mkdtemp(join(tmpdir(), "hone-page-"));
  const browser = await openBrowser();
  let failed = 0;
  const tell = (name, troubles, more) => {
    console.log(`${troubles.length === 0 ? "passed" : "FAILED"}  ${name}${more}`);
    for (const trouble of troubles) console.log(`        ${trouble}`);
    if (troubles.length > 0) ++failed;
  };
  try {
    tell("without data", await emptyPageTroubles(browser, built), "");
    tell("damaged", await damagedTroubles(browser, html, folder), "");
    for (const name of variantNames()) {
      const file = join(folder, `${name}.html`);
      const page = fill(html, makeReport(name));
      await writeFile(file, page);
      const { troubles, shown } = await checkReport(browser, file, { shots, name, hostile: name === "hostile", brief: !kThorough.has(name) });
      if (name !== "empty") troubles.push(...(await blockTroubles(browser, file)));
      if (page.length > kMostBytes) troubles.push(`the file has ${page.length} bytes, more than ${kMostBytes}`);
      tell(name, troubles, `  ${(page.length / 1e6).toFixed(2)} MB, shown in ${shown} ms`);
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`${variantNames().length + 2 - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

exit(await main());
