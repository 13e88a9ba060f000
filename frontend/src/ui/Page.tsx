import { type ReactNode, useEffect } from "react";

interface Props {
  title: string;
  lead?: ReactNode;
  badges?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** Heading and document title of a screen. */
export function Page({ title, lead, badges, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Assay`;
  }, [title]);
  return (
    <div className="grid gap-5 [&>*]:min-w-0">
      <header className="flex flex-wrap items-end gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <div className="flex flex-wrap items-center gap-2">
            <h1 className="text-2xl tracking-tight">{title}</h1>
            {badges}
          </div>
          {lead && <div className="mt-1 max-w-prose text-muted">{lead}</div>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
