"""Database fields for what the EVM holds: numbers up to 2^256 - 1, 20-byte addresses, 32-byte ids."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    # Only the type stubs are generic; Django's classes are not.
    IntField = models.Field[int, int]
    TextField = models.CharField[str, str]
else:
    IntField = models.Field
    TextField = models.CharField

SQLITE_INT_MAX = 2**63 - 1
UINT256_DIGITS = 78


class UintField(IntField):
    """An unsigned integer of up to 256 bits; a Python int in every direction.

    PostgreSQL keeps numeric(78,0). SQLite has no such type and would round a big number to a float, so the
    column has no affinity there: values below 2^63 are integers (they sum exactly), larger ones are text of 78
    digits, which SQLite sorts after every integer: the order stays the order of the numbers.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Column type on this database."""
        return "numeric(78, 0)" if connection.vendor == "postgresql" else "blob"

    def get_internal_type(self) -> str:
        """Keeps Django from treating the column as one of its own types."""
        return "UintField"

    def to_python(self, value: Any) -> int | None:
        """An int from an int, a Decimal or decimal text."""
        return None if value is None else int(value)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> int | None:
        """An int from numeric (PostgreSQL) or from an integer or padded text (SQLite)."""
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> int | None:
        """An int, for lookups and saves."""
        value = super().get_prep_value(value)
        return None if value is None else int(value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """The form the database stores."""
        if not prepared:
            value = self.get_prep_value(value)
        if value is None:
            return None
        return Decimal(value) if connection.vendor == "postgresql" else sqlite_uint(value)

    def value_to_string(self, obj: models.Model) -> str:
        """Decimal text, for fixtures."""
        return str(self.value_from_object(obj))


def sqlite_uint(value: int) -> int | str:
    """What an SQLite column without affinity holds for `value` (see UintField)."""
    return value if value <= SQLITE_INT_MAX else str(value).zfill(UINT256_DIGITS)


class KeyField(TextField):
    """Text compared for equality and order only.

    For varchar columns Django adds a second index for LIKE on PostgreSQL; under the type's full name it does not.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Column type on this database."""
        return f"character varying({self.max_length})"


class AddressField(KeyField):
    """A 20-byte address as checksummed 0x text (EIP-55)."""

    def __init__(self, **options: Any) -> None:
        """Fixes the length."""
        options["max_length"] = 42
        super().__init__(**options)


class Bytes32Field(KeyField):
    """A 32-byte value as lower-case 0x text; empty text when there is none."""

    def __init__(self, **options: Any) -> None:
        """Fixes the length."""
        options["max_length"] = 66
        super().__init__(**options)
