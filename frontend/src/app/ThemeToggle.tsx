import { useState } from "react";
import { strings } from "@/app/strings";
import { applyTheme, storedTheme, type Theme } from "@/app/theme";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

const ICONS: Record<Theme, string> = {
  system: "M2.5 3.5h11v7h-11zM6 13h4",
  light:
    "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.5v1.4m0 10.2v1.4M1.5 8h1.4m10.2 0h1.4M3.4 3.4l1 1m7.2 7.2 1 1m0-9.2-1 1m-7.2 7.2-1 1",
  dark: "M13.5 9.5A5.8 5.8 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7Z",
};

export function ThemeToggle() {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <button
      type="button"
      onClick={() => {
        const next = NEXT[theme];
        applyTheme(next);
        setTheme(next);
      }}
      aria-label={`${strings.themes[theme]}. Change`}
      title={strings.themes[theme]}
      className="grid size-8 place-items-center rounded-md text-muted hover:bg-raised hover:text-ink"
    >
      <svg
        viewBox="0 0 16 16"
        className="size-4"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        aria-hidden="true"
      >
        <path d={ICONS[theme]} strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </button>
  );
}
