// Pictures of a report.
//
//   node shots.mjs REPORT.html DIR            the pictures of docs/report.md: each part, the dark page, a phone, and paper, as small palette PNGs
//   node shots.mjs REPORT.html DIR ID...      of these elements alone
//
// check.mjs and run.mjs take others with --shots: whole pages to look at.

import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { argv, exit } from "node:process";
import { pathToFileURL } from "node:url";
import { openBrowser, watched } from "./browser.mjs";
import { kSections } from "./expectations.mjs";
import { palettePng } from "./palette_png.mjs";

const kDesktop = { width: 1440, height: 900 };
// So wide that no table has to be scrolled.
const kDocs = { width: 1440, height: 900 };
const kPhone = { width: 390, height: 844 };
const kPaper = { width: 794, height: 1123 };
// Of a long part its head says enough.
const kMostHeight = 1100;

async function openAt(browser, url, viewport, media) {
  const { page } = await watched(browser, url, viewport, { reducedMotion: "reduce" });
  await page.emulateMedia(media);
  await page.goto(url, { waitUntil: "load" });
  return page;
}

/** Whole pages and parts, to look at. */
export async function takeShots(browser, url, pathOf) {
  const shoot = async (kind, viewport, media, whole) => {
    const page = await openAt(browser, url, viewport, media);
    await page.screenshot({ path: pathOf(kind), fullPage: whole });
    if (kind === "light") await shootSections(page, pathOf);
    await page.context().close();
  };
  await shoot("first", kDesktop, { colorScheme: "light" }, false);
  await shoot("light", kDesktop, { colorScheme: "light" }, true);
  await shoot("dark", kDesktop, { colorScheme: "dark" }, true);
  await shoot("phone", kPhone, { colorScheme: "light" }, true);
  await shoot("print", kPaper, { media: "print" }, true);
}

// Else what stays in view lies over what is photographed.
async function unstick(page) {
  await page.evaluate(() => document.querySelectorAll("header.head, nav.contents, .heat .readout").forEach((element) => element.style.setProperty("position", "static")));
}

async function shootSections(page, pathOf) {
  await unstick(page);
  for (const id of kSections) await page.locator(`section#${id}`).screenshot({ path: pathOf(id) });
}

// What docs/report.md shows besides the sections, each with what is done to it first.
const kParts = {
  differences: { of: "#differences" },
  confusion: { of: "#confusion" },
  classes: { of: "#table-classes" },
  calibration: { of: "#calibration" },
  source: { of: "#table-sources", hash: (page) => page.locator("#table-sources tbody th .name").first().innerText().then((name) => `#sources?sources.q=${encodeURIComponent(name)}&sources.open=${encodeURIComponent(name)}`) },
};

async function shootPart(page, element, file) {
  await page.evaluate(() => scrollTo(0, 0));
  const box = await page.locator(element).first().boundingBox();
  const clip = { x: box.x, y: box.y, width: box.width, height: Math.min(box.height, kMostHeight) };
  await writeFile(file, palettePng(await page.screenshot({ clip, fullPage: true })));
}

/** Pictures of some elements, by id. */
async function takeElementShots(browser, url, folder, ids) {
  const page = await openAt(browser, url, kDocs, { colorScheme: "light" });
  await unstick(page);
  for (const id of ids) await shootPart(page, `#${id}`, join(folder, `report-${id}.png`));
  await page.context().close();
}

/** The pictures of docs/report.md. */
async function takeDocsShots(browser, url, folder) {
  const fileOf = (kind) => join(folder, kind === "first" ? "report.png" : `report-${kind}.png`);
  const shoot = async (kind, viewport, media) => {
    const page = await openAt(browser, url, viewport, media);
    await writeFile(fileOf(kind), palettePng(await page.screenshot()));
    await page.context().close();
  };
  await shoot("first", kDesktop, { colorScheme: "light" });
  await shoot("dark", kDesktop, { colorScheme: "dark" });
  await shoot("phone", kPhone, { colorScheme: "light" });
  await shoot("print", kPaper, { media: "print" });
  const page = await openAt(browser, url, kDocs, { colorScheme: "light" });
  await unstick(page);
  const dataset = page.locator("#lineage .node-dataset").first();
  if ((await dataset.count()) === 1) await dataset.focus();  // So that the picture has what is told of a part.
  for (const id of kSections.filter((id) => id !== "result")) await shootPart(page, `section#${id}`, fileOf(id));
  for (const [kind, { of, hash }] of Object.entries(kParts)) {
    if (hash) await page.evaluate((address) => (location.hash = address), await hash(page)).then(() => page.waitForTimeout(200));
    await shootPart(page, of, fileOf(kind));
  }
  await page.context().close();
}

async function main() {
  const [file, folder, ...ids] = argv.slice(2);
  if (!file || !folder) {
    console.error("usage: node shots.mjs REPORT.html DIR [ID...]");
    return 2;
  }
  await mkdir(folder, { recursive: true });
  const browser = await openBrowser();
  try {
    const url = pathToFileURL(resolve(file)).href;
    await (ids.length > 0 ? takeElementShots(browser, url, folder, ids) : takeDocsShots(browser, url, folder));
    return 0;
  } finally {
    await browser.close();
  }
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) exit(await main());
