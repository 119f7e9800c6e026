from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import RFC_4122, UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from activities.ids import derived_id, new_id, random_id

NOW = datetime(2026, 3, 15, 12, 0, 0, 123_999, tzinfo=UTC)
parts = st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.binary(), max_size=4)


def test_a_new_id_is_a_uuid_of_version_7_with_its_millisecond() -> None:
    id = new_id(NOW)
    assert (id.version, id.variant) == (7, RFC_4122)
    assert datetime.fromtimestamp((id.int >> 80) / 1000, UTC) == NOW.replace(microsecond=123_000)


def test_a_random_id_is_a_uuid_of_version_4_and_no_two_are_the_same() -> None:
    ids = [UUID(random_id()) for _ in range(1_000)]
    assert {(id.version, id.variant) for id in ids} == {(4, RFC_4122)}
    assert len({*ids}) == len({id.int & (1 << 62) - 1 for id in ids}) == 1_000


def test_new_ids_sort_by_time_and_differ_within_it() -> None:
    moments = [NOW + timedelta(milliseconds=number) for number in range(100)]
    ids = [new_id(moment) for moment in moments]
    assert ids == sorted(ids)
    assert len({new_id(NOW) for _ in range(1_000)}) == 1_000


def test_every_random_bit_of_a_new_id_varies() -> None:
    ids = [new_id(NOW).int for _ in range(200)]
    ones, zeros = 0, 0
    for id in ids:
        ones |= id
        zeros |= ~id
    random_bits = (1 << 74) - 1
    # 12 bits above the variant, 62 below.
    varying = ones & zeros
    assert ((varying >> 64 & 0xFFF) << 62 | varying & (1 << 62) - 1) == random_bits


def test_a_derived_id_is_the_digest_of_its_parts_with_version_8() -> None:
    # As anyone can work it out: each part behind its length in eight bytes.
    text = b"".join(len(part).to_bytes(8, "big") + part for part in (b"key", b"tests", b"\xc3\xa9", b"0"))
    digits = sha256(text).hexdigest()[:32]
    variant = format(int(digits[16], 16) & 0b0011 | 0b1000, "x")
    assert derived_id("key", "tests", "é", "0").hex == f"{digits[:12]}8{digits[13:16]}{variant}{digits[17:]}"


def test_a_derived_id_never_changes() -> None:
    assert derived_id("key", "tests", "b6c7-nightly 2", "0") == UUID("9ef4d97f-7a16-85fd-96ec-0224329a83b7")


@settings(derandomize=True, max_examples=200)
@given(one=parts, other=parts)
def test_other_parts_give_another_id(one: list[str | bytes], other: list[str | bytes]) -> None:
    def encoded(parts: list[str | bytes]) -> list[bytes]:
        return [part.encode() if isinstance(part, str) else part for part in parts]

    assert (derived_id(*one) == derived_id(*other)) == (encoded(one) == encoded(other))
    assert (derived_id(*one).version, derived_id(*one).variant) == (8, RFC_4122)


def test_parts_do_not_run_together() -> None:
    assert len({derived_id("ab", "c"), derived_id("a", "bc"), derived_id("abc"), derived_id("abc", "")}) == 4
