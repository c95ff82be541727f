/**
 * Makes one HTML file of the build: script and style go inline, and the page's content security policy allows exactly these two by
 * their hashes. Nothing else may run, load or be sent, whatever the data holds.
 */

import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const kMarker = '{"marker":"hone-report-json"}';

export function singleFile(): Plugin {
  return {
    name: "single-file",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = Object.values(bundle).find((file) => file.fileName.endsWith(".html"));
      if (page?.type !== "asset") throw new Error("the build made no HTML page");
      let scripts = "";
      let styles = "";
      for (const file of Object.values(bundle)) {
        if (file === page) continue;
        if (file.type === "chunk") scripts += file.code;
        else if (file.fileName.endsWith(".css")) styles += String(file.source);
        else throw new Error(`${file.fileName} cannot go into a single file`);
        delete bundle[file.fileName];
      }
      page.fileName = "report.html";
      page.source = inline(String(page.source), scripts, styles);
    },
  };
}

function inline(page: string, script: string, style: string): string {
  const safeScript = `\n${script.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--")}\n`;
  const safeStyle = `\n${style.trim()}\n`;
  // Replacement by function: the code holds `$&` and the like, which a replacement text would expand.
  const html = page
    .replace(/\s*<script type="module"[^>]*src=[^>]*><\/script>/g, "")
    .replace(/\s*<link rel="stylesheet"[^>]*>/g, "")
    .replace("script-src 'self'", () => `script-src '${hashOf(safeScript)}'`)
    .replace("style-src 'self'", () => `style-src '${hashOf(safeStyle)}'`)
    .replace("</head>", () => `<style>${safeStyle}</style>\n</head>`)
    .replace("</body>", () => `<script type="module">${safeScript}</script>\n</body>`);
  check(html);
  return html;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function check(html: string): void {
  const markers = html.split(kMarker).length - 1;
  if (markers !== 1) throw new Error(`the page holds the marker ${markers} times, not once`);
  const outside = /(?:\ssrc=|<link rel="stylesheet"|@import|url\()/.exec(html.replace(/<script type="module">[\s\S]*<\/script>/, ""));
  if (outside) throw new Error(`the page refers to something outside itself: ${outside[0]}`);
}
