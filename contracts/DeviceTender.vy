# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Buyout of a device: one price for every share, all of it paid in first, the rest squeezed out at THRESHOLD_BPS
@notice A bidder pays in the price of all shares, its own included. Holders accept by leaving shares here and may take them back until
        the tender is complete. After the notice, with at least THRESHOLD_BPS of all shares accepted, anyone completes it. From then on
        any holder's shares are taken at the same price, by `take`, at anyone's call and the holder's own. Otherwise, after the deadline,
        everybody takes back what it brought.
        Why this is no seizure: only shares made with a depreciation schedule can be bought out, which whoever buys them can read; the
        price is at least the book value; it lies here before the first holder is asked; nine tenths have agreed. One owner of nine
        tenths under many names does agree with itself: then book value is what protects the others, and nothing more.
        Shares that were bought stay here until all are bought or the time to take is over: sold on, they could be taken twice.
        What a bidder gets is all shares, and so the device's income. The operator's cut and the deed are not sold: who runs the device
        is the owner of the deed, before and after.
        Income of shares kept here belongs to who left them, until the completion; then to the bidder.
        Trusted: the stablecoin; shares and factory, fixed by their code. A share's policy is asked once, about the bidder.
@custom:kill Cannot be stopped. A tender ends by its deadline, a completed one by the notice after its completion.
"""

from ethereum.ercs import IERC20

from contracts.interfaces import IDeviceShare
from contracts.interfaces import IDeviceTender
from contracts.interfaces import IShareFactory
from contracts.interfaces import ITransferPolicy
from contracts.modules import custody

implements: IDeviceTender

initializes: custody

# nine tenths: what company laws commonly ask for before the rest can be bought without consent
THRESHOLD_BPS: public(constant(uint256)) = 9_000
BPS: constant(uint256) = 10_000
SHARE: constant(uint256) = 10**18
MAX_PRICE_USD6: constant(uint256) = 10**30  # times the largest supply far below 2**256
MAX_TENDER_SECONDS: public(constant(uint256)) = 90 * 86_400

USD: immutable(IERC20)
FACTORY: immutable(IShareFactory)
NOTICE_SECONDS: immutable(uint256)

_tenders: HashMap[bytes32, IDeviceTender.Tender]  # tender_id => tender
credit_of: public(HashMap[address, uint256])  # account => usd6 that `withdraw` sends it


@deploy
def __init__(usd: address, factory: address, tender_notice_seconds: uint256):
    """
    @param tender_notice_seconds Least time between opening and completing, and for taking afterwards.
    """
    assert usd.is_contract, "tender: the stablecoin has no code"
    assert factory != empty(address), "tender: the share factory is the zero address"
    assert tender_notice_seconds != 0 and tender_notice_seconds < MAX_TENDER_SECONDS, "tender: notice out of range"
    USD = IERC20(usd)
    FACTORY = IShareFactory(factory)
    NOTICE_SECONDS = tender_notice_seconds


# --- bidder ---


@external
def open_tender(salt: bytes32, share: address, price_usd6: uint256, deadline: uint256) -> bytes32:
    known: bool = staticcall FACTORY.is_share(share)
    assert known, "tender: not a share of this factory"
    cost_usd6: uint256 = staticcall IDeviceShare(share).cost_usd6()
    assert cost_usd6 != 0, "tender: the share has no schedule, so no squeeze-out"
    assert price_usd6 != 0 and price_usd6 <= MAX_PRICE_USD6, "tender: price is zero or above the limit"
    assert deadline > block.timestamp + NOTICE_SECONDS, "tender: the deadline is inside the notice"
    assert deadline <= block.timestamp + MAX_TENDER_SECONDS, "tender: the deadline is too far"
    supply: uint256 = staticcall IERC20(share).totalSupply()
    book_usd6: uint256 = staticcall IDeviceShare(share).book_value_usd6()
    assert price_usd6 * supply >= book_usd6 * SHARE, "tender: price below book value"
    policy: address = staticcall IDeviceShare(share).policy()
    if policy != empty(address):
        allowed: bool = staticcall ITransferPolicy(policy).can_transfer(self, msg.sender, supply)
        assert allowed, "tender: the policy refuses this bidder"
    tender_id: bytes32 = keccak256(abi_encode(chain.id, self, msg.sender, salt, share, price_usd6, deadline))
    assert self._tenders[tender_id].bidder == empty(address), "tender: opened already"

    escrow_usd6: uint256 = self._price_up(supply, price_usd6)
    self._tenders[tender_id] = IDeviceTender.Tender(
        bidder=msg.sender,
        share=share,
        price_usd6=price_usd6,
        supply=supply,
        opened_at=block.timestamp,
        deadline=deadline,
        completed_at=0,
        accepted=0,
        kept=0,
        paid_usd6=0,
        escrow_usd6=escrow_usd6,
        ended=False,
    )
    before: uint256 = staticcall USD.balanceOf(self)
    paid: bool = extcall USD.transferFrom(msg.sender, self, escrow_usd6, default_return_value=True)
    assert paid, "tender: stablecoin refused the transfer"
    after: uint256 = staticcall USD.balanceOf(self)
    assert after >= before + escrow_usd6, "tender: less arrived than was sent"
    log IDeviceTender.TenderOpened(
        tender_id=tender_id,
        share=share,
        bidder=msg.sender,
        price_usd6=price_usd6,
        escrow_usd6=escrow_usd6,
        deadline=deadline,
    )
    return tender_id


@external
def end(tender_id: bytes32):
    """
    @notice Anyone: the bidder gets what is its own. Failed: its money. Completed: the shares, as soon as all are here or the time for
            taking is over, and what no holder has a right to.
    """
    tender: IDeviceTender.Tender = self._known(tender_id)
    assert not tender.ended, "tender: ended already"
    shares: uint256 = 0
    if tender.completed_at == 0:
        assert block.timestamp > tender.deadline, "tender: still open"
    else:
        over: bool = block.timestamp > tender.completed_at + NOTICE_SECONDS
        assert over or tender.kept == tender.supply, "tender: holders still may sell"
        self._sync(tender_id, tender)
        shares = tender.kept
        self._tenders[tender_id].kept = 0
        custody._remove(custody._member(tender.share), tender_id, shares)
    # what acceptors have not asked for yet stays for them, rounded up
    owed: uint256 = 0
    if tender.completed_at != 0:
        owed = self._price_up(tender.accepted, tender.price_usd6)
    returned: uint256 = tender.escrow_usd6 - tender.paid_usd6 - owed
    self._tenders[tender_id].ended = True
    self.credit_of[tender.bidder] += returned
    log IDeviceTender.TenderEnded(tender_id=tender_id, shares=shares, returned_usd6=returned)
    if shares != 0:
        self._send_shares(tender.share, tender.bidder, shares)


# --- holders ---


@external
def accept(tender_id: bytes32, amount: uint256):
    """
    @param amount Shares (18 decimals), taken from the caller (allowance to this contract).
    """
    tender: IDeviceTender.Tender = self._known(tender_id)
    assert tender.completed_at == 0, "tender: complete, take the price"
    assert block.timestamp <= tender.deadline, "tender: the deadline is past"
    assert amount != 0, "tender: no shares"
    self._sync(tender_id, tender)
    custody._add(custody._member(tender.share), tender_id, amount)
    custody._add(tender_id, custody._member(msg.sender), amount)
    self._tenders[tender_id].accepted = tender.accepted + amount
    self._tenders[tender_id].kept = tender.kept + amount
    log IDeviceTender.TenderAccepted(tender_id=tender_id, holder=msg.sender, amount=amount)
    sent: bool = extcall IERC20(tender.share).transferFrom(msg.sender, self, amount, default_return_value=True)
    assert sent, "tender: the share refused the transfer"


@external
def release(tender_id: bytes32, holder: address) -> uint256:
    """
    @notice Takes back what was accepted: the holder until the completion, anyone for it once the deadline is past.
    """
    tender: IDeviceTender.Tender = self._known(tender_id)
    assert tender.completed_at == 0, "tender: complete, take the price"
    assert msg.sender == holder or block.timestamp > tender.deadline, "tender: caller is not the holder"
    member: bytes32 = custody._member(holder)
    amount: uint256 = custody._units_of[tender_id][member]
    assert amount != 0, "tender: nothing accepted"
    self._credit_income(tender_id, tender, holder)
    custody._remove(tender_id, member, amount)
    custody._remove(custody._member(tender.share), tender_id, amount)
    self._tenders[tender_id].accepted = tender.accepted - amount
    self._tenders[tender_id].kept = tender.kept - amount
    log IDeviceTender.AcceptanceReleased(tender_id=tender_id, holder=holder, amount=amount)
    self._send_shares(tender.share, holder, amount)
    return amount


# --- anyone ---


@external
def complete(tender_id: bytes32):
    tender: IDeviceTender.Tender = self._known(tender_id)
    assert tender.completed_at == 0, "tender: complete already"
    assert block.timestamp >= tender.opened_at + NOTICE_SECONDS, "tender: the notice is not over"
    assert block.timestamp <= tender.deadline, "tender: the deadline is past"
    assert tender.accepted * BPS >= tender.supply * THRESHOLD_BPS, "tender: below the threshold"
    # the last income of those that accepted; what comes later is the bidder's
    self._sync(tender_id, tender)
    self._tenders[tender_id].completed_at = block.timestamp
    log IDeviceTender.TenderCompleted(tender_id=tender_id, share=tender.share, accepted=tender.accepted)


@external
def take(tender_id: bytes32, holders: DynArray[address, 50]):
    """
    @notice Credits each holder the price of what it accepted and, until the tender is ended, of all other shares it has.
    """
    for holder: address in holders:
        tender: IDeviceTender.Tender = self._known(tender_id)
        assert tender.completed_at != 0, "tender: not complete"
        self._credit_income(tender_id, tender, holder)
        member: bytes32 = custody._member(holder)
        amount: uint256 = custody._units_of[tender_id][member]
        custody._remove(tender_id, member, amount)
        self._tenders[tender_id].accepted = tender.accepted - amount
        if not tender.ended:
            taken: uint256 = extcall IDeviceShare(tender.share).take(holder)
            custody._add(custody._member(tender.share), tender_id, taken)
            self._tenders[tender_id].kept = tender.kept + taken
            amount += taken
        # rounded down holder by holder: together never more than was paid in
        price_usd6: uint256 = amount * tender.price_usd6 // SHARE
        self._tenders[tender_id].paid_usd6 = tender.paid_usd6 + price_usd6
        self.credit_of[holder] += price_usd6
        if amount != 0:
            log IDeviceTender.TenderPaid(tender_id=tender_id, holder=holder, amount=amount, amount_usd6=price_usd6)


@external
def credit_income(tender_id: bytes32, holder: address) -> uint256:
    return self._credit_income(tender_id, self._known(tender_id), holder)


@external
def withdraw(account: address) -> uint256:
    """
    @dev Anyone, the money goes to the account; zero is no error.
    """
    amount: uint256 = self.credit_of[account]
    if amount != 0:
        self.credit_of[account] = 0
        log IDeviceTender.TenderCreditPaid(account=account, amount_usd6=amount)
        sent: bool = extcall USD.transfer(account, amount, default_return_value=True)
        assert sent, "tender: stablecoin refused the transfer"
    return amount


# --- internal ---


@internal
def _sync(tender_id: bytes32, tender: IDeviceTender.Tender):
    """
    @dev Fetches the income of all of this share that is kept here, divides it among its tenders, and this tender's among its own.
    """
    pool: bytes32 = custody._member(tender.share)
    before: uint256 = staticcall USD.balanceOf(self)
    extcall IDeviceShare(tender.share).sync_income()
    extcall IDeviceShare(tender.share).claim()
    after: uint256 = staticcall USD.balanceOf(self)
    custody._deposit(pool, after - before)
    amount: uint256 = custody._take(pool, tender_id)
    if amount == 0:
        return
    if tender.completed_at == 0:
        custody._deposit(tender_id, amount)
    else:
        self._credit(tender_id, tender.bidder, amount)


@internal
def _credit_income(tender_id: bytes32, tender: IDeviceTender.Tender, holder: address) -> uint256:
    self._sync(tender_id, tender)
    amount: uint256 = custody._take(tender_id, custody._member(holder))
    if amount != 0:
        self._credit(tender_id, holder, amount)
    return amount


@internal
def _credit(tender_id: bytes32, account: address, amount: uint256):
    self.credit_of[account] += amount
    log IDeviceTender.TenderIncomeCredited(tender_id=tender_id, account=account, amount_usd6=amount)


@internal
def _send_shares(share: address, to: address, amount: uint256):
    sent: bool = extcall IERC20(share).transfer(to, amount, default_return_value=True)
    assert sent, "tender: the share refused the transfer"


@pure
@internal
def _price_up(amount: uint256, price_usd6: uint256) -> uint256:
    return (amount * price_usd6 + SHARE - 1) // SHARE


@view
@internal
def _known(tender_id: bytes32) -> IDeviceTender.Tender:
    tender: IDeviceTender.Tender = self._tenders[tender_id]
    assert tender.bidder != empty(address), "tender: unknown"
    return tender


# --- views ---


@view
@external
def tender(tender_id: bytes32) -> IDeviceTender.Tender:
    return self._known(tender_id)


@view
@external
def accepted_of(tender_id: bytes32, holder: address) -> uint256:
    return custody._units_of[tender_id][custody._member(holder)]


@view
@external
def tender_notice_seconds() -> uint256:
    return NOTICE_SECONDS
