/** Role switch in the header and the confirmation dialog of the demo wallet. Part of the demo chunk only. */
import { DropdownMenu } from "radix-ui";
import { ROLES } from "@/features/wallet/demo/accounts";
import { DemoConfirm } from "@/features/wallet/demo/DemoConfirm";
import { chooseRole, useDemo } from "@/features/wallet/demo/store";
import { strings } from "@/features/wallet/strings";
import { buttonClass } from "@/ui/Button";

export function DemoCorner() {
  const { role } = useDemo();
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          className={`${buttonClass("plain", "small")} !border-warn/50 !bg-warn-soft`}
          aria-label={`${strings.demoLabel}, ${strings.role}: ${role.name}`}
        >
          <span className="text-warn max-sm:hidden">Demo</span> {role.name}
          <svg viewBox="0 0 10 6" className="w-2.5" aria-hidden="true">
            <path d="m1 1 4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.5" />
          </svg>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            align="end"
            sideOffset={6}
            className="z-30 w-64 rounded-lg border border-line bg-surface p-1.5 shadow-lg"
          >
            <p className="px-2.5 py-2 text-xs text-muted">{strings.demoNote}</p>
            <DropdownMenu.RadioGroup value={String(role.index)}>
              {ROLES.map((one) => (
                <DropdownMenu.RadioItem
                  key={one.index}
                  value={String(one.index)}
                  onSelect={() => chooseRole(one)}
                  className="flex cursor-pointer items-center justify-between rounded px-2.5 py-2 text-sm outline-none data-highlighted:bg-raised"
                >
                  {one.name}
                  <DropdownMenu.ItemIndicator className="text-accent">✓</DropdownMenu.ItemIndicator>
                </DropdownMenu.RadioItem>
              ))}
            </DropdownMenu.RadioGroup>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <DemoConfirm />
    </>
  );
}
