// `npm run dev` shows a sample in place of a run's report: HONE_SAMPLE=large npm run dev.

import { env } from "node:process";
import { fill } from "./sample/fill.mjs";
import { makeReport } from "./sample/make.mjs";

export function sampleInDevelopment() {
  return {
    name: "sample-in-development",
    apply: "serve",
    transformIndexHtml: { order: "pre", handler: (html) => fill(html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""), makeReport(env.HONE_SAMPLE ?? "small")) },
  };
}
