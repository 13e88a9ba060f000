import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";

const BOX =
  "h-10 w-full rounded-md border border-line-strong bg-surface px-3 text-ink placeholder:text-muted aria-invalid:border-bad";

interface Common {
  label: string;
  hint?: ReactNode;
  error?: string | null | undefined;
}

function Frame({ id, label, hint, error, children }: Common & { id: string; children: ReactNode }) {
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      <p
        id={`${id}-help`}
        className={`min-h-5 text-xs ${error ? "text-bad" : "text-muted"}`}
        aria-live="polite"
      >
        {error ?? hint}
      </p>
    </div>
  );
}

interface InputProps extends Common, Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  unit?: string;
}

export function InputField({ label, hint, error, unit, className = "", ...rest }: InputProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <div className="relative">
        <input
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-help`}
          {...rest}
          className={`${BOX} ${unit ? "pr-20" : ""} ${className}`}
        />
        {unit && (
          <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-sm text-muted">
            {unit}
          </span>
        )}
      </div>
    </Frame>
  );
}

interface SelectProps extends Common, Omit<SelectHTMLAttributes<HTMLSelectElement>, "id"> {
  children: ReactNode;
}

export function SelectField({ label, hint, error, children, ...rest }: SelectProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select id={id} aria-describedby={`${id}-help`} {...rest} className={BOX}>
        {children}
      </select>
    </Frame>
  );
}
