// What a report must be. Each function returns its troubles as sentences.

import axe from "axe-core";

export const kSections = ["result", "data", "sources", "votes", "label-model", "training", "evaluation", "slices", "errors", "provenance"];

// The axe source runs through the debugger, which the page's content security policy does not forbid.
export async function axeTroubles(page, where) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter((violation) => violation.impact === "serious" || violation.impact === "critical")
    .map((violation) => `axe, ${where}: ${violation.id}: ${violation.help}, ${violation.nodes.length} times, first at ${violation.nodes[0].target.join(" ")}: ${violation.nodes[0].any[0]?.message ?? ""}`);
}

/** From opening the file to two frames after its script has run, the moment when everything has been painted. */
export async function timeTroubles(page, url, seconds) {
  await page.goto(url, { waitUntil: "load" });
  const shown = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(Math.round(performance.now()))))));
  return { shown, troubles: shown > 1000 * seconds ? [`it took ${shown} ms to show, more than ${seconds} s`] : [] };
}

export async function sectionTroubles(page) {
  const troubles = [];
  for (const id of kSections) {
    const section = page.locator(`section#${id}`);
    if ((await section.count()) !== 1) troubles.push(`there is no section '${id}'`);
    else if ((await section.locator("h2").count()) !== 1) troubles.push(`section '${id}' has no heading`);
    if ((await page.locator(`nav a[href="#${id}"]`).count()) !== 1) troubles.push(`no link leads to section '${id}'`);
  }
  const failed = await page.locator(".section-failed").count();
  if (failed > 0) troubles.push(`${failed} sections could not be shown`);
  const charts = await page.evaluate(() => [...document.querySelectorAll("figure")].filter((figure) => !figure.querySelector("figcaption") || !figure.querySelector("details") || !figure.querySelector("svg[aria-label]")).length);
  if (charts > 0) troubles.push(`${charts} charts lack a caption, a text alternative or their numbers as a table`);
  return troubles;
}

/** The page never scrolls sideways, and nothing jumps while it loads. */
export async function layoutTroubles(page) {
  const found = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth - document.documentElement.clientWidth, shift: window.honeShift, width: innerWidth }));
  const troubles = [];
  if (found.wide > 0) troubles.push(`at ${found.width} pixels the page is ${found.wide} pixels too wide`);
  if (found.shift > 0.01) troubles.push(`the layout shifts by ${found.shift.toFixed(3)}`);
  return troubles;
}

/** Markup in the data is text: nothing ran, no element came of it, and it can be read. */
export async function hostileTroubles(page) {
  const found = await page.evaluate(() => ({
    alerts: window.honeAlerts,
    elements: document.querySelectorAll("#app script, #app img, #app style, #app iframe, [onload], [onerror]").length,
    scripts: document.scripts.length,
    text: document.body.innerText,
  }));
  const troubles = found.alerts.map((text) => `a script in the data ran: alert(${text})`);
  if (found.elements > 0) troubles.push(`${found.elements} elements were made of the data's markup`);
  if (found.scripts !== 2) troubles.push(`the page holds ${found.scripts} scripts, not its two`);
  for (const markup of ["<script>alert(1)</script>", "</script>", "<img src=x onerror=alert(3)>"]) {
    if (!found.text.includes(markup)) troubles.push(`${markup} does not show as text`);
  }
  return troubles;
}

/** What a reader can do: switch the colours, sort, filter, open a row, walk through the heat map. */
export async function behaviourTroubles(page) {
  const troubles = [];
  const expect = (holds, text) => holds || troubles.push(text);
  const theme = page.getByRole("button", { name: "Dark colours" });
  await theme.click();
  expect((await page.evaluate(() => document.documentElement.dataset.theme)) === "dark", "the colour switch does not switch");
  await theme.click();
  await page.evaluate(() => {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem("hone-theme");
  });

  const sources = page.locator("#sources");
  const name = sources.getByRole("button", { name: "Source", exact: true });
  if ((await name.count()) === 1) {
    await name.click();
    const names = await sources.locator("tbody th .name").allInnerTexts();
    expect(names.length < 2 || new Intl.Collator("en", { numeric: true }).compare(names[0], names[1]) <= 0, "sources do not sort by name");
    await sources.locator(".opener").first().click();
    expect((await sources.locator(".source-details").count()) === 1, "a source does not open");
  }
  const search = sources.getByRole("searchbox");
  if ((await search.count()) === 1) {
    await search.fill("no such source anywhere");
    expect((await sources.locator(".no-rows").count()) === 1, "the filter of sources does not filter");
    await search.fill("");
  }

  const heat = page.locator(".heat svg");
  if ((await heat.count()) === 1) {
    await page.mouse.move(0, 0);
    await heat.focus();
    // The first key goes to the first cell, which is on the diagonal; the second to its neighbour, which is not.
    await page.keyboard.press("ArrowDown");
    const first = await page.locator(".heat .readout").innerText();
    await page.keyboard.press("ArrowRight");
    const second = await page.locator(".heat .readout").innerText();
    expect(/^Gold .*, right: /s.test(first) && /^Gold .*, predicted /s.test(second), `arrow keys do not move in the heat map: ${first} / ${second}`);
    await page.getByRole("radio", { name: "% of gold" }).check();
  }
  const details = page.locator("figure details summary").first();
  if ((await details.count()) === 1) {
    await details.click();
    const opened = await page.locator("figure details[open] table tbody tr").first().waitFor({ timeout: 2000 }).then(() => true, () => false);
    expect(opened, "the numbers of a chart do not open");
  }
  return troubles;
}
