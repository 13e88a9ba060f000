// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { TxButton } from "@/features/wallet/TxButton";
import type { Transaction, TxState } from "@/features/wallet/useTransaction";
import type { Hex } from "@/lib/bytes";
import { address, hash, renderScreen } from "@/test/render";

const wagmi = vi.hoisted(() => ({ connection: {} as Record<string, unknown>, switchTo: vi.fn() }));
vi.mock("wagmi", () => ({
  useConnection: () => wagmi.connection,
  useSwitchChain: () => ({ mutate: wagmi.switchTo, isPending: false, error: null }),
  useConfig: () => ({}),
}));

const send = vi.fn(async () => ({ kind: "busy" }) as const);
const transaction = (state: TxState): Transaction => ({ state, send, reset: () => undefined });
const idle: TxState = { step: "idle", error: null };
const submit = async (): Promise<Hex> => hash("1");
const connected = { address: address("a"), chainId: 31337, status: "connected" };

beforeEach(() => {
  vi.clearAllMocks();
  wagmi.connection = connected;
});

test("TxButton__no wallet__asks to connect", async () => {
  wagmi.connection = { status: "disconnected" };
  renderScreen(<TxButton tx={transaction(idle)} label="Claim" submit={submit} />);
  expect(await screen.findByRole("button", { name: "Connect wallet" })).toBeEnabled();
});

test("TxButton__wrong chain__switches instead of sending", async () => {
  wagmi.connection = { ...connected, chainId: 1 };
  renderScreen(<TxButton tx={transaction(idle)} label="Claim" submit={submit} />);
  await userEvent.click(await screen.findByRole("button", { name: /Switch wallet/ }));
  expect(wagmi.switchTo).toHaveBeenCalledWith({ chainId: 31337 });
  expect(send).not.toHaveBeenCalled();
});

test("TxButton__blocked__says why and cannot be pressed", async () => {
  renderScreen(<TxButton tx={transaction(idle)} label="Claim" blocked="Nothing to claim" submit={submit} />);
  expect(await screen.findByRole("button", { name: "Nothing to claim" })).toBeDisabled();
});

test("TxButton__asking and pending__cannot be pressed again, the hash is shown", async () => {
  renderScreen(
    <TxButton tx={transaction({ step: "pending", hash: hash("7") })} label="Claim" submit={submit} />,
  );
  expect(await screen.findByRole("button", { name: /Pending/ })).toBeDisabled();
  expect(screen.getByTitle(hash("7"))).toBeInTheDocument();
});

test("TxButton__rejected in the wallet__back to the label, with a sentence", async () => {
  const error = {
    rejected: true,
    message: "You rejected it in the wallet. Nothing was sent.",
    advice: null,
    unsent: true,
  };
  renderScreen(<TxButton tx={transaction({ step: "idle", error })} label="Claim" submit={submit} />);
  const button = await screen.findByRole("button", { name: "Claim" });
  expect(screen.getByText(/Nothing was sent/)).toBeInTheDocument();
  await userEvent.click(button);
  expect(send).toHaveBeenCalledTimes(1);
});
