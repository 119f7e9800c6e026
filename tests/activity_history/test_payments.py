"""A resident is sent to pay only where the council said that payments are made."""

import pytest

from activity_history.payments import payment_address

HOSTS = ["payments.council.example", "pay.example"]


@pytest.mark.parametrize(
    "address",
    [
        "https://payments.council.example",
        "https://payments.council.example/major-works/MW-0417?ref=1&x=%20#pay",
        "https://payments.council.example:443/",
        "https://PAYMENTS.council.example/MW",
        "https://pay.example?to=a@b",
    ],
)
def test_address_of_an_allowed_host_is_kept_as_it_was_sent(address: str) -> None:
    assert payment_address(address, HOSTS) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "http://payments.council.example/",
        "HTTPS:/payments.council.example/",
        "//payments.council.example/",
        "payments.council.example/",
        "javascript:alert(1)//payments.council.example",
        "java\nscript:alert(1)",
        "data:text/html,https://payments.council.example",
        "ftp://payments.council.example/",
        "https://evil.example/",
        "https://evil.example/https://payments.council.example/",
        "https://evil.example?payments.council.example",
        "https://payments.council.example@evil.example/",
        "https://payments.council.example:443@evil.example/",
        "https://user@payments.council.example/",
        "https://user:word@payments.council.example/",
        "https://payments.council.example.evil.example/",
        "https://evilpayments.council.example/",
        "https://x.payments.council.example/",
        "https://council.example/",
        "https://payments.council.example./",
        "https://payments.council.example:8443/",
        "https://payments.council.example:/",
        "https://payments.council.example\\@evil.example/",
        "https://payments.council.example/\\evil",
        "https:\\\\payments.council.example/",
        "https://payments.council.example /",
        " https://payments.council.example/",
        "https://payments.council.example/ ",
        "https://payments.council.example/\n",
        "https://payments.council.example/a b",
        "https://payments.council.example/é",
        "https://paymentſ.council.example/",
        "https://payments。council.example/",
        "https://%70ayments.council.example/",
        "https://[::1]/",
        "https://payments.council.example/" + "a" * 2_000,
    ],
)
def test_anything_else_is_no_link(address: str | None) -> None:
    assert payment_address(address, HOSTS) is None


def test_without_hosts_nothing_is_a_link() -> None:
    assert payment_address("https://payments.council.example/", []) is None
