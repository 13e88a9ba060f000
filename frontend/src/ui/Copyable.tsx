import { useEffect, useState } from "react";
import { shortHex } from "@/lib/format/ids";

const CONFIRM_MS = 1_400;

interface Props {
  value: string;
  /** What it is, for the button's name: "address", "transaction". */
  what: string;
  head?: number;
  tail?: number;
  full?: boolean;
}

/** Shortened hex with a copy button; the whole value is its title. */
export function Copyable({ value, what, head, tail, full = false }: Props) {
  return (
    <span className="inline-flex max-w-full items-center gap-1 align-baseline font-mono text-[0.8125rem]">
      <span title={value} className={full ? "break-all" : "whitespace-nowrap"}>
        {full ? value : shortHex(value, head, tail)}
      </span>
      <CopyButton value={value} what={what} />
    </span>
  );
}

export function CopyButton({ value, what }: { value: string; what: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      onClick={() => {
        void navigator.clipboard?.writeText(value).then(() => setCopied(true));
      }}
      aria-label={copied ? `${what} copied` : `Copy ${what}`}
      title={copied ? "Copied" : `Copy ${what}`}
      className="inline-grid size-6 shrink-0 place-items-center rounded text-muted hover:bg-raised hover:text-ink"
    >
      <svg
        viewBox="0 0 16 16"
        className="size-3.5"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      >
        {copied ? (
          <path d="m3 8.5 3 3 7-7" strokeLinecap="round" strokeLinejoin="round" />
        ) : (
          <path d="M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z" strokeLinejoin="round" />
        )}
      </svg>
    </button>
  );
}
