/** What a wallet or a node said, in plain words; the code of a user's "no" is 4001. */
import { BaseError, ContractFunctionRevertedError, UserRejectedRequestError } from "viem";
import { strings } from "@/features/wallet/strings";
import { ApiError } from "@/lib/api/client";

export interface PlainError {
  /** The user said no: not an error, back to the form. */
  rejected: boolean;
  message: string;
  /** What to do about it. */
  advice: string | null;
  /** Certainly nothing was sent: the user said no, or the simulation reverted before the wallet was asked. */
  unsent: boolean;
}

const ADVICE: [RegExp, string][] = [
  [
    /above the ceiling|over the ceiling|ask/i,
    "A device's price changed since the quote. Take a fresh quote and send again.",
  ],
  [
    /free stake|bond|stake/i,
    "A provider's free stake fell since the quote. Take a fresh quote and send again.",
  ],
  [/already|exists|posted/i, "This job is already on chain. Open the Jobs page to find it."],
  [
    /paused/i,
    "New jobs are paused by the guardian; jobs that run go on. Try again when the pause has ended.",
  ],
  [/allowance/i, "The approval does not cover the amount. Approve again."],
  [/balance/i, "Your balance is too small for this amount."],
  [
    /nonce/i,
    "The wallet's nonce does not fit the chain. If the local chain was reset, clear the wallet's activity data.",
  ],
];

function adviceFor(message: string): string | null {
  return ADVICE.find(([pattern]) => pattern.test(message))?.[1] ?? null;
}

function codeOf(error: unknown): number | null {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current && typeof current === "object"; depth++) {
    const { code, cause } = current as { code?: unknown; cause?: unknown };
    if (code === 4001) return 4001;
    current = cause;
  }
  return null;
}

/** `no` is the sentence for a refusal in the wallet, where the usual one does not fit. */
export function plainError(error: unknown, no: string = strings.rejected): PlainError {
  const rejected =
    codeOf(error) === 4001 ||
    (error instanceof BaseError && error.walk((inner) => inner instanceof UserRejectedRequestError) !== null);
  if (rejected) return { rejected: true, message: no, advice: null, unsent: true };
  if (error instanceof ApiError) {
    return {
      rejected: false,
      message: error.message,
      advice: error.retryable ? "Try again in a moment." : null,
      unsent: true,
    };
  }
  if (error instanceof BaseError) {
    const revert = error.walk((inner) => inner instanceof ContractFunctionRevertedError);
    if (revert instanceof ContractFunctionRevertedError && revert.reason) {
      return {
        rejected: false,
        message: `The contract refuses: ${revert.reason}.`,
        advice: adviceFor(revert.reason),
        unsent: true,
      };
    }
    const message = error.shortMessage || error.message;
    return { rejected: false, message, advice: adviceFor(`${message} ${error.details}`), unsent: false };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { rejected: false, message, advice: adviceFor(message), unsent: false };
}
