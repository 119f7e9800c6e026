import pytest
from django.contrib.auth.models import User
from django.test import Client

WRONG = "The username or the password is wrong. Check both; capital letters matter."


@pytest.fixture
def officer(db: None) -> User:
    return User.objects.create_user("officer", password="a good password")


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/"])
def test_page_asks_for_name_and_password(path: str) -> None:
    page = Client().get(path).content.decode()
    assert "<title>Sign in – Activity History</title>" in page
    assert "There is a problem" not in page
    assert 'autocomplete="current-password"' in page


@pytest.mark.parametrize(
    ("next", "then"),
    [
        ("/history/T-1", "/history/T-1"),
        ("https://elsewhere.example/", "/history/"),
        ("//elsewhere.example/", "/history/"),
        ("javascript:alert(1)", "/history/"),
        ("", "/history/"),
    ],
)
def test_right_password_leads_to_the_page_that_was_asked_for_and_to_no_other_site(
    officer: User, next: str, then: str
) -> None:
    answer = Client().post("/sign-in", {"username": "officer", "password": "a good password", "next": next})
    assert (answer.status_code, answer.headers["location"]) == (302, then)


@pytest.mark.parametrize("is_active", [True, False])
def test_wrong_password_and_closed_account_are_told_the_same(officer: User, is_active: bool) -> None:
    User.objects.update(is_active=is_active)
    password = "a bad password" if is_active else "a good password"
    page = Client().post("/sign-in", {"username": "officer", "password": password}).content.decode()
    assert "<title>Error: Sign in – Activity History</title>" in page
    assert f'<a href="#id_username">{WRONG}</a>' in page
    assert password not in page
    assert page.count("govuk-form-group--error") == 2
    assert page.count('aria-invalid="true" aria-describedby="id_username_error"') == 2


def test_what_is_missing_is_told_at_its_field(db: None) -> None:
    page = Client().post("/sign-in", {"username": "", "password": ""}).content.decode()
    for name in ("username", "password"):
        assert f'<a href="#id_{name}">Enter your {name}</a>' in page
        assert f'id="id_{name}_error"' in page
        assert f'aria-describedby="id_{name}_error"' in page


def test_sign_out_is_a_post(officer: User) -> None:
    client = Client()
    client.force_login(officer)
    assert "Signed in as officer" in client.get("/").content.decode()
    assert client.get("/sign-out").status_code == 405
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert "Signed in as" not in client.get("/").content.decode()


def test_sign_out_from_another_site_is_refused(officer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    answer = client.post("/sign-out", headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "Send the form again" in answer.content.decode()
    assert "Signed in as officer" in client.get("/").content.decode()
