"""Values as PostgreSQL's protocol has them: parameters on the way in, columns in binary on the way out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from struct import Struct
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.pq import Format

# PostgreSQL's own numbers of these types.
BIGINT_OID, TEXT_OID, TIMESTAMPTZ_OID, UUID_OID, JSONB_OID = 20, 25, 1184, 2950, 3802
# The first byte of jsonb in binary; its text follows.
_JSONB_VERSION = b"\x01"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ARRAY_HEAD = Struct("!iiIii")
_LENGTHS = [size.to_bytes(4, "big") for size in range(1024)]


def as_parameters(names: Iterable[str], parameters: Mapping[str, Any]) -> tuple[list[bytes | None], list[Format]]:
    """Parameters and their formats, as libpq takes them. Its text ends at the first NUL: one within would cut it.

    The statement casts a datetime to `timestamptz`, a UUID to `uuid`.
    """
    values: list[bytes | None] = []
    formats: list[Format] = []
    for name in names:
        value = parameters[name]
        kind = type(value)
        if kind in _BINARY:
            formats.append(Format.BINARY)
            value = _BINARY[kind](value)
        else:
            formats.append(Format.TEXT)
            if value is not None:
                value = value if kind is bytes else value.encode() if kind is str else _TEXT[kind](value)
                if b"\0" in value:
                    raise psycopg.DataError("A parameter holds a NUL character.")
        values.append(value)
    return values, formats


class Array(NamedTuple):
    """A parameter that is an array: the OID of its members' type, and each in that type's binary format."""

    kind: int
    members: Sequence[bytes | None]

    def encoded(self) -> bytes:
        """One dimension from 1 on; each member behind its length, a null's being -1."""
        pieces = [_ARRAY_HEAD.pack(1, None in self.members, self.kind, len(self.members), 1)]
        for member in self.members:
            if member is None:
                pieces.append(b"\xff\xff\xff\xff")
            else:
                pieces += _LENGTHS[size] if (size := len(member)) < len(_LENGTHS) else size.to_bytes(4, "big"), member
        return b"".join(pieces)


def _moment_bytes(value: datetime) -> bytes:
    return ((value - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True)


_BINARY: dict[type, Any] = {Array: Array.encoded, UUID: attrgetter("bytes"), datetime: _moment_bytes}
_TEXT: dict[type, Any] = {int: lambda value: b"%d" % value}


def numbers(values: Iterable[int]) -> Array:
    return Array(BIGINT_OID, [value.to_bytes(8, "big") for value in values])


def texts(values: Iterable[str | None]) -> Array:
    return Array(TEXT_OID, [value if value is None else value.encode() for value in values])


def uuids(values: Iterable[UUID]) -> Array:
    return Array(UUID_OID, [value.bytes for value in values])


def moments(values: Iterable[datetime | None]) -> Array:
    return Array(TIMESTAMPTZ_OID, [value if value is None else _moment_bytes(value) for value in values])


def documents(values: Iterable[bytes | None]) -> Array:
    """JSON text, for the server to read."""
    return Array(JSONB_OID, [value if value is None else _JSONB_VERSION + value for value in values])


def moment(column: bytes | None) -> datetime:
    """A `timestamptz` that is not null."""
    return _EPOCH + timedelta(microseconds=int.from_bytes(column or b"", "big", signed=True))
