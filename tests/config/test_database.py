import pytest

from config.database import databases
from tests.config.test_env import refusal

ALWAYS = "-c plan_cache_mode=force_generic_plan -c datestyle=ISO -c default_transaction_isolation=read\\ committed"


def test_database_address(monkeypatch: pytest.MonkeyPatch, no_address: None) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ruta:p%40ss@db.example:5433/history?sslmode=require")
    assert databases() == {
        "default": {
            "ENGINE": "config.postgres",
            "NAME": "history",
            "USER": "ruta",
            "PASSWORD": "p@ss",
            "HOST": "db.example",
            "PORT": "5433",
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "connect_timeout": "2",
                "sslmode": "require",
                "options": ALWAYS,
            },
        }
    }


def test_address_of_a_replica_is_for_reading_and_for_not_waiting(
    monkeypatch: pytest.MonkeyPatch, no_address: None
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ruta:p%40ss@db.example/history")
    monkeypatch.setenv("DATABASE_REPLICA_URL", "postgresql://ruta:p%40ss@replica.example/history?keepalives_idle=60")
    found = databases()
    assert found["replica"] == found["default"] | {
        "HOST": "replica.example",
        "OPTIONS": {
            "connect_timeout": "2",
            "keepalives_idle": "60",
            "keepalives_interval": "2",
            "keepalives_count": "3",
            "options": f"{ALWAYS} -c default_transaction_read_only=on",
        },
    }


def test_replica_of_the_embedded_database_is_refused(monkeypatch: pytest.MonkeyPatch, no_address: None) -> None:
    monkeypatch.setenv("DATABASE_REPLICA_URL", "postgresql://ruta:s3cret@replica.example/history")
    assert refusal(databases) == (
        "DATABASE_REPLICA_URL: the embedded database has no replica: set DATABASE_URL to its primary as well."
    )


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "mysql://ruta:s3cret@db.example/history",
            "DATABASE_URL cannot be read: write it as postgresql://user:password@host:5432/database, "
            "with special characters of the password percent-encoded.",
        ),
        (
            "postgresql://ruta:s3cret%@db.example/history",
            "DATABASE_URL cannot be read: write it as postgresql://user:password@host:5432/database, "
            "with special characters of the password percent-encoded.",
        ),
        (
            "postgresql://ruta:s3cret@db.example",
            "DATABASE_URL names no database: write it as postgresql://user@host/database.",
        ),
    ],
)
def test_bad_database_address_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, no_address: None, url: str, sentence: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert refusal(databases) == sentence
