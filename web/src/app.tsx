import type { Report } from "./report";
import { kContents } from "./contents";
import { count } from "./format";
import { Contents } from "./parts/contents_list";
import { Guard } from "./parts/guard";
import { Stages } from "./parts/origin";
import { useTheme } from "./theme";

export function App({ report }: { report: Report }) {
  return (
    <Stages.Provider value={report.stages ?? []}>
      <a class="skip" href="#result">
        Skip to the result
      </a>
      <Head report={report} />
      <div class="page">
        <Contents entries={kContents} />
        <main>
          {kContents.map(({ id, title, show: Show }) => (
            <Guard key={id} id={id} title={title}>
              <Show report={report} />
            </Guard>
          ))}
        </main>
      </div>
    </Stages.Provider>
  );
}

function Head({ report }: { report: Report }) {
  const [theme, toggle] = useTheme();
  const dark = theme === "dark";
  return (
    <header class="head">
      <div class="head-name">
        <Mark />
        <h1>
          <span>{report.project}</span>
          <span class="head-kind"> report</span>
        </h1>
      </div>
      <p class="head-facts">
        {report.task?.kind} · {count(report.task?.classes?.length)} classes · {count(report.data?.rows)} rows
      </p>
      <button type="button" class="theme" onClick={toggle} aria-pressed={dark} aria-label="Dark colours" title={dark ? "Light colours" : "Dark colours"}>
        <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
          <circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" stroke-width="1.6" />
          <path d="M10 3a7 7 0 0 1 0 14Z" fill="currentColor" />
        </svg>
      </button>
    </header>
  );
}

/** A whetstone and the edge on it. */
function Mark() {
  return (
    <svg class="mark-logo" viewBox="0 0 28 28" width="28" height="28" aria-hidden="true">
      <rect x="3" y="17" width="22" height="7" rx="2" class="stone" />
      <path d="M5 14 21 4l2.5 2.2L14 14Z" class="edge" />
    </svg>
  );
}
