"""The Source of a deployment file. Called by the commands."""

from django.conf import settings

from assay.protocol.deployment import Deployment
from assay.protocol.ids import to_hex
from backend.chain.source import Source
from backend.indexer.projection import FOLLOWED


def source_of(deployment: Deployment) -> Source:
    """What is indexed of a deployment."""
    return Source(
        chain_id=deployment.chain_id,
        genesis_hash=to_hex(deployment.genesis_hash),
        first_block=deployment.deployed_block,
        contracts={deployment.address(name).lower(): name for name in FOLLOWED},
    )


def configured() -> Source:
    """The deployment that ASSAY_DEPLOYMENT names; DeploymentError says what to do when there is none."""
    return source_of(Deployment.load(settings.ASSAY_DEPLOYMENT))
