// Pictures to look at: the first screen and the whole page, light, dark, on a phone and printed.

import { watched } from "./browser.mjs";
import { kSections } from "./expectations.mjs";

export async function takeShots(browser, url, pathOf) {
  const shoot = async (kind, viewport, media, whole) => {
    const { page } = await watched(browser, url, viewport, { reducedMotion: "reduce" });
    await page.emulateMedia(media);
    await page.goto(url, { waitUntil: "load" });
    await page.screenshot({ path: pathOf(kind), fullPage: whole });
    if (kind === "light") await shootSections(page, pathOf);
    await page.context().close();
  };
  await shoot("first", { width: 1440, height: 900 }, { colorScheme: "light" }, false);
  await shoot("light", { width: 1440, height: 900 }, { colorScheme: "light" }, true);
  await shoot("dark", { width: 1440, height: 900 }, { colorScheme: "dark" }, true);
  await shoot("phone", { width: 390, height: 844 }, { colorScheme: "light" }, true);
  await shoot("print", { width: 794, height: 1123 }, { media: "print" }, true);
}

async function shootSections(page, pathOf) {
  // Else what stays in view lies over what is photographed.
  await page.evaluate(() => document.querySelectorAll("header.head, .heat .readout").forEach((element) => element.style.setProperty("position", "static")));
  for (const id of kSections) await page.locator(`section#${id}`).screenshot({ path: pathOf(id) });
}
