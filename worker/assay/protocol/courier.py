"""The steps of sending: look, settle, sign, push, replace. Each is safe to repeat; the outbox says where
each intent is.

Called by: TxSender only, under its mutex.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

import structlog
from eth_account.signers.local import LocalAccount
from web3 import Web3

from assay.protocol import chain, fees
from assay.protocol.call import Call
from assay.protocol.errors import AssayError
from assay.protocol.ids import Address, checksum
from assay.protocol.outbox import Outbox
from assay.protocol.reverts import Reverted
from assay.protocol.rpc import NodeError, request
from assay.protocol.txrecord import Attempt, TxRecord, TxState

FILLER = "assay:fill-nonce:"
_KNOWN = ("already known", "already imported", "known transaction", "already exists", "already in mempool")
_SPENT = ("nonce too low", "nonce is too low", "old nonce")
_CHEAP = ("less than block base fee", "underpriced", "fee too low", "below base fee", "max fee per gas")
_POOR = ("insufficient funds", "insufficient balance", "exceeds allowance", "not enough funds")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """stuck_blocks: blocks without being mined until fees are raised; cap_wei: most per gas;
    gas_margin_percent.
    """

    stuck_blocks: int = 3
    cap_wei: int = 1_000 * fees.GWEI
    gas_margin_percent: int = 30


@dataclass(frozen=True, slots=True)
class View:
    """The chain at one moment: head, the account's nonce there, and the last final block."""

    head: chain.Head
    nonce: int
    final: int
    blocks: dict[int, chain.Head | None] = field(default_factory=dict)  # as asked for in this round


class Courier:
    """One account's transactions on one chain, driven by an outbox."""

    def __init__(
        self, w3: Web3, account: LocalAccount, outbox: Outbox, *, chain_id: int, policy: Policy
    ) -> None:
        self.w3 = w3
        self.address: Address = checksum(account.address)
        self.chain_id = chain_id
        self.policy = policy
        self._account = account
        self._outbox = outbox

    def look(self) -> View:
        head = chain.head(self.w3)
        return View(head, chain.nonce_at(self.w3, self.address, head.number), chain.finalized_number(self.w3))

    def must(self, intent: str) -> TxRecord:
        record = self._outbox.get(intent)
        assert record is not None
        return record

    def settle(self, record: TxRecord, view: View) -> None:
        """Finds what the chain has made of a signed transaction."""
        assert record.nonce is not None
        if record.on_chain:
            self._confirm(record, view)
        elif record.nonce < view.nonce:
            for attempt in self._outbox.attempts(record.intent, record.nonce):
                receipt = chain.receipt(self.w3, attempt.tx_hash)
                if receipt is not None:
                    self._mined(record, receipt)
                    return
            if chain.nonce_at(self.w3, self.address, view.final) > record.nonce:
                log.warning("nonce_taken", intent=record.intent, nonce=record.nonce)
                self._outbox.mark_unsigned(record.intent)

    def _confirm(self, record: TxRecord, view: View) -> None:
        assert record.block_number is not None and record.nonce is not None
        if record.block_number not in view.blocks:
            view.blocks[record.block_number] = chain.block_or_none(self.w3, record.block_number)
        found = view.blocks[record.block_number]
        if record.nonce >= view.nonce or found is None or found.hash != record.block_hash:
            log.warning("transaction_taken_back", intent=record.intent, block=record.block_number)
            self._outbox.mark_lost(record.intent)
        elif record.state is TxState.MINED and record.block_number <= view.final:
            self._outbox.mark_final(record.intent)

    def _mined(self, record: TxRecord, receipt: chain.Receipt) -> None:
        reason = "" if receipt.status == 1 else self._why(record.call, receipt.block_number - 1)
        fields = asdict(receipt)
        fields.pop("logs")
        fields["gas_price"] = str(receipt.gas_price)
        self._outbox.mark_mined(record.intent, fields, reason)
        log.info(
            "transaction_mined",
            intent=record.intent,
            tx="0x" + receipt.tx_hash.hex(),
            block=receipt.block_number,
            status=receipt.status,
            gas=receipt.gas_used,
            reason=reason,
        )

    def sign(self, record: TxRecord, view: View) -> None:
        """Estimates, numbers and signs an intent; refuses one that would revert and has nothing to wait
        for.
        """
        try:
            gas = self._estimate(record.call)
        except Reverted as error:
            earlier = self._outbox.in_states(TxState.SIGNED, TxState.BROADCAST)
            if earlier:  # it may depend on one of them
                self._outbox.note(record.intent, error.reason)
            else:
                self._refuse(record, error.reason)
            return
        except NodeError as error:
            if not _says(error, _POOR):
                self._outbox.note(record.intent, str(error))
                return
            self._refuse(record, f"{self.address} cannot pay the gas or the value ({error.message})")
            return
        offer = fees.suggested(self.w3, view.head, cap=self.policy.cap_wei)
        needed = gas * offer.max_fee + record.call.value
        balance = chain.balance_at(self.w3, self.address)
        if balance < needed:
            self._refuse(record, f"{self.address} has {balance} wei, and gas and value may take {needed}")
            return
        nonce = max(view.nonce, chain.nonce_at(self.w3, self.address, "pending"), self._outbox.next_nonce())
        self._outbox.add_attempt(self._signed(record, nonce, gas, offer))

    def _refuse(self, record: TxRecord, reason: str) -> None:
        self._outbox.mark_refused(record.intent, reason)
        log.warning("transaction_refused", intent=record.intent, label=record.call.label, reason=reason)

    def _estimate(self, call: Call) -> int:
        # against pending state: an approval under way counts for the call that needs it
        needed = int(request(self.w3, "eth_estimateGas", self._fields(call), "pending"), 16)
        return max(needed * (100 + self.policy.gas_margin_percent) // 100, call.gas or 0)

    def _fields(self, call: Call) -> dict[str, Any]:
        body: dict[str, Any] = {"from": self.address, "to": call.to, "data": "0x" + call.data.hex()}
        return {**body, "value": hex(call.value)} if call.value else body

    def _signed(self, record: TxRecord, nonce: int, gas: int, offer: fees.Fees) -> Attempt:
        fields: dict[str, Any] = {
            "chainId": self.chain_id,
            "nonce": nonce,
            "to": checksum(record.call.to),
            "data": record.call.data,
            "value": record.call.value,
            "gas": gas,
            "maxFeePerGas": offer.max_fee,
            "maxPriorityFeePerGas": offer.tip,
        }
        signed = self._account.sign_transaction(fields)
        return Attempt(
            tx_hash=bytes(signed.hash),
            intent=record.intent,
            nonce=nonce,
            raw=bytes(signed.raw_transaction),
            gas=gas,
            max_fee=offer.max_fee,
            tip=offer.tip,
            sent_block=None,
        )

    def push(self, record: TxRecord, view: View) -> None:
        """Broadcasts what was not, re-sends what the node forgot, replaces what is stuck."""
        if record.nonce is None or record.state not in {TxState.SIGNED, TxState.BROADCAST}:
            return
        latest = self._outbox.attempts(record.intent, record.nonce)[-1]
        if record.state is TxState.SIGNED or latest.sent_block is None:
            self._broadcast(record, latest, view)
        elif view.head.number > latest.sent_block and record.nonce >= view.nonce:
            known = request(self.w3, "eth_getTransactionByHash", "0x" + latest.tx_hash.hex()) is not None
            stuck = view.head.number - latest.sent_block >= self.policy.stuck_blocks
            if not known:
                self._broadcast(record, latest, view)
            elif stuck and record.nonce == view.nonce:
                self._replace(record, latest, view)

    def _broadcast(self, record: TxRecord, attempt: Attempt, view: View) -> None:
        try:
            request(self.w3, "eth_sendRawTransaction", "0x" + attempt.raw.hex())
        except (NodeError, Reverted) as error:
            if _says(error, _KNOWN) or _says(error, _SPENT):
                self._outbox.mark_sent(attempt, view.head.number)
            elif _says(error, _CHEAP):
                self._replace(record, attempt, view)
            else:
                self._outbox.note(record.intent, str(error))
                log.warning("broadcast_refused", intent=record.intent, error=str(error))
            return
        self._outbox.mark_sent(attempt, view.head.number)

    def _replace(self, record: TxRecord, old: Attempt, view: View) -> None:
        """Signs the same call under the same nonce with higher fees; the next tick broadcasts it if this
        does not.
        """
        fresh = fees.suggested(self.w3, view.head, cap=self.policy.cap_wei)
        offer = fees.bumped(fees.Fees(old.max_fee, old.tip), fresh, cap=self.policy.cap_wei)
        if offer is None:
            self._outbox.note(record.intent, f"fees are at the cap of {self.policy.cap_wei} wei per gas")
            return
        attempt = self._signed(record, old.nonce, old.gas, offer)
        self._outbox.add_attempt(attempt)
        log.info("transaction_replaced", intent=record.intent, nonce=old.nonce, max_fee=offer.max_fee)
        try:
            request(self.w3, "eth_sendRawTransaction", "0x" + attempt.raw.hex())
        except NodeError as error:
            self._outbox.note(record.intent, str(error))
            return
        self._outbox.mark_sent(attempt, view.head.number)

    def fill_gap(self, view: View) -> None:
        """A nonce below ours that nobody uses any more blocks ours for ever: an empty transfer to oneself
        uses it up.
        """
        waiting = self._outbox.in_states(TxState.SIGNED, TxState.BROADCAST)
        if not waiting or waiting[0].nonce is None or waiting[0].nonce <= view.nonce:
            return
        sent = self._outbox.attempts(waiting[0].intent, waiting[0].nonce)[-1].sent_block
        if sent is None or view.head.number - sent < self.policy.stuck_blocks:
            return
        if chain.nonce_at(self.w3, self.address, "pending") > view.nonce:
            return
        intent = f"{FILLER}{view.nonce}:{view.head.hash.hex()[:16]}"
        self._outbox.add(intent, Call(self.address, b"", 0, "fill a nonce"))
        record = self.must(intent)
        offer = fees.suggested(self.w3, view.head, cap=self.policy.cap_wei)
        self._outbox.add_attempt(self._signed(record, view.nonce, 21_000, offer))
        self.push(self.must(intent), view)

    def _why(self, call: Call, block: int) -> str:
        """Why a mined call reverted: asked again on the state before its block."""
        try:
            request(self.w3, "eth_call", self._fields(call), hex(max(block, 0)))
        except Reverted as error:
            return error.reason
        except AssayError as error:
            return f"unknown ({error.message})"
        return "the state it met was another than before its block"


def _says(error: AssayError, marks: tuple[str, ...]) -> bool:
    said = error.message.lower()
    return any(mark in said for mark in marks)
