"""What the backend knows of an account beyond the chain: the bytes it has stored here. Rows are written by
services.
"""

from __future__ import annotations

from django.db import models

from backend.chain.fields import AddressField


class StorageQuota(models.Model):
    """Bytes a wallet has stored (`used_bytes`) and has uploads under way for (`reserved_bytes`)."""

    account = AddressField(primary_key=True)
    used_bytes = models.BigIntegerField(default=0)
    reserved_bytes = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """Account and use."""
        return f"{self.account} {self.used_bytes}"


class Reservation(models.Model):
    """Bytes set aside for one running upload, so that parallel uploads cannot pass the quota together.

    Deleted when the upload ends; one left behind by a killed server is freed after `expires`.
    """

    account = AddressField(db_index=True)
    size = models.BigIntegerField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Account and size."""
        return f"{self.account} {self.size}"


class StoredObject(models.Model):
    """Who pays with its quota for an object of the store: the wallet that brought it first."""

    key = models.CharField(primary_key=True, max_length=80)  # kind:id
    account = AddressField(db_index=True)
    size = models.BigIntegerField()
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Key and account."""
        return f"{self.key} {self.account}"
