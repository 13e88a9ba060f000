import { type FieldErrors, type RenderForm, SAMPLED } from "@/features/jobs/new/form";
import { strings } from "@/features/jobs/new/strings";
import { paramOf, useConfig } from "@/lib/config";
import { InputField, SelectField } from "@/ui/Field";

interface Props {
  form: RenderForm;
  errors: FieldErrors;
  onChange(patch: Partial<RenderForm>): void;
}

const SIZES = [
  ["320 × 180", "320", "180"],
  ["640 × 360", "640", "360"],
  ["1280 × 720", "1280", "720"],
  ["1920 × 1080", "1920", "1080"],
] as const;

export function RenderFields({ form, errors, onChange }: Props) {
  const app = useConfig();
  const text = (key: Exclude<keyof RenderForm, "grade" | "auction">) => ({
    value: form[key],
    error: errors[key],
    onChange: (event: { target: { value: string } }) => onChange({ [key]: event.target.value }),
  });
  const preset = SIZES.find(([, width, height]) => width === form.width && height === form.height)?.[0] ?? "";
  return (
    <div className="grid gap-5">
      <fieldset>
        <legend className="mb-2 font-medium">{strings.size}</legend>
        <div className="grid grid-cols-2 gap-x-4 gap-y-1 sm:grid-cols-4">
          <SelectField
            label="Size"
            value={preset}
            onChange={(event) => {
              const chosen = SIZES.find(([name]) => name === event.target.value);
              if (chosen) onChange({ width: chosen[1], height: chosen[2] });
            }}
          >
            <option value="">Custom</option>
            {SIZES.map(([name]) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </SelectField>
          <InputField label={strings.width} unit="px" inputMode="numeric" {...text("width")} />
          <InputField label={strings.height} unit="px" inputMode="numeric" {...text("height")} />
          <InputField
            label={strings.samples}
            hint={strings.samplesHint}
            inputMode="numeric"
            {...text("samples")}
          />
        </div>
      </fieldset>
      <fieldset>
        <legend className="mb-2 font-medium">{strings.redundancy}</legend>
        <div className="grid grid-cols-2 gap-x-4 gap-y-1 sm:grid-cols-4">
          <div className="col-span-2">
            <SelectField
              label={strings.gradeLabel}
              value={String(form.grade)}
              onChange={(event) => onChange({ grade: Number(event.target.value) })}
            >
              {[3, SAMPLED, 1].map((grade) => (
                <option key={grade} value={grade}>
                  {strings.grade[grade]}
                </option>
              ))}
            </SelectField>
          </div>
          <InputField
            label={strings.seats}
            hint={strings.seatsHint}
            inputMode="numeric"
            {...text("seats")}
            {...(form.grade === 1 || form.grade === SAMPLED ? { value: "1", disabled: true } : {})}
          />
          <InputField
            label={strings.spares}
            hint={strings.sparesHint}
            inputMode="numeric"
            {...text("spares")}
          />
          {form.grade === SAMPLED && (
            <InputField
              label={strings.audit}
              hint={strings.auditHint}
              unit="%"
              inputMode="numeric"
              {...text("audit")}
            />
          )}
        </div>
      </fieldset>
      <fieldset>
        <legend className="mb-2 font-medium">{strings.way}</legend>
        <div className="sm:w-1/2">
          <SelectField
            label={strings.wayLabel}
            value={form.auction ? "auction" : "instant"}
            onChange={(event) => onChange({ auction: event.target.value === "auction" })}
          >
            <option value="instant">{strings.instant}</option>
            <option value="auction">{strings.auction}</option>
          </SelectField>
        </div>
        <p className="text-sm text-muted">
          {form.auction
            ? strings.auctionNote(paramOf(app, "bid_seconds") ?? 0, paramOf(app, "open_seconds") ?? 0)
            : strings.instantNote}
        </p>
      </fieldset>
      <details>
        <summary className="w-fit text-sm font-medium text-accent">Price cap, exposure, seed</summary>
        <div className="mt-3 grid grid-cols-2 gap-x-4 gap-y-1 sm:grid-cols-3">
          <InputField
            label={strings.cap}
            hint={strings.capHint}
            unit="USD / h"
            inputMode="decimal"
            {...text("cap")}
          />
          <InputField
            label={strings.exposure}
            hint={strings.exposureHint}
            unit="stops"
            {...text("exposure")}
          />
          <InputField label={strings.seed} hint={strings.seedHint} inputMode="numeric" {...text("seed")} />
        </div>
      </details>
    </div>
  );
}
