import { type ReactNode, useId } from "react";

interface Props {
  title?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  flush?: boolean;
}

/** A titled region; `flush` lets a table reach the edges. */
export function Card({ title, note, actions, children, className = "", flush = false }: Props) {
  const id = useId();
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className={`min-w-0 rounded-lg border border-line bg-surface ${className}`}
    >
      {title && (
        <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 pt-3.5 pb-2">
          <h2 id={id} className="text-base">
            {title}
          </h2>
          {note && <p className="text-sm text-muted">{note}</p>}
          {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? "pb-1" : `px-4 pb-4 ${title ? "" : "pt-4"}`}>{children}</div>
    </section>
  );
}
