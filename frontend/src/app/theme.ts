/** Theme choice: the system's unless the person picked one; public/theme.js applies it before the first paint. */
import { readStored, writeStored } from "@/lib/storage";

export type Theme = "system" | "light" | "dark";
const KEY = "assay.theme";

export function storedTheme(): Theme {
  const stored = readStored(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function applyTheme(theme: Theme): void {
  writeStored(KEY, theme === "system" ? null : theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
