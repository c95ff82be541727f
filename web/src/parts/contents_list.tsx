import { useEffect, useRef, useState } from "preact/hooks";

/** Links to the sections; the one being read is marked. */
export function Contents({ entries }: { entries: readonly { id: string; title: string }[] }) {
  const current = useCurrentSection(entries);
  const nav = useRef<HTMLElement | null>(null);
  useEffect(() => {
    // On narrow screens the links are a row that scrolls sideways.
    const link = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (link) nav.current?.scrollTo({ left: link.offsetLeft - 40 });
  }, [current]);
  return (
    <nav class="contents" aria-label="Sections" ref={nav}>
      <ul>
        {entries.map(({ id, title }) => (
          <li key={id}>
            <a href={`#${id}`} aria-current={current === id ? "true" : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function useCurrentSection(entries: readonly { id: string }[]): string {
  const [current, setCurrent] = useState(entries[0]?.id ?? "");
  useEffect(() => {
    const visible = new Set<string>();
    const follow = (changes: IntersectionObserverEntry[]) => {
      for (const change of changes) {
        if (change.isIntersecting) visible.add(change.target.id);
        else visible.delete(change.target.id);
      }
      const first = entries.find(({ id }) => visible.has(id));
      if (first) setCurrent(first.id);
    };
    // A section counts as read while it crosses the upper third of the window.
    const observer = new IntersectionObserver(follow, { rootMargin: "-15% 0px -65% 0px" });
    for (const { id } of entries) {
      const section = document.getElementById(id);
      if (section) observer.observe(section);
    }
    return () => observer.disconnect();
  }, [entries]);
  return current;
}
