# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Reference transfer policy: shares go only to wallets that an agent has tied to an identity
@notice One per issuer, made by ShareFactory from a blueprint for whoever asks; the asker owns it and names agents. A share asks
        about the receiver only: who holds may always sell to somebody listed, and being struck off takes nothing away.
        Worst its owner or an agent can do: refuse transfers to a wallet; list two wallets under one identity and ask that the
        shares of one go to the other, which the share announces and its holder can veto for the whole notice.
@custom:kill Cannot be stopped. A policy whose owner is gone lists nobody new; claims, payouts and refunds never ask it.
"""

from contracts.interfaces import IAllowListPolicy
from contracts.interfaces import ITransferPolicy

implements: ITransferPolicy
implements: IAllowListPolicy

owner: public(immutable(address))
is_agent: public(HashMap[address, bool])  # account => whether it may list wallets and ask for recoveries
identity_of: public(HashMap[address, bytes32])  # wallet => identity, or empty
country_of: public(HashMap[address, uint16])  # wallet => country
is_country_blocked: public(HashMap[uint16, bool])  # country => whether its wallets may not receive


@deploy
def __init__(owner_: address):
    owner = owner_
    self.is_agent[owner_] = True
    log IAllowListPolicy.AgentSet(agent=owner_, allowed=True)


@external
def set_agent(agent: address, allowed: bool):
    assert msg.sender == owner, "policy: caller is not the owner"
    self.is_agent[agent] = allowed
    log IAllowListPolicy.AgentSet(agent=agent, allowed=allowed)


@external
def set_country_blocked(country: uint16, blocked: bool):
    assert msg.sender == owner, "policy: caller is not the owner"
    self.is_country_blocked[country] = blocked
    log IAllowListPolicy.CountryBlocked(country=country, blocked=blocked)


@external
def register_identity(wallet: address, identity: bytes32, country: uint16):
    """
    @dev A second call replaces the first.
    """
    assert self.is_agent[msg.sender], "policy: caller is not an agent"
    assert wallet != empty(address), "policy: wallet is the zero address"
    assert identity != empty(bytes32), "policy: empty identity"
    self.identity_of[wallet] = identity
    self.country_of[wallet] = country
    log IAllowListPolicy.IdentityRegistered(wallet=wallet, identity=identity, country=country, agent=msg.sender)


@external
def remove_identity(wallet: address):
    assert self.is_agent[msg.sender], "policy: caller is not an agent"
    assert self.identity_of[wallet] != empty(bytes32), "policy: wallet has no identity"
    self.identity_of[wallet] = empty(bytes32)
    self.country_of[wallet] = 0
    log IAllowListPolicy.IdentityRemoved(wallet=wallet, agent=msg.sender)


# --- views ---


@view
@internal
def _is_verified(wallet: address) -> bool:
    return self.identity_of[wallet] != empty(bytes32) and not self.is_country_blocked[self.country_of[wallet]]


@view
@external
def is_verified(wallet: address) -> bool:
    return self._is_verified(wallet)


@view
@external
def can_transfer(sender: address, receiver: address, amount: uint256) -> bool:
    return self._is_verified(receiver)


@view
@external
def may_recover(agent: address, lost: address, to: address) -> bool:
    """
    @dev Only between wallets of one identity: a lost wallet's owner shows its documents again and has a new one listed.
    """
    if not self.is_agent[agent] or not self._is_verified(to):
        return False
    return self.identity_of[lost] == self.identity_of[to]
