# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Secondary market of device shares: limit orders signed off the chain, filled on it
@notice A maker signs an order and allows this contract to move what it offers; whoever finds the order fills it, whole or in
        parts. Shares and money go from account to account in one transaction: this contract holds nothing but its fees. The
        maker gets its price to the unit, the taker pays the fee and every rounding. Two orders that meet may be matched by
        anyone, who gains nothing by it. Income accrued before a trade stays with the seller (DeviceShare).
        Trusted: the stablecoin, which is measured all the same; ShareFactory, for which tokens are shares. Fee and recipient
        are fixed at deployment and nobody has any power. One party with two accounts can trade with itself, as everywhere: the
        price of such a trade is real only as far as its fee.
@custom:kill Cannot be stopped. A maker leaves by cancel_all or by withdrawing its allowance.
"""

from ethereum.ercs import IERC20

from contracts.interfaces import IShareExchange
from contracts.interfaces import IShareFactory
from contracts.modules import order_digest
from contracts.modules import order_price
from contracts.modules import order_store

implements: IShareExchange

initializes: order_digest
initializes: order_store

exports: order_digest.eip712Domain

MAX_FEE_BPS: public(constant(uint256)) = 100  # of the value: one percent, whoever deploys
MAX_ORDERS: constant(uint256) = 16            # in one batch
MAX_PERMITS: constant(uint256) = 4
MAX_SIGNATURE: constant(uint256) = 1_024      # bytes
MAX_LIMIT_USD6: constant(uint256) = 2**128 - 1
PERMIT: constant(bytes4) = method_id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", output_type=bytes4)
# what one order of a batch may burn, a wallet's own check and a share's policy included
ORDER_GAS: constant(uint256) = 800_000
# of what is left, a call may take 63/64: without this check a batch short of gas would skip good orders
ORDER_RESERVE_GAS: constant(uint256) = 850_000

USD: immutable(IERC20)
FACTORY: immutable(IShareFactory)
FEE_RECIPIENT: immutable(address)
fee_bps: public(immutable(uint256))

fees_usd6: public(uint256)


@deploy
def __init__(usd: address, factory: address, fee_recipient: address, exchange_fee_bps: uint256):
    assert usd.is_contract, "exchange: the stablecoin has no code"
    assert factory.is_contract, "exchange: the factory has no code"
    assert exchange_fee_bps <= MAX_FEE_BPS, "exchange: fee above the cap"
    assert exchange_fee_bps == 0 or fee_recipient != empty(address), "exchange: nobody to take the fee"
    order_digest.__init__()
    USD = IERC20(usd)
    FACTORY = IShareFactory(factory)
    FEE_RECIPIENT = fee_recipient
    fee_bps = exchange_fee_bps


# --- taking orders ---


@external
def fill_order(
    order: IShareExchange.ShareOrder,
    signature: Bytes[MAX_SIGNATURE],
    amount: uint256,
    limit_usd6: uint256,
    deadline: uint256,
    permits: DynArray[IShareExchange.Permit, MAX_PERMITS],
) -> IShareExchange.Filled:
    assert block.timestamp <= deadline, "exchange: past the taker's deadline"
    self._use(permits)
    filled: IShareExchange.Filled = self._fill(order, signature, amount, msg.sender)
    self._require_within(order.sell, filled, limit_usd6)
    return filled


@external
def fill_orders(
    orders: DynArray[IShareExchange.ShareOrder, MAX_ORDERS],
    signatures: DynArray[Bytes[MAX_SIGNATURE], MAX_ORDERS],
    amount: uint256,
    min_amount: uint256,
    limit_usd6: uint256,
    deadline: uint256,
    permits: DynArray[IShareExchange.Permit, MAX_PERMITS],
) -> IShareExchange.Filled:
    """
    @dev Each order is tried by a call of its own, so that all of a failed one is undone and the next has its turn.
    """
    assert block.timestamp <= deadline, "exchange: past the taker's deadline"
    assert len(orders) != 0, "exchange: no orders"
    assert len(orders) == len(signatures), "exchange: orders and signatures differ in number"
    assert limit_usd6 <= MAX_LIMIT_USD6, "exchange: limit above 2**128 - 1"
    assert amount <= order_price.MAX_AMOUNT, "exchange: amount above the limit"
    self._use(permits)
    total: IShareExchange.Filled = empty(IShareExchange.Filled)
    for i: uint256 in range(MAX_ORDERS):
        if i == len(orders) or total.amount == amount:
            break
        order: IShareExchange.ShareOrder = orders[i]
        assert order.share == orders[0].share, "exchange: orders of several shares"
        assert order.sell == orders[0].sell, "exchange: orders of both sides"
        filled: IShareExchange.Filled = self._try(order, signatures[i], amount - total.amount)
        total.amount += filled.amount
        total.value_usd6 += filled.value_usd6
        total.fee_usd6 += filled.fee_usd6
    assert total.amount != 0, "exchange: none of the orders could be filled"
    assert total.amount >= min_amount, "exchange: less than the least amount"
    # as good a share as the limit is for the whole amount
    part_usd6: uint256 = limit_usd6 * total.amount
    if not orders[0].sell:
        part_usd6 += amount - 1
    self._require_within(orders[0].sell, total, part_usd6 // amount)
    return total


@internal
def _try(order: IShareExchange.ShareOrder, signature: Bytes[MAX_SIGNATURE], wanted: uint256) -> IShareExchange.Filled:
    """
    @dev As much of the order as is wanted and as its maker can still deliver; nothing when it cannot be filled.
    """
    assert msg.gas > ORDER_RESERVE_GAS, "exchange: too little gas for the next order"
    digest: bytes32 = order_digest._digest(order)
    amount: uint256 = 0
    if order_store._is_live(order, digest):
        shared: bool = staticcall FACTORY.is_share(order.share)
        if shared:
            amount = min(wanted, self._fillable(order, digest))
    if amount != 0:
        done: bool = False
        answer: Bytes[96] = b""
        done, answer = raw_call(
            self,
            abi_encode(
                order,
                signature,
                amount,
                msg.sender,
                method_id=method_id(
                    "fill_for((address,address,bool,uint256,uint256,address,uint256,uint256,uint256),bytes,uint256,address)"
                ),
            ),
            max_outsize=96,
            gas=ORDER_GAS,
            revert_on_failure=False,
        )
        if done:
            return abi_decode(answer, IShareExchange.Filled)
    log IShareExchange.OrderSkipped(digest=digest, taker=msg.sender)
    return empty(IShareExchange.Filled)


@external
@reentrant
def fill_for(
    order: IShareExchange.ShareOrder, signature: Bytes[MAX_SIGNATURE], amount: uint256, taker: address
) -> IShareExchange.Filled:
    """
    @notice This contract only, from a batch: one order for the batch's sender.
    """
    assert msg.sender == self, "exchange: only itself"
    return self._fill(order, signature, amount, taker)


@internal
def _fill(
    order: IShareExchange.ShareOrder, signature: Bytes[MAX_SIGNATURE], amount: uint256, taker: address
) -> IShareExchange.Filled:
    digest: bytes32 = self._open(order, signature, taker, amount)
    value_usd6: uint256 = order_price._most(amount, order.price_usd6)
    if order.sell:
        value_usd6 = order_price._least(amount, order.price_usd6)
    fee_usd6: uint256 = order_price._fee(value_usd6, fee_bps)
    if order.sell:
        self._swap(order.share, order.maker, taker, amount, value_usd6, fee_usd6)
    else:
        # dust that would be had for nothing, or for its fee
        assert value_usd6 > fee_usd6, "exchange: the amount is worth nothing"
        self._swap(order.share, taker, order.maker, amount, value_usd6 - fee_usd6, fee_usd6)
    log IShareExchange.OrderFilled(
        digest=digest,
        share=order.share,
        maker=order.maker,
        taker=taker,
        sell=order.sell,
        amount=amount,
        value_usd6=value_usd6,
        fee_usd6=fee_usd6,
    )
    return IShareExchange.Filled(amount=amount, value_usd6=value_usd6, fee_usd6=fee_usd6)


@internal
@pure
def _require_within(buying: bool, filled: IShareExchange.Filled, limit_usd6: uint256):
    if buying:
        assert filled.value_usd6 + filled.fee_usd6 <= limit_usd6, "exchange: dearer than the taker's limit"
    else:
        assert filled.value_usd6 - filled.fee_usd6 >= limit_usd6, "exchange: cheaper than the taker's limit"


# --- orders that meet ---


@external
def match_orders(
    sell_order: IShareExchange.ShareOrder,
    sell_signature: Bytes[MAX_SIGNATURE],
    buy_order: IShareExchange.ShareOrder,
    buy_signature: Bytes[MAX_SIGNATURE],
    amount: uint256,
    permits: DynArray[IShareExchange.Permit, MAX_PERMITS],
) -> IShareExchange.Filled:
    assert sell_order.sell and not buy_order.sell, "exchange: a match is of a seller's and a buyer's order"
    assert sell_order.share == buy_order.share, "exchange: orders of several shares"
    self._use(permits)
    sell_digest: bytes32 = self._open(sell_order, sell_signature, buy_order.maker, amount)
    buy_digest: bytes32 = self._open(buy_order, buy_signature, sell_order.maker, amount)
    value_usd6: uint256 = 0
    fee_usd6: uint256 = 0
    value_usd6, fee_usd6 = order_price._between(
        order_price._least(amount, sell_order.price_usd6), order_price._most(amount, buy_order.price_usd6), fee_bps
    )
    self._swap(sell_order.share, sell_order.maker, buy_order.maker, amount, value_usd6, fee_usd6)
    log IShareExchange.OrdersMatched(
        sell_digest=sell_digest,
        buy_digest=buy_digest,
        share=sell_order.share,
        seller=sell_order.maker,
        buyer=buy_order.maker,
        amount=amount,
        value_usd6=value_usd6,
        fee_usd6=fee_usd6,
    )
    return IShareExchange.Filled(amount=amount, value_usd6=value_usd6, fee_usd6=fee_usd6)


# --- what every trade is made of ---


@internal
def _open(
    order: IShareExchange.ShareOrder, signature: Bytes[MAX_SIGNATURE], counterparty: address, amount: uint256
) -> bytes32:
    """
    @dev The order stands, its maker signed it, this counterparty may trade with it; the amount is booked.
    """
    order_store._require_live(order)
    assert order.maker != counterparty, "exchange: a maker cannot trade with itself"
    assert order.taker == empty(address) or order.taker == counterparty, "exchange: the order is for another taker"
    shared: bool = staticcall FACTORY.is_share(order.share)
    assert shared, "exchange: not a share made by the factory"
    digest: bytes32 = order_digest._digest(order)
    order_store._take(order, digest, amount)
    assert order_digest._is_signed(order.maker, digest, signature), "exchange: not signed by its maker"
    return digest


@internal
def _swap(share: address, seller: address, buyer: address, amount: uint256, value_usd6: uint256, fee_usd6: uint256):
    """
    @dev A token that keeps a part, or lies about a transfer, is refused: the seller gets all of it, and so does the ledger.
    """
    self._pay(buyer, seller, value_usd6)
    if fee_usd6 != 0:
        self.fees_usd6 += fee_usd6
        self._pay(buyer, self, fee_usd6)
    moved: bool = extcall IERC20(share).transferFrom(seller, buyer, amount, default_return_value=True)
    assert moved, "exchange: the share refused the transfer"


@internal
def _pay(payer: address, payee: address, amount_usd6: uint256):
    before: uint256 = staticcall USD.balanceOf(payee)
    done: bool = extcall USD.transferFrom(payer, payee, amount_usd6, default_return_value=True)
    assert done, "exchange: the stablecoin refused the transfer"
    after: uint256 = staticcall USD.balanceOf(payee)
    assert after == before + amount_usd6, "exchange: the amount did not arrive"


@internal
def _use(permits: DynArray[IShareExchange.Permit, MAX_PERMITS]):
    for permit: IShareExchange.Permit in permits:
        if permit.token != USD.address:
            shared: bool = staticcall FACTORY.is_share(permit.token)
            assert shared, "exchange: a permit of another token"
        call_data: Bytes[228] = abi_encode(
            permit.owner, self, permit.value, permit.deadline, permit.v, permit.r, permit.s, method_id=PERMIT
        )
        # its failure is not an answer: somebody may have used it before, and the allowance decides
        permitted: bool = raw_call(permit.token, call_data, revert_on_failure=False)


# --- ways out ---


@external
def cancel_orders(orders: DynArray[IShareExchange.ShareOrder, MAX_ORDERS]):
    for order: IShareExchange.ShareOrder in orders:
        digest: bytes32 = order_digest._digest(order)
        order_store._cancel(order, digest)


@external
def cancel_all() -> uint256:
    return order_store._cancel_all()


@external
def withdraw_fees() -> uint256:
    amount_usd6: uint256 = self.fees_usd6
    if amount_usd6 != 0:
        self.fees_usd6 = 0
        log IShareExchange.TradeFeesWithdrawn(recipient=FEE_RECIPIENT, amount_usd6=amount_usd6)
        sent: bool = extcall USD.transfer(FEE_RECIPIENT, amount_usd6, default_return_value=True)
        assert sent, "exchange: the stablecoin refused the transfer"
    return amount_usd6


# --- views ---


@view
@internal
def _fillable(order: IShareExchange.ShareOrder, digest: bytes32) -> uint256:
    """
    @dev Of a live order of a share.
    """
    left: uint256 = order.amount - order_store._filled[digest]
    token: IERC20 = USD
    if order.sell:
        token = IERC20(order.share)
    balance: uint256 = staticcall token.balanceOf(order.maker)
    allowed: uint256 = staticcall token.allowance(order.maker, self)
    offered: uint256 = min(balance, allowed)
    if not order.sell:
        offered = order_price._affordable(offered, order.price_usd6)
    return min(left, offered)


@view
@external
def state_of(order: IShareExchange.ShareOrder) -> IShareExchange.OrderState:
    digest: bytes32 = order_digest._digest(order)
    live: bool = order_store._is_live(order, digest)
    shared: bool = staticcall FACTORY.is_share(order.share)
    fillable: uint256 = 0
    if live and shared:
        fillable = self._fillable(order, digest)
    return IShareExchange.OrderState(
        digest=digest, filled=order_store._filled[digest], fillable=fillable, live=live and shared
    )


@view
@external
def digest_of(order: IShareExchange.ShareOrder) -> bytes32:
    return order_digest._digest(order)


@view
@external
def is_signed(order: IShareExchange.ShareOrder, signature: Bytes[MAX_SIGNATURE]) -> bool:
    return order_digest._is_signed(order.maker, order_digest._digest(order), signature)


@view
@external
def filled_of(digest: bytes32) -> uint256:
    return order_store._filled[digest]


@view
@external
def epoch_of(maker: address) -> uint256:
    return order_store._epochs[maker]


@view
@external
def usd() -> address:
    return USD.address


@view
@external
def factory() -> address:
    return FACTORY.address


@view
@external
def fee_recipient() -> address:
    return FEE_RECIPIENT
