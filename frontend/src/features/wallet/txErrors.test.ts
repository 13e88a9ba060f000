import {
  BaseError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  parseAbi,
  UserRejectedRequestError,
} from "viem";
import { expect, test } from "vitest";
import { plainError } from "@/features/wallet/txErrors";
import { ApiError } from "@/lib/api/client";

test("plainError__a wallet's no, however wrapped__rejected", () => {
  const bare = Object.assign(new Error("User denied"), { code: 4001 });
  expect(plainError(bare).rejected).toBe(true);
  expect(
    plainError(new BaseError("send failed", { cause: new UserRejectedRequestError(bare) })).rejected,
  ).toBe(true);
});

test("plainError__a contract's reason__shown with advice, and surely unsent", () => {
  const data = encodeErrorResult({
    abi: parseAbi(["error Error(string)"]),
    errorName: "Error",
    args: ["guardian: new business is paused"],
  });
  const revert = new ContractFunctionRevertedError({ abi: [], data, functionName: "post_job" });
  const plain = plainError(new BaseError("reverted", { cause: revert }));
  expect(plain).toMatchObject({ rejected: false, unsent: true });
  expect(plain.message).toContain("guardian: new business is paused");
  expect(plain.advice).toContain("guardian");
});

test("plainError__anything else__may have been sent", () => {
  expect(plainError(new Error("socket hang up"))).toMatchObject({ rejected: false, unsent: false });
});

test("plainError__the server's problem__its own words", () => {
  expect(plainError(new ApiError(413, "Too large", "The file is over the limit."))).toMatchObject({
    message: "The file is over the limit.",
    advice: null,
  });
});
