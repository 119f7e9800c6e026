"""Bodies that are refused for what they are, whatever their members say."""

from collections.abc import Iterator

import pytest

from tests.activities.api.posts import FIRST, invalid, post_text, refused, stored_ids, text_of
from tests.api_client import CheckedClient
from tests.refusals import PATH, said
from tests.shapes import activity

MEBIBYTE = 1024 * 1024
NOT_JSON = "The body is not JSON: "
TOO_DEEP = "The body is nested too deep: data has at most 32 levels."
TOO_MANY_BYTES = (
    "Together oldData and newData have at most 262144 bytes; these have {}. Send only the fields that changed."
)
EXPONENT = "A number's exponent lies between -100 and 100: send another as a string."
DIGITS = "A number has at most 100 digits: send a longer one as a string."
NUL = r"The character \u0000 cannot be stored: leave it out."
SURROGATE = r"A lone surrogate (\ud800 to \udfff) is no character: send the whole pair, or leave it out."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "The body is empty: send one activity, or an array of them."),
        (b" \n\t", "The body is empty: send one activity, or an array of them."),
        (b"{", NOT_JSON + "Expecting property name enclosed in double quotes at column 2. Correct it there."),
        (b'{"type": "create"', NOT_JSON + "Expecting ',' delimiter at column 18. Correct it there."),
        (b"[{},]", NOT_JSON + "Expecting value at column 5. Correct it there."),
        (b"{}\n{}", NOT_JSON + "Extra data at line 2, column 1. Correct it there."),
        (b"{'a': 1}", NOT_JSON + "Expecting property name enclosed in double quotes at column 2. Correct it there."),
        (b'{"a": 01}', NOT_JSON + "Expecting ',' delimiter at column 8. Correct it there."),
        (b'{"a": "\x00"}', NOT_JSON + "Invalid control character at column 8. Correct it there."),
        (b'{"a": "\\x41"}', NOT_JSON + "Invalid \\escape at column 8. Correct it there."),
        (b"\xef\xbb\xbf{}", NOT_JSON + "Expecting value at column 1. Correct it there."),
        (b'{"a": "\xff"}', "Byte 7 is not UTF-8: send the body in UTF-8."),
        (b'{"a": "\xed\xa0\x80"}', "Byte 7 is not UTF-8: send the body in UTF-8."),
        ('{"a": 1}'.encode("utf-16"), "Byte 0 is not UTF-8: send the body in UTF-8."),
        (b"[" * 1_000 + b"]" * 1_000, TOO_DEEP),
        (b"[" * 100_000, TOO_DEEP),
        (b'{"a":' * 100_000, TOO_DEEP),
    ],
    ids=lambda given: given[:20] if isinstance(given, bytes) else "",
)
def test_what_is_not_json_is_refused(api: CheckedClient, body: bytes, detail: str) -> None:
    assert said(post_text(api, body)) == refused("malformed-json", detail)


@pytest.mark.parametrize("body", ["null", "true", "5", '"text"', "1.5e3", "NaN", "1e131072"])
def test_json_that_is_neither_object_nor_array_is_refused(api: CheckedClient, body: str) -> None:
    response = post_text(api, body)
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == ["#"]


def test_members_of_an_array_must_be_objects(api: CheckedClient) -> None:
    response = post_text(api, "[null, [], 5]")
    assert said(response) == invalid(*[(f"#/{index}", "Send an object.") for index in range(3)])


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-Type", "text/plain"),
        ("Content-Type", "application/json-patch+json"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Content-Type", "application/json; charset=latin-1"),
        ("Content-Type", ""),
    ],
)
def test_another_content_type_is_refused(api: CheckedClient, header: str, value: str) -> None:
    response = api.post(PATH, content=b"{}", headers={header: value})
    detail = "Send Content-Type: application/json, in UTF-8."
    assert response.status_code == 415
    assert said(response) == refused("unsupported-media-type", detail)


def test_a_compressed_body_is_refused(api: CheckedClient) -> None:
    response = post_text(api, b"\x1f\x8b", content_encoding="gzip")
    detail = "Send the body uncompressed, without Content-Encoding."
    assert response.status_code == 415
    assert said(response) == refused("unsupported-media-type", detail)


@pytest.mark.parametrize(
    "kind", ["APPLICATION/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf-8"']
)
def test_every_spelling_of_the_content_type_is_accepted(api: CheckedClient, kind: str) -> None:
    assert post_text(api, text_of(activity()), content_type=kind).status_code == 201


def chunks() -> Iterator[bytes]:
    yield text_of(activity()).encode()


def test_a_chunked_body_is_refused(api: CheckedClient) -> None:
    response = api.post(PATH, content=chunks(), headers={"Content-Type": "application/json"})
    assert response.status_code == 411
    assert said(response) == refused("length-required", "Send the body whole, with its Content-Length.")
    assert stored_ids() == set()


def test_a_body_over_five_mebibytes_is_refused(api: CheckedClient) -> None:
    text = text_of(activity(id=FIRST))
    response = post_text(api, text.ljust(5 * MEBIBYTE + 1))
    detail = "A body has at most 5242880 bytes: send fewer activities in one request."
    assert response.status_code == 413
    assert said(response) == refused("body-too-large", detail)
    assert stored_ids() == set()
    assert post_text(api, text.ljust(5 * MEBIBYTE)).status_code == 201


def nested(levels: int, opens: str = '{"a": ', closes: str = "}") -> str:
    """A document of so many levels, the outermost of which is an object."""
    return '{"a": ' + opens * (levels - 1) + "1" + closes * (levels - 1) + "}"


@pytest.mark.parametrize(("opens", "closes", "part"), [('{"a": ', "}", "a"), ("[", "]", "0")])
@pytest.mark.parametrize("levels", [33, 34, 600])
def test_data_has_at_most_32_levels(api: CheckedClient, levels: int, opens: str, closes: str, part: str) -> None:
    response = post_text(api, text_of(activity(id=FIRST), newData=nested(levels, opens, closes)))
    pointer = "#/newData/a" + f"/{part}" * 31
    assert said(response) == invalid((pointer, "Data has at most 32 levels: flatten what lies deeper."))
    assert stored_ids() == set()
    assert post_text(api, text_of(activity(), newData=nested(32, opens, closes))).status_code == 201


@pytest.mark.parametrize("letter", ["x", "é", r"\u00e9", "😀"])
def test_both_documents_have_at_most_256_kibibytes_of_compact_utf8(api: CheckedClient, letter: str) -> None:
    size = len(letter.replace(r"\u00e9", "é").encode())
    old_data = '{"a": 1.10}'
    # 10 bytes of old data, 8 around the text.
    count, rest = divmod(262_144 - 10 - 8, size)
    fits = letter * count + "x" * rest
    assert post_text(api, text_of(activity(), oldData=old_data, newData=f'{{ "a" : "{fits}" }}')).status_code == 201
    response = post_text(api, text_of(activity(id=FIRST), oldData=old_data, newData=f'{{"a": "{fits}x"}}'))
    assert said(response) == invalid(("#/newData", TOO_MANY_BYTES.format(262_145)))
    assert FIRST not in stored_ids()


def test_data_of_257_kibibytes_is_refused_where_it_stands(api: CheckedClient) -> None:
    large = activity(oldData={"a": "x" * (257 * 1024 - 8)}, newData=None)
    assert said(api.record([activity(), large])) == invalid(("#/1/oldData", TOO_MANY_BYTES.format(257 * 1024)))
    assert stored_ids() == set()


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        ("NaN", "NaN is not JSON: send null, or the word as a string."),
        ("Infinity", "Infinity is not JSON: send null, or the word as a string."),
        ("-Infinity", "-Infinity is not JSON: send null, or the word as a string."),
        ("1e131071", EXPONENT),
        ("1e101", EXPONENT),
        ("1.5E-101", EXPONENT),
        ("1e99999999999999999999", EXPONENT),
        ("1" * 101, DIGITS),
        ("-0." + "1" * 100, DIGITS),
        (r'"a\u0000b"', NUL),
        (r'"\ud83d"', SURROGATE),
        (r'"\ude00\ud83d"', SURROGATE),
    ],
)
@pytest.mark.parametrize("member", ["oldData", "newData"])
def test_values_that_cannot_be_kept_are_refused(api: CheckedClient, member: str, value: str, detail: str) -> None:
    text = text_of(activity(), **{member: f'{{"rooms": [1, {{"~/": {value}}}]}}'})
    assert said(post_text(api, text)) == invalid((f"#/{member}/rooms/1/~0~1", detail))
    assert said(post_text(api, f"[{text}]")) == invalid((f"#/0/{member}/rooms/1/~0~1", detail))
    assert stored_ids() == set()


@pytest.mark.parametrize(("name", "detail"), [(r'"a\u0000"', NUL), (r'"\udc00"', SURROGATE)])
def test_names_that_cannot_be_kept_are_refused_at_their_object(api: CheckedClient, name: str, detail: str) -> None:
    response = post_text(api, text_of(activity(), newData=f'{{"a": {{{name}: 1}}}}'))
    assert said(response) == invalid(("#/newData/a", f"A name: {detail}"))
    assert stored_ids() == set()
