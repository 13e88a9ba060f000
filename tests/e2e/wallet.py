"""An injected wallet that signs for real: EIP-1193 over an eth_account key, announced by EIP-6963.

It can refuse a request, lack a method, start on the wrong chain and not know the right one, as people's wallets do.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data
from playwright.sync_api import Page
from web3 import Web3

_PROVIDER = """
(() => {
  const listeners = {};
  const provider = {
    isAssayTestWallet: true,
    on: (event, listener) => { (listeners[event] ||= []).push(listener); return provider; },
    removeListener: (event, listener) => {
      listeners[event] = (listeners[event] || []).filter((each) => each !== listener);
      return provider;
    },
    request: async ({ method, params }) => {
      const answer = JSON.parse(await window.__walletRequest(method, JSON.stringify(params ?? [])));
      if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
      if (method === 'wallet_switchEthereumChain' || method === 'wallet_addEthereumChain')
        for (const listener of listeners.chainChanged || []) listener(params[0].chainId);
      return answer.result;
    },
  };
  const info = Object.freeze({
    uuid: '5b1f5a3e-6d52-4c0e-9d0c-1f3b7a9d7a11', name: 'Test Wallet', rdns: 'test.assay.wallet',
    icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
  });
  const announce = () => window.dispatchEvent(
    new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }));
  window.__walletMoved = (chainId) => {
    for (const listener of listeners.chainChanged || []) listener(chainId);
  };
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
})();
"""

USER_REJECTED = {"code": 4001, "message": "User rejected the request."}
UNSUPPORTED = {"code": 4200, "message": "The method is not supported by this wallet."}
UNKNOWN_CHAIN = {"code": 4902, "message": "Unrecognized chain ID. Add it with wallet_addEthereumChain."}
WRONG_CHAIN = "0x1"


@dataclass
class InjectedWallet:
    """One account of one chain. `refuse` holds methods to reject (of typed data also as "method:primaryType"), `lacks`
    methods it does not have; `log` what was asked.
    """

    account: Any
    web3: Web3
    chain_id: str = ""
    connected: bool = False
    knows_chain: bool = True
    refuse: set[str] = field(default_factory=set)
    lacks: set[str] = field(default_factory=set)
    log: list[str] = field(default_factory=list)

    def install(self, page: Page) -> None:
        """Makes the wallet known to every document of the page, before its own scripts run."""
        self.chain_id = self.chain_id or hex(self.web3.eth.chain_id)
        page.expose_function("__walletRequest", self.handle)
        page.add_init_script(_PROVIDER)

    def move(self, page: Page, chain_id: str) -> None:
        """The person picks another chain in the wallet itself."""
        self.chain_id = chain_id
        page.evaluate("(chainId) => window.__walletMoved(chainId)", chain_id)

    def handle(self, method: str, params_json: str) -> str:
        """Answers one request as JSON: {"result"} or {"error"}."""
        self.log.append(method)
        params = json.loads(params_json)
        primary_type = json.loads(params[1])["primaryType"] if method == "eth_signTypedData_v4" else ""
        if self.refuse & {method, f"{method}:{primary_type}"}:
            return json.dumps({"error": USER_REJECTED})
        if method in self.lacks:
            return json.dumps({"error": UNSUPPORTED})
        if method == "wallet_switchEthereumChain" and not self.knows_chain:
            return json.dumps({"error": UNKNOWN_CHAIN})
        try:
            return json.dumps({"result": self._answer(method, params)})
        except Exception as failure:
            return json.dumps({"error": {"code": -32000, "message": str(failure)}})

    def _answer(self, method: str, params: list[Any]) -> Any:
        match method:
            case "eth_requestAccounts":
                self.connected = True
                return [self.account.address]
            case "eth_accounts":
                # a wallet that answers before it was asked would reconnect by itself at load
                return [self.account.address] if self.connected else []
            case "wallet_requestPermissions":
                self.connected = True
                return [{"parentCapability": "eth_accounts"}]
            case "eth_chainId":
                return self.chain_id
            case "wallet_switchEthereumChain":
                self.chain_id = params[0]["chainId"]
                return None
            case "wallet_addEthereumChain":
                self.chain_id, self.knows_chain = params[0]["chainId"], True
                return None
            case "personal_sign":
                message = encode_defunct(hexstr=params[0])
                return "0x" + self.account.sign_message(message).signature.hex().removeprefix("0x")
            case "eth_signTypedData_v4":
                typed = json.loads(params[1])
                if int(typed["domain"]["chainId"]) != int(self.chain_id, 16):
                    raise RuntimeError("the typed data is for another chain than the wallet's")
                signed = self.account.sign_message(encode_typed_data(full_message=typed))
                return "0x" + signed.signature.hex().removeprefix("0x")
            case "eth_sendTransaction":
                return self._send(params[0])
        answer = self.web3.provider.make_request(method, params)  # type: ignore[arg-type]
        if "error" in answer:
            raise RuntimeError(answer["error"].get("message", "the node refused"))
        return answer["result"]

    def _send(self, wanted: dict[str, Any]) -> str:
        if self.chain_id != hex(self.web3.eth.chain_id):
            raise RuntimeError("the wallet is on another chain")
        request = {key: wanted[key] for key in ("to", "data", "value") if wanted.get(key)}
        request["from"] = self.account.address
        gas = wanted.get("gas") or hex(int(self.web3.eth.estimate_gas(request) * 1.2))
        transaction = {
            "to": wanted["to"],
            "data": wanted.get("data", "0x"),
            "value": int(wanted.get("value", "0x0"), 16),
            "gas": int(gas, 16),
            "nonce": self.web3.eth.get_transaction_count(self.account.address, "pending"),
            "maxFeePerGas": 20 * 10**9,
            "maxPriorityFeePerGas": 10**9,
            "chainId": self.web3.eth.chain_id,
        }
        signed = Account.sign_transaction(transaction, self.account.key)
        return "0x" + self.web3.eth.send_raw_transaction(signed.raw_transaction).hex().removeprefix("0x")
