/** Dark or light: what the system says until the reader says otherwise. */

import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";

const kKey = "hone-theme";

function saved(): Theme | null {
  // A page opened from a file may have no storage, and asking then throws.
  try {
    const value = localStorage.getItem(kKey);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null;
  }
}

function keep(theme: Theme): void {
  try {
    localStorage.setItem(kKey, theme);
  } catch {
    // The choice then holds until the page is closed.
  }
}

const darkSystem = () => matchMedia("(prefers-color-scheme: dark)");

export function applySavedTheme(): void {
  const theme = saved();
  if (theme) document.documentElement.dataset.theme = theme;
}

export function useTheme(): [Theme, () => void] {
  const [chosen, setChosen] = useState<Theme | null>(saved);
  const [dark, setDark] = useState(darkSystem().matches);
  useEffect(() => {
    const query = darkSystem();
    const follow = () => setDark(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  const theme = chosen ?? (dark ? "dark" : "light");
  const toggle = () => {
    const next = theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    keep(next);
    setChosen(next);
  };
  return [theme, toggle];
}
