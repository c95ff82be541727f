import { render } from "preact";
import { followAddress, readAddress } from "./address";
import { App } from "./app";
import { readReport } from "./read_report";
import "./style/tokens.css";
import "./style/page.css";
import "./style/result.css";
import "./style/parts.css";
import "./style/table.css";
import "./style/charts.css";
import "./style/print.css";
import { applySavedTheme } from "./theme";

applySavedTheme();
const root = document.getElementById("app");
if (root) {
  const read = readReport(document);
  root.replaceChildren();
  if ("report" in read) {
    document.title = `${read.report.project} · Hone report`;
    readAddress();
    render(<App report={read.report} />, root);
    followAddress();
  } else {
    render(
      <main class="trouble">
        <h1>Hone report</h1>
        <p>{read.trouble}</p>
      </main>,
      root,
    );
  }
}
