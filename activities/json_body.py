"""The JSON of a body: what it says, and the sender's own text of its documents.

A trip through Python's floats would falsify numbers, so documents go on to the database as the text that came
in; the values read here serve for checks only. Almost every body takes the fast way: orjson reads it, msgspec cuts
the documents out. Whatever could break a rule of numbers, strings, depth or size is read once more, slowly, by the
standard library with every number kept as its text, which finds the place and, when all is well, writes the
document out again digit for digit.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import orjson

MAX_DOCUMENT_BYTES = 256 * 1024
MAX_LEVELS = 32
MAX_DIGITS = 100
MAX_EXPONENT = 100
# Of one item: a body of nothing but faults would else make an answer many times its size.
MAX_FAULTS = 100
# With every digit and dot turned into 0, long numbers and exponents are found by plain search, ten times as fast as
# by one pattern over the body.
_ALL_DIGITS_ALIKE = bytes.maketrans(b".123456789E", b"0" * 10 + b"e")
# From two digits on: 1e99 takes four bytes here and a hundred in every answer.
_LONG_EXPONENT = re.compile(rb"0e[+-]?00")
_DIGIT, _MINUS = b"0-"
_DOCUMENTS = ("oldData", "newData")


class Fault(NamedTuple):
    """What is wrong, where (a JSON Pointer, without the leading #), and the cure."""

    pointer: str
    detail: str


class Item(NamedTuple):
    """One member of the body: its value, its documents' text (None when null or absent), its faults."""

    value: Any
    old_data: bytes | None
    new_data: bytes | None
    faults: list[Fault]


class BodyUnreadable(ValueError):
    """The body is not JSON; the message says where and what to do."""


class _Documents(msgspec.Struct):
    oldData: msgspec.Raw = msgspec.Raw(b"null")
    newData: msgspec.Raw = msgspec.Raw(b"null")


_raw_list = msgspec.json.Decoder(list[msgspec.Raw])
_raw_documents = msgspec.json.Decoder(_Documents)


class _Number:
    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def fault(self) -> str | None:
        digits, _, exponent = self.text.lower().partition("e")
        if len(re.sub("[^0-9]", "", digits)) > MAX_DIGITS:
            return f"A number has at most {MAX_DIGITS} digits: send a longer one as a string."
        # Looked at as text first, because int() refuses thousands of digits.
        size = exponent.lstrip("+-").lstrip("0")
        if len(size) > len(str(MAX_EXPONENT)) or int(size or 0) > MAX_EXPONENT:
            return f"A number's exponent lies between -{MAX_EXPONENT} and {MAX_EXPONENT}: send another as a string."
        return None


class _Constant:
    def __init__(self, text: str) -> None:
        self.text = text

    def fault(self) -> str:
        return f"{self.text} is not JSON: send null, or the word as a string."


_slow_decoder = json.JSONDecoder(parse_int=_Number, parse_float=_Number, parse_constant=_Constant)


def read_body(body: bytes) -> tuple[bool, list[Item]]:
    """Whether it was an array, and its members (else the one value).

    Raises BodyUnreadable. What is wrong within a member stands in its faults instead.
    """
    if not has_nul(body) and not has_odd_number(body):
        # msgspec gives up at fewer levels than orjson does.
        with suppress(orjson.JSONDecodeError, RecursionError):
            return _read_fast(body)
    value = _load_slowly(body)
    many = isinstance(value, list)
    return many, [_item_read_slowly(member) for member in (value if many else [value])]


def has_nul(text: bytes) -> bool:
    return b"\\u0000" in text


def has_odd_number(text: bytes) -> bool:
    """Whether there may be a number with too many digits, or with an exponent that is to be written out."""
    plain = text.translate(_ALL_DIGITS_ALIKE)
    return b"0" * (MAX_DIGITS + 1) in plain or any(
        _ends_number(plain, found.start()) for found in _LONG_EXPONENT.finditer(plain)
    )


def _ends_number(plain: bytes, place: int) -> bool:
    """Whether the digits up to there began behind one of `:[,` or white space, unlike the 1e234 within a UUID."""
    while place >= 0 and plain[place] == _DIGIT:
        place -= 1
    if place > 0 and plain[place] == _MINUS:
        place -= 1
    return place < 0 or plain[place] in b":[, \t\r\n"


def _read_fast(body: bytes) -> tuple[bool, list[Item]]:
    value = orjson.loads(body)
    if isinstance(value, list):
        return True, [_item(*pair) for pair in zip(value, _raw_list.decode(body), strict=True)]
    return False, [_item(value, body)]


def _item(value: Any, text: bytes | msgspec.Raw) -> Item:
    if not isinstance(value, dict):
        return Item(value, None, None, [])
    documents = _raw_documents.decode(text)
    old_data, new_data = bytes(documents.oldData), bytes(documents.newData)
    # Text is never shorter than what it says, and has no fewer brackets than levels.
    if len(old_data) + len(new_data) > MAX_DOCUMENT_BYTES or any(
        data.count(b"{") + data.count(b"[") > MAX_LEVELS for data in (old_data, new_data)
    ):
        return _item_read_slowly(_load_slowly(bytes(text)))
    return Item(value, _unless_null(old_data), _unless_null(new_data), [])


def _unless_null(data: bytes) -> bytes | None:
    return None if data == b"null" else data


def _load_slowly(body: bytes) -> Any:
    try:
        return _slow_decoder.decode(body.decode())
    except UnicodeDecodeError as error:
        raise BodyUnreadable(f"Byte {error.start} is not UTF-8: send the body in UTF-8.") from None
    except RecursionError:
        raise BodyUnreadable(f"The body is nested too deep: data has at most {MAX_LEVELS} levels.") from None
    except json.JSONDecodeError as error:
        if not body.strip():
            raise BodyUnreadable("The body is empty: send one activity, or an array of them.") from None
        place = f"line {error.lineno}, column {error.colno}" if b"\n" in body else f"column {error.colno}"
        reason = error.msg.removesuffix(" at")
        raise BodyUnreadable(f"The body is not JSON: {reason} at {place}. Correct it there.") from None


def _item_read_slowly(value: Any) -> Item:
    faults = list(islice(_faults(value, "", 0), MAX_FAULTS))
    if not isinstance(value, dict):
        return Item(value, None, None, faults)
    documents = {name: value[name] for name in _DOCUMENTS if isinstance(value.get(name), dict)}
    for name, document in documents.items():
        if deep := _too_deep(document, f"/{name}", 1):
            faults.append(deep)
    if faults:
        return Item(value, None, None, faults)
    written = {name: orjson.dumps(document, default=_write) for name, document in documents.items()}
    if sum(map(len, written.values())) > MAX_DOCUMENT_BYTES:
        size = sum(map(len, written.values()))
        detail = f"Together oldData and newData have at most {MAX_DOCUMENT_BYTES} bytes; these have {size}."
        faults.append(Fault(f"/{next(reversed(written))}", f"{detail} Send only the fields that changed."))
    return Item(value, written.get("oldData"), written.get("newData"), faults)


def _write(value: Any) -> Any:
    if isinstance(value, _Number):
        # Without exponent, as the database gives it back, so that the size counts what readers will get.
        return orjson.Fragment(format(Decimal(value.text), "f"))
    raise TypeError


def _faults(value: Any, pointer: str, level: int) -> Iterator[Fault]:
    if level > MAX_LEVELS + 1:
        return
    if isinstance(value, _Number | _Constant):
        if detail := value.fault():
            yield Fault(pointer, detail)
    elif isinstance(value, str):
        if detail := _fault_of_string(value):
            yield Fault(pointer, detail)
    elif isinstance(value, dict):
        for key, member in value.items():
            if detail := _fault_of_string(key):
                yield Fault(pointer, f"A name: {detail}")
            else:
                yield from _faults(member, f"{pointer}/{escape(key)}", level + 1)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _faults(member, f"{pointer}/{index}", level + 1)


def _fault_of_string(text: str) -> str | None:
    if "\0" in text:
        return "The character \\u0000 cannot be stored: leave it out."
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "A lone surrogate (\\ud800 to \\udfff) is no character: send the whole pair, or leave it out."
    return None


def _too_deep(value: Any, pointer: str, level: int) -> Fault | None:
    if not isinstance(value, dict | list):
        return None
    if level > MAX_LEVELS:
        return Fault(pointer, f"Data has at most {MAX_LEVELS} levels: flatten what lies deeper.")
    members = value.items() if isinstance(value, dict) else enumerate(value)
    deeper = (_too_deep(member, f"{pointer}/{escape(str(key))}", level + 1) for key, member in members)
    return next(filter(None, deeper), None)


def escape(key: str) -> str:
    """A member's name as a part of a JSON Pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key
