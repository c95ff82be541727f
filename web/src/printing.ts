import { useEffect, useState } from "preact/hooks";

/** True while the page is printed, when nobody can turn the pages of a table. */
export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(() => matchMedia("print").matches);
  useEffect(() => {
    const query = matchMedia("print");
    const follow = () => setPrinting(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return printing;
}
