"""All settings, in one file. Every variable of the environment that is read stands in config/variables.py."""

import re
import sys
from datetime import timedelta
from pathlib import Path

from activities.api.issuer_settings import read_issuers
from activities.retention_policy import SHIPPED, read_policy
from config import env, local_files, sentry
from config.database import databases, other_roles
from config.database_roles import is_embedded
from config.logging import logging_in

BASE_DIR = Path(__file__).resolve().parent.parent

_secrets = local_files.secrets() if not env.text("SECRET_KEY") or is_embedded() else None
SECRET_KEY = env.secret("SECRET_KEY", _secrets.secret_key if _secrets else "")
DEMO_PASSWORD = _secrets.demo_password if _secrets else None
# Keys of before: what they signed is still accepted, nothing new is signed with them.
SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY_FALLBACKS")
DEBUG = False

PUBLIC_URL = env.web_address("PUBLIC_URL", "http://127.0.0.1:8000")
_https = PUBLIC_URL.startswith("https://")
_public_host = re.sub(":[0-9]+$", "", PUBLIC_URL.split("://")[1])
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"]) + [_public_host]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_SSL_REDIRECT = _https
# Asked from within, by its machine's address.
SECURE_REDIRECT_EXEMPT = ["^api/health/", "^metrics/?$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
CSRF_FAILURE_VIEW = "activity_history.error_pages.form_from_elsewhere"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "history-search"
LOGOUT_REDIRECT_URL = "home"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "activities",
    "activity_history",
    # Its commands.
    "config",
]

# What only pages need is wrapped, so that it does not run for the API.
MIDDLEWARE = [
    "activities.api.answers.AnswerHeadersMiddleware",
    "config.pages_middleware.links_are_private",
    "config.pages_middleware.PagesContentSecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "activities.api.answers.only_our_hosts",
    "django.middleware.security.SecurityMiddleware",
    "activities.api.problems.said_in_full",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.pages_middleware.PagesSessionMiddleware",
    "config.pages_middleware.PagesCommonMiddleware",
    "config.pages_middleware.PagesCsrfMiddleware",
    "config.pages_middleware.PagesAuthenticationMiddleware",
    "config.pages_middleware.PagesMessageMiddleware",
    "config.pages_middleware.PagesFrameOptionsMiddleware",
    "config.pages_middleware.PagesGuessingMiddleware",
]
# The checks look for three of these by their own names, and do not know ours of the same kind.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W003", "axes.W002"]
ROOT_URLCONF = "config.urls"
APPEND_SLASH = False
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "activity_history.council.council",
            ]
        },
    }
]

DATABASES = databases()
# Whom the owner gives rights: docs/database-roles.md.
DATABASE_ROLES = other_roles()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The API reads its bodies itself, after it has looked at their length; pages send small forms.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Guessing at passwords is ended: docs/alerts.md.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
TRUSTED_PROXIES = env.whole_number("TRUSTED_PROXIES", 1 if _https else 0, 0, 9)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "activity_history.guessing.keyed_name"
AXES_CLIENT_IP_CALLABLE = "activity_history.guessing.client_address"
AXES_LOCKOUT_CALLABLE = "activity_history.guessing.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
# In the image they are collected once, and compressed.
STATIC_ROOT = env.text("STATIC_ROOT") or None
WHITENOISE_USE_FINDERS = not STATIC_ROOT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

# How the pages look: docs/pages.md.
COUNCIL_NAME = env.text("COUNCIL_NAME", "Your council")
COUNCIL_COLOUR = env.colour("COUNCIL_COLOUR", "#12344d")
COUNCIL_LOGO = env.picture("COUNCIL_LOGO", BASE_DIR / "activity_history" / "static", STATIC_URL)
_host_of_logo = re.findall("^https://[^/]+", COUNCIL_LOGO)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", *_host_of_logo],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

CORS_ALLOWED_ORIGINS = env.web_origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS = ["GET", "POST", "OPTIONS"]
CORS_ALLOW_HEADERS = ["authorization", "content-type", "x-correlation-id", "idempotency-key", "prefer"]
CORS_EXPOSE_HEADERS = [
    "x-correlation-id",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
]
CORS_PREFLIGHT_MAX_AGE = 24 * 3600

# Whose tokens are accepted beside our own: docs/tokens.md shows an entry.
TOKEN_ISSUERS = read_issuers(env.text("TOKEN_ISSUERS"))

# What residents' pages lead to and stand in: docs/viewer-links.md.
PAYMENT_HOSTS = env.host_names("PAYMENT_HOSTS")
EMBED_ALLOWED_ORIGINS = env.web_origins("EMBED_ALLOWED_ORIGINS")

# Who reads the metrics sends it as a bearer token; without one there are none to read.
METRICS_TOKEN = env.text("METRICS_TOKEN") and env.secret("METRICS_TOKEN", "")

# Who is told of faults: docs/alerts.md.
ADMINS = [(address, address) for address in env.mail_addresses("ADMINS")]
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.whole_number("EMAIL_PORT", 25, 1, 65_535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.yes_or_no("EMAIL_USE_TLS")
EMAIL_USE_SSL = env.yes_or_no("EMAIL_USE_SSL")
EMAIL_TIMEOUT = 10
SERVER_EMAIL = (env.mail_addresses("SERVER_EMAIL") or [f"activity-history@{_public_host.strip('[]')}"])[0]
EMAIL_SUBJECT_PREFIX = f"[Activity History, {_public_host}] "
SENTRY_DSN = env.sentry_dsn("SENTRY_DSN")
if SENTRY_DSN:
    sentry.start(SENTRY_DSN)

# What became of each request, and what went wrong: docs/logs-and-metrics.md.
LOG_FORMAT = env.one_of("LOG_FORMAT", ("text", "json"), "text" if sys.stderr.isatty() else "json")
LOG_LEVEL = env.one_of("LOG_LEVEL", ("INFO", "WARNING", "ERROR"), "INFO")
LOGGING = logging_in(LOG_FORMAT, LOG_LEVEL)

# How long records are kept: docs/retention.md.
RETENTION_POLICY = read_policy(Path(env.text("RETENTION_FILE", str(SHIPPED))))

# How long it is kept who read which history: docs/reads.md.
READS_KEPT_DAYS = env.whole_number("READS_KEPT_DAYS", 730, smallest=1, largest=36_525)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["activities.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "activities.api.openapi.PlainSchema",
    "EXCEPTION_HANDLER": "activities.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    # Else `?format=` would choose a renderer, before our own parameters are looked at.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Activity History",
    "DESCRIPTION": "Who did what to which record, when, with the data before and after.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": False, "displayRequestDuration": True},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["activities.api.openapi.without_slash"],
    "POSTPROCESSING_HOOKS": ["activities.api.openapi.finish"],
    "ENABLE_DJANGO_DEPLOY_CHECK": True,
}
