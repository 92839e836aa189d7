"""Settings, all from the environment; `docs/reference/settings.md` documents each (a test holds it to that)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from commonweal.base.postgres import secret_in

env = environ.Env()
PACKAGE = Path(__file__).resolve().parent.parent

# --- where things are -------------------------------------------------------------------------------------------
VAR = Path(env.str("COMMONWEAL_VAR", default="var")).resolve()
COMMONWEAL_FILES = Path(env.str("COMMONWEAL_FILES", default=str(VAR / "files"))).resolve()
COMMONWEAL_FILE_LIMIT = env.int("COMMONWEAL_FILE_LIMIT", default=20_000_000)
#: Where clamd listens (`host:port`, or the path of its socket); none asks no virus scanner.
COMMONWEAL_CLAMD = env.str("COMMONWEAL_CLAMD", default="")
#: The address of the files' own host; with none, files come from the same host as the pages.
COMMONWEAL_FILES_ADDRESS = env.str("COMMONWEAL_FILES_ADDRESS", default="").rstrip("/")
COMMONWEAL_DEMO = env.bool("COMMONWEAL_DEMO", default=False)
COMMONWEAL_SECOND_FACTOR = env.bool("COMMONWEAL_SECOND_FACTOR", default=not COMMONWEAL_DEMO)
COMMONWEAL_ADDRESS = env.str("COMMONWEAL_ADDRESS", default="http://127.0.0.1:8000")

DEBUG = False
SECRET_KEY = env.str("COMMONWEAL_SECRET_KEY", default="") or secret_in(VAR / "secrets" / "web")
ALLOWED_HOSTS = env.list("COMMONWEAL_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
if COMMONWEAL_FILES_ADDRESS:
    ALLOWED_HOSTS.append(urlsplit(COMMONWEAL_FILES_ADDRESS).hostname or "")
ROOT_URLCONF = "commonweal.web.urls"
WSGI_APPLICATION = "commonweal.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "csp",
    "commonweal.base",
    "commonweal.directory",
    "commonweal.frameworks",
    "commonweal.community",
    "commonweal.asks",
    "commonweal.delivery",
    "commonweal.delivery.mobilisation",
    "commonweal.delivery.changes",
    "commonweal.delivery.orders",
    "commonweal.delivery.reviews",
    "commonweal.delivery.assurance",
    "commonweal.delivery.returns",
    "commonweal.delivery.rights",
    "commonweal.reporting",
    "commonweal.reporting.budget",
    "commonweal.reporting.boards",
    "commonweal.reporting.stories",
    "commonweal.reporting.register",
    "commonweal.reporting.accounts",
    "commonweal.reporting.benchmarks",
    "commonweal.reporting.reports",
    "commonweal.publishing",
    "commonweal.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "commonweal.base.middleware.FilesHost",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "commonweal.base.middleware.Reference",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "commonweal.base.middleware.Door",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "commonweal.web.context.frame",
            ],
        },
    }
]

# --- database: the runtime role works, the owner role migrates (COMMONWEAL_ROLE=owner) ------------------------------
_url = env.str(
    "COMMONWEAL_OWNER_URL" if env.str("COMMONWEAL_ROLE", default="runtime") == "owner" else "COMMONWEAL_RUNTIME_URL",
    default="postgresql://nobody:none@127.0.0.1:1/none",  # commands that need no database never open it
)
DATABASES = {"default": env.db_url_config(_url) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- sign-in ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "base.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "commonweal.web.sign_in.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "commonweal.web.sign_in.SocialAccountAdapter"
ACCOUNT_FORMS = {"login": "commonweal.web.sign_in_form.SignInForm"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Commonweal"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
#: Whether an organisation's own second factor counts here: `never`, when its ID token `stated` one, or `always`.
COMMONWEAL_OIDC_SECOND_FACTOR = env.str("COMMONWEAL_OIDC_SECOND_FACTOR", default="never")
_oidc_server = env.str("COMMONWEAL_OIDC_SERVER", default="").rstrip("/")
_oidc_origin = "{0.scheme}://{0.netloc}".format(urlsplit(_oidc_server))
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "commonweal.web.sign_in_elsewhere.OrganisationProvider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env.str("COMMONWEAL_OIDC_NAME", default="Your organisation"),
                "client_id": env.str("COMMONWEAL_OIDC_CLIENT", default=""),
                "secret": env.str("COMMONWEAL_OIDC_SECRET", default=""),
                "settings": {
                    "server_url": _oidc_server,
                    "domains": [each.lower() for each in env.list("COMMONWEAL_OIDC_DOMAINS", default=[])],
                },
            }
        ]
        if _oidc_server
        else [],
    }
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# --- mail: none is sent until a server is named; the demonstration shows its mails where it was started ----------------
COMMONWEAL_MAIL_SERVER = env.str("COMMONWEAL_MAIL_SERVER", default="")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("COMMONWEAL_MAIL_FROM", default="commonweal@localhost")
vars().update(env.email_url_config(COMMONWEAL_MAIL_SERVER or "consolemail://"))
if COMMONWEAL_MAIL_SERVER.startswith("filemail:///"):  # the library takes the folder for one beside where it runs
    EMAIL_FILE_PATH = COMMONWEAL_MAIL_SERVER.removeprefix("filemail://")
EMAIL_TIMEOUT = 20

# --- languages ------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("cy", _("Welsh"))]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"
DATE_FORMAT = "j F Y"

# --- static files ---------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = True
FORM_RENDERER = "commonweal.base.govuk.forms.GovukRenderer"

# --- safety ---------------------------------------------------------------------------------------------------------
_secure = COMMONWEAL_ADDRESS.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = env.bool("COMMONWEAL_HTTPS_REDIRECT", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _secure
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [COMMONWEAL_ADDRESS]
CSRF_FAILURE_VIEW = "commonweal.web.views.csrf_failed"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Sending the form of "Sign in with …" leads on to the organisation's own server.
        "form-action": [SELF, *([_oidc_origin] if _oidc_server else [])],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # A refusal or a wrong address is no fault of ours: only what broke (500) is worth its traceback.
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": env.str("COMMONWEAL_LOG_LEVEL", default="WARNING")},
}
