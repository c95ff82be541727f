import { execFileSync } from "node:child_process";
import { env } from "node:process";
import { chromium } from "playwright-core";

function executable() {
  if (env.HONE_CHROMIUM) return env.HONE_CHROMIUM;
  try {
    return execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
  } catch {
    throw new Error("there is no chromium on the PATH; install it, or name one in HONE_CHROMIUM");
  }
}

export function openBrowser() {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: executable(), args });
}

// Before the page's own script: notes a call of alert() and every shift of the layout.
const kWatch = `
  window.honeAlerts = [];
  window.alert = (text) => window.honeAlerts.push(String(text));
  window.honeShift = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.honeShift += entry.value; }).observe({ type: "layout-shift", buffered: true });
`;

/** A page whose console errors, page errors, dialogs and requests are collected as troubles. */
export async function watched(browser, url, viewport, options = {}) {
  const context = await browser.newContext({ viewport, offline: true, ...options });
  const page = await context.newPage();
  const troubles = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`page error: ${error.message}`));
  page.on("dialog", (dialog) => {
    troubles.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const asked = request.url();
    if (asked.split("#")[0] !== url.split("#")[0] && asked !== "data:,") troubles.push(`request: ${asked.slice(0, 200)}`);
  });
  await page.addInitScript(kWatch);
  return { page, troubles };
}
