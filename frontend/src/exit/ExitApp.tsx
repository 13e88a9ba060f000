import { useEffect, useState } from "react";
import { getAddress, isAddress } from "viem";
import { bakedDeployments, type Deployment, parseDeployment } from "@/exit/deployments";
import type { Source } from "@/exit/holding";
import { asks } from "@/exit/holdings/asks";
import { bonds } from "@/exit/holdings/bonds";
import { credit } from "@/exit/holdings/credit";
import { jobs } from "@/exit/holdings/jobs";
import { shares } from "@/exit/holdings/shares";
import { stake } from "@/exit/holdings/stake";
import { type Node, openNode } from "@/exit/node";
import { SourceCard } from "@/exit/SourceCard";
import { type Connected, connectWallet, type FoundWallet, watchWallets } from "@/exit/wallets";
import { plainError } from "@/features/wallet/txErrors";
import type { Hex } from "@/lib/bytes";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Copyable } from "@/ui/Copyable";
import { InputField, SelectField } from "@/ui/Field";

/** In the order in which money is usually looked for. */
const SOURCES: readonly Source[] = [credit, shares, stake, bonds, jobs, asks];

/** Everything an account has in the contracts, from a node alone. */
export function ExitApp() {
  const [deployments, setDeployments] = useState<Deployment[]>(() => bakedDeployments(document));
  const [chosen, setChosen] = useState(0);
  const [url, setUrl] = useState("http://127.0.0.1:8545");
  const [typed, setTyped] = useState("");
  const [wallets, setWallets] = useState<FoundWallet[]>([]);
  const [wallet, setWallet] = useState<Connected | null>(null);
  const [open, setOpen] = useState<{ node: Node; account: Hex } | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const deployment = deployments[chosen];

  useEffect(
    () =>
      watchWallets((found) =>
        setWallets((known) => (known.some((one) => one.id === found.id) ? known : [...known, found])),
      ),
    [],
  );

  async function attempt(work: () => Promise<void>) {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(plainError(error).message);
    } finally {
      setBusy(false);
    }
  }

  const load = (file: File) =>
    attempt(async () => {
      const fresh = parseDeployment(await file.text());
      setDeployments((known) => [...known, fresh]);
      setChosen(deployments.length);
      setOpen(null);
    });

  const connect = (found: FoundWallet) =>
    attempt(async () => {
      const connected = await connectWallet(found);
      setWallet(connected);
      setTyped((before) => before || connected.account);
    });

  const look = () =>
    attempt(async () => {
      if (!deployment) throw new Error("Choose the deployment file first.");
      if (!isAddress(typed.trim(), { strict: false })) {
        throw new Error("The account is not an address: 0x and 40 hex digits.");
      }
      setOpen({ node: await openNode(url.trim(), deployment), account: getAddress(typed.trim()) });
    });

  return (
    <main className="mx-auto grid max-w-4xl gap-4 px-4 py-6">
      <header>
        <h1 className="text-2xl">Assay without Assay</h1>
        <p className="mt-1 max-w-prose text-muted">
          This page is one file. It asks nobody but the chain node that you name, and your wallet. Everything
          an account owns in the contracts can be seen and claimed here, whatever became of the dashboard.
        </p>
      </header>
      <Card title="Where to look">
        <form
          className="grid gap-x-4 sm:grid-cols-2"
          onSubmit={(event) => {
            event.preventDefault();
            void look();
          }}
        >
          <InputField
            label="Chain node"
            hint="An RPC address: your own node, or a public one."
            value={url}
            onChange={(event) => setUrl(event.target.value)}
            spellCheck={false}
          />
          <InputField
            label="Account"
            hint="Any address can be looked at; only its owner can send what is its own."
            value={typed}
            placeholder="0x…"
            onChange={(event) => setTyped(event.target.value)}
            spellCheck={false}
          />
          {deployments.length > 0 && (
            <SelectField
              label="Contracts"
              value={chosen}
              onChange={(event) => {
                setChosen(Number(event.target.value));
                setOpen(null);
              }}
            >
              {deployments.map((one, index) => (
                <option key={one.contracts.JobMarket} value={index}>
                  Chain {one.chainId}, market {one.contracts.JobMarket}
                </option>
              ))}
            </SelectField>
          )}
          <InputField
            label={deployments.length > 0 ? "Other contracts" : "Contracts"}
            hint="The deployment file, such as 31337.json: it lists the contracts' addresses."
            type="file"
            accept=".json,application/json"
            className="py-1.5"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) void load(file);
            }}
          />
          <div className="flex flex-wrap items-center gap-2 sm:col-span-2">
            <Button look="primary" type="submit" busy={busy}>
              Look
            </Button>
            {wallet ? (
              <span className="text-sm">
                Wallet: <Copyable value={wallet.account} what="address" />
              </span>
            ) : (
              wallets.map((found) => (
                <Button key={found.id} onClick={() => connect(found)}>
                  Connect {found.name}
                </Button>
              ))
            )}
            {!wallet && wallets.length === 0 && (
              <span className="text-sm text-muted">
                No wallet was found. Extensions need leave to see files; or copy the calls into any wallet.
              </span>
            )}
          </div>
          {problem && (
            <p role="alert" className="mt-2 text-bad sm:col-span-2">
              {problem}
            </p>
          )}
        </form>
      </Card>
      {open && (
        <>
          <p className="text-sm text-muted" role="status">
            As of block {open.node.block.toString()} for <Copyable value={open.account} what="address" />.{" "}
            <button type="button" className="link" onClick={() => void look()}>
              Read again
            </button>
          </p>
          {SOURCES.map((source) => (
            <SourceCard
              key={source.name}
              source={source}
              node={open.node}
              account={open.account}
              wallet={wallet}
              onDone={() => void look()}
            />
          ))}
        </>
      )}
    </main>
  );
}
