// The built page with an invented report in it, to stdout.
//
//   node sample/page.mjs small > small.html

import { readFile } from "node:fs/promises";
import { argv, stdout } from "node:process";
import { fill } from "./fill.mjs";
import { makeReport } from "./make.mjs";

const page = await readFile(new URL("../dist/report.html", import.meta.url), "utf8");
stdout.write(fill(page, makeReport(argv[2] ?? "small")));
