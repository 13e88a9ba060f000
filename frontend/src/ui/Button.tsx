import type { ButtonHTMLAttributes, ReactNode } from "react";

type Look = "primary" | "plain" | "danger" | "quiet";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-accent-ink border-transparent hover:brightness-110",
  plain: "bg-surface text-ink border-line-strong/60 hover:bg-raised",
  danger: "bg-surface text-bad border-bad/60 hover:bg-bad-soft",
  quiet: "bg-transparent text-ink border-transparent hover:bg-raised",
};

const SIZES = {
  small: "h-8 px-2.5 text-sm",
  medium: "h-10 px-4",
  large: "min-h-12 px-5 py-2 text-base",
} as const;

export function buttonClass(look: Look = "plain", size: keyof typeof SIZES = "medium"): string {
  return `inline-flex items-center justify-center gap-2 rounded-md border font-medium select-none transition-[filter,background-color] disabled:opacity-60 disabled:cursor-not-allowed aria-disabled:opacity-60 ${LOOKS[look]} ${SIZES[size]}`;
}

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  size?: keyof typeof SIZES;
  busy?: boolean;
  children: ReactNode;
}

export function Button({
  look = "plain",
  size = "medium",
  busy = false,
  children,
  className = "",
  ...rest
}: Props) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
      className={`${buttonClass(look, size)} ${className}`}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

export function Spinner() {
  return (
    <svg viewBox="0 0 16 16" className="size-4 animate-spin" aria-hidden="true">
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeOpacity="0.3" strokeWidth="2" />
      <path d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
