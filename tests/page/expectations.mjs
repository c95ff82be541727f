// What a report must be. Each function returns its troubles as sentences.

import axe from "axe-core";

export const kSections = ["result", "data", "sources", "votes", "label-model", "training", "evaluation", "clarity", "slices", "errors", "lineage", "provenance"];

// The axe source runs through the debugger, which the page's content security policy does not forbid.
export async function axeTroubles(page, where) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map((violation) => `axe, ${where}: ${violation.id}: ${violation.help}, ${violation.nodes.length} times, first at ${violation.nodes[0].target.join(" ")}: ${violation.nodes[0].any[0]?.message ?? ""}`);
}

/** Opens the file; milliseconds until two frames after its script has run, the moment when everything has been painted. */
export async function timeToShow(page, url) {
  await page.goto(url, { waitUntil: "load" });
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(Math.round(performance.now()))))));
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
  return troubles;
}

/** Every chart has a caption, a text alternative and its numbers as a table; every part says where its numbers come from. */
export async function chartTroubles(page) {
  const troubles = [];
  const bare = await page.evaluate(() => [...document.querySelectorAll("figure")].filter((figure) => !figure.querySelector("figcaption") || !figure.querySelector("svg[aria-label]") || !figure.querySelector("details > summary")).length);
  if (bare > 0) troubles.push(`${bare} charts lack a caption, a text alternative or their numbers as a table`);
  const summaries = page.locator("figure details > summary");
  for (let at = 0; at < (await summaries.count()); ++at) await summaries.nth(at).press("Enter");
  await page.waitForTimeout(50);
  const empty = await page.evaluate(() => [...document.querySelectorAll("figure details")].filter((details) => !details.open || !details.querySelector("tbody tr")).map((details) => details.textContent));
  for (const text of empty) troubles.push(`a chart has no numbers to read: ${text}`);
  for (let at = 0; at < (await summaries.count()); ++at) await summaries.nth(at).press("Enter");
  const silent = await page.evaluate(() => [...document.querySelectorAll("main > section:not(#provenance)")].filter((section) => !section.querySelector(".origin, .empty")).map((section) => section.id));
  for (const id of silent) troubles.push(`section '${id}' does not say where its numbers come from`);
  return troubles;
}

/** Every link leads to a part that is there, and none leads out of the page. */
export async function linkTroubles(page) {
  const lost = await page.evaluate(() => [...new Set([...document.querySelectorAll("a")].map((link) => link.getAttribute("href") ?? ""))].filter((href) => !href.startsWith("#") || !document.getElementById(decodeURIComponent(href.slice(1).split("?")[0]))));
  return lost.slice(0, 5).map((href) => `a link leads to nothing: ${href}`);
}

/** What somebody without a mouse does: skips to the result, walks on, sorts, and leaves no trap behind. */
export async function keyboardTroubles(page, url) {
  const troubles = [];
  await page.goto("about:blank");
  await page.goto(url, { waitUntil: "load" });
  const expect = (holds, text) => holds || troubles.push(text);
  const focused = () => page.evaluate(() => `${document.activeElement?.tagName.toLowerCase()}.${document.activeElement?.className} ${document.activeElement?.id}`);
  await page.keyboard.press("Tab");
  expect((await focused()).startsWith("a.skip"), `the first stop of the Tab key is ${await focused()}, not the skip link`);
  await page.keyboard.press("Enter");
  expect((await page.evaluate(() => document.activeElement?.id)) === "result", `the skip link leads to ${await focused()}`);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.closest("#result") !== null), `after the skip link the Tab key leads to ${await focused()}`);
  const jumps = await page.evaluate(() => document.querySelectorAll("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").length);
  expect(jumps === 0, `${jumps} elements are taken out of the order of the Tab key`);
  const hidden = await page.evaluate(() => [...document.querySelectorAll("a, button, input, select, summary, [tabindex='0']")].filter((element) => !element.closest("[hidden]") && element.getClientRects().length === 0).length);
  expect(hidden === 0, `${hidden} stops of the Tab key cannot be seen`);
  troubles.push(...(await sortTroubles(page)));
  return troubles;
}

/** A heading sorts by Enter; every heading does, tells it, and sorts the other way the second time. */
async function sortTroubles(page) {
  const first = page.locator("#table-sources thead .sort").first();
  if ((await first.count()) === 1) {
    await first.press("Enter");
    const told = await page.locator("#table-sources thead th").first().getAttribute("aria-sort");
    if (told !== "ascending") return [`Enter on the first heading of the sources sorts ${told}`];
  }
  const found = await page.evaluate(async () => {
    const troubles = [];
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const told = (table) => [...table.querySelectorAll("thead th[aria-sort]:not([aria-sort=none])")].map((heading) => heading.getAttribute("aria-sort")).join();
    for (const table of document.querySelectorAll(".table")) {
      for (const heading of table.querySelectorAll("thead .sort")) {
        const said = [];
        for (let times = 0; times < 2; ++times) {
          heading.click();
          await drawn();
          said.push(told(table));
        }
        if (said.slice().sort().join() !== "ascending,descending") troubles.push(`heading '${heading.textContent}' of ${table.id} sorts ${said.join(", then ")}`);
      }
    }
    return troubles;
  });
  await page.evaluate(() => history.replaceState(null, "", location.pathname));
  return found;
}

/** What was chosen stands in the address, and opening that address shows the same again. */
export async function addressTroubles(page, url, open) {
  const sources = page.locator("#table-sources");
  if ((await sources.getByRole("searchbox").count()) !== 1) return [];
  await page.goto("about:blank");
  await page.goto(url, { waitUntil: "load" });
  const names = await sources.locator("tbody th .name").allInnerTexts();
  await sources.getByRole("searchbox").fill(names[0]);
  await sources.getByRole("button", { name: "Precision" }).press("Enter");
  await sources.locator(".opener").first().press("Enter");
  const state = (of) => of.locator("#table-sources").evaluate((table) => ({
    text: table.querySelector("input").value,
    sorted: [...table.querySelectorAll("th[aria-sort]")].map((heading) => heading.getAttribute("aria-sort")).join(),
    rows: [...table.querySelectorAll("tbody tr")].map((row) => row.textContent).join("\n"),
    opened: table.querySelectorAll(".row-details").length,
  }));
  const chosen = await state(page);
  const address = await page.evaluate(() => location.href);
  const { page: other, troubles } = await open(address);
  await other.goto(address, { waitUntil: "load" });
  const found = await state(other);
  if (JSON.stringify(found) !== JSON.stringify(chosen)) troubles.push(`the address ${address.split("#")[1]} does not bring back what was chosen`);
  if (chosen.opened !== 1) troubles.push("a source does not open by Enter");
  const inView = await other.locator("#sources").evaluate((section) => section.getBoundingClientRect().top < innerHeight && section.getBoundingClientRect().bottom > 0);
  if (!inView) troubles.push("the address does not bring its part into view");
  await other.context().close();
  await page.goto(url, { waitUntil: "load" });
  return troubles;
}

/** Whether a table of so many rows on paper has no more on the screen. */
async function wholeOnScreen(page, { id, rows }) {
  await page.emulateMedia({ media: "screen" });
  await page.waitForTimeout(100);
  const said = await page.locator(`#${id} .pages [role=status]`).allInnerTexts();
  await page.emulateMedia({ media: "print" });
  return said.length === 0 || said[0].endsWith(` of ${rows}`);
}

/** On paper: every row up to a limit, no controls, nothing cut off at the side. */
export async function printTroubles(page) {
  const troubles = [];
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.waitForFunction(() => !document.querySelector(".pages"), null, { timeout: 20_000 }).catch(() => troubles.push("tables still have pages on paper"));
  const found = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    controls: [...document.querySelectorAll("button.theme, nav, .table-tools, .choice, .pages")].filter((element) => element.getClientRects().length > 0).length,
    ground: getComputedStyle(document.body).backgroundColor,
    tables: [...document.querySelectorAll(".table")].map((table) => ({ id: table.id, rows: table.querySelectorAll("tbody > tr:not(.row-details)").length, note: /The first ([\d,]+) of ([\d,]+) rows/.exec(table.textContent)?.[0] ?? "" })),
  }));
  if (found.wide > 0) troubles.push(`on paper the page is ${found.wide} pixels too wide`);
  if (found.controls > 0) troubles.push(`${found.controls} controls are printed`);
  if (found.ground !== "rgb(255, 255, 255)") troubles.push(`paper is ${found.ground}`);
  for (const table of found.tables) if ([25, 50, 200].includes(table.rows) && table.note === "" && !(await wholeOnScreen(page, table))) troubles.push(`${table.id} is cut off on paper and does not say so`);
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  return troubles;
}

/** The page never scrolls sideways, and nothing jumps while it loads. */
export async function layoutTroubles(page, { loading = false } = {}) {
  const found = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth - document.documentElement.clientWidth, shift: window.honeShift, width: innerWidth }));
  const troubles = [];
  if (found.wide > 0) troubles.push(`at ${found.width} pixels the page is ${found.wide} pixels too wide`);
  if (loading && found.shift > 0.01) troubles.push(`the layout shifts by ${found.shift.toFixed(3)}`);
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

  troubles.push(...(await heatTroubles(page)), ...(await lineageTroubles(page)));
  return troubles;
}

/** The lineage is one stop of the Tab key, walked through with the arrow keys; each part tells its event, its hash and who was behind it. */
async function lineageTroubles(page) {
  const lineage = page.locator("#lineage");
  const stops = await lineage.locator("svg [tabindex='0']").count();
  if (stops === 0) return (await lineage.locator(".empty").innerText()).includes("Nothing is recorded yet") ? [] : ["there is no lineage, and the page does not say so"];
  const troubles = stops === 1 ? [] : [`the lineage has ${stops} stops of the Tab key`];
  const current = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  await lineage.locator("svg [tabindex='0']").focus();
  const first = await current();
  await page.keyboard.press("ArrowRight");
  const second = await current();
  await page.keyboard.press("ArrowLeft");
  if (first === second || (await lineage.locator("svg [aria-pressed='true']").count()) !== 1) troubles.push(`arrow keys do not move in the lineage: ${first} / ${second}`);
  await lineage.locator(".node-dataset").first().focus();
  const told = await lineage.locator(".lineage-details").innerText();
  for (const part of ["Event", "SHA-256", "Who", "Made by"]) if (!told.includes(part)) troubles.push(`the lineage does not tell '${part}' of the dataset: ${told}`);
  await page.keyboard.press("Escape");
  if ((await lineage.locator("svg [aria-pressed='true']").count()) !== 0) troubles.push("Escape does not let go of a part of the lineage");
  return troubles;
}

/** The confusion matrix is walked through with the arrow keys, and Enter on an error leads to the errors of its cell. */
async function heatTroubles(page) {
  const heat = page.locator("#confusion .heat");
  if ((await heat.count()) !== 1) return [];
  const troubles = [];
  await page.mouse.move(0, 0);
  await heat.locator("svg").focus();
  // The first key goes to the first cell, which is on the diagonal; the second to its neighbour, which is not.
  await page.keyboard.press("ArrowDown");
  const first = await heat.locator(".readout").innerText();
  await page.keyboard.press("ArrowRight");
  const second = await heat.locator(".readout").innerText();
  if (!/^Gold .*, right: /s.test(first) || !/^Gold .*, predicted /s.test(second)) troubles.push(`arrow keys do not move in the heat map: ${first} / ${second}`);
  const names = await page.locator("#confusion .heat-names text").allInnerTexts();
  await page.keyboard.press("Enter");
  if ((await page.locator("#table-errors").count()) === 1) {
    const facets = await page.locator("#table-errors").evaluate((table) => [...table.querySelectorAll("select")].slice(0, 2).map((select) => select.value));
    if (facets.some((value) => value === "")) troubles.push(`Enter on a cell does not lead to its errors: ${facets} of ${names.slice(0, 2)}`);
    await page.locator("#table-errors").getByRole("button", { name: "Show all" }).click();
  }
  await page.locator("#confusion").getByRole("radio", { name: "% of gold" }).check();
  return troubles;
}
