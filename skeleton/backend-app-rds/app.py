"""A small web app with its own PostgreSQL database. Its credentials are in environment variables."""

import contextlib
import json
import logging
import os
import sys
import time

import flask
import psycopg2

APP_NAME = ${{ values.component_id | dump }}
CREDENTIALS = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASS")
CONNECT_TIMEOUT_SECONDS = 3

# Not named after the app: an app called root or flask would configure the logger of somebody else.
log = logging.getLogger("backend")


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record):
        entry = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "app": APP_NAME,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure_logging(level):
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    log.handlers = [handler]
    log.propagate = False
    try:
        log.setLevel(level.upper())
    except ValueError:
        log.setLevel(logging.INFO)
        log.warning("LOG_LEVEL is not a log level, using info", extra={"fields": {"log_level": level}})


class NotReady(Exception):
    """Why the app can't serve requests; its text is safe to show."""


def connect():
    missing = [name for name in CREDENTIALS if not os.environ.get(name)]
    if missing:
        raise NotReady("not set: " + ", ".join(missing))
    return psycopg2.connect(
        host=os.environ["DB_HOST"],
        port=os.environ["DB_PORT"],
        dbname=os.environ["DB_NAME"],
        user=os.environ["DB_USER"],
        password=os.environ["DB_PASS"],
        sslmode=os.environ.get("DB_SSLMODE", "require"),
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        tcp_user_timeout=CONNECT_TIMEOUT_SECONDS * 1000,
        application_name=APP_NAME,
    )


def query_own_database():
    """Returns the names of the current database and role."""
    try:
        # closing(): psycopg2's own `with connection` ends the transaction and leaves the connection open.
        with contextlib.closing(connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT current_database(), current_user")
            return cursor.fetchone()
    except psycopg2.Error as error:
        # PostgreSQL's message names host, user and database: for the log only. It never contains the password.
        detail = (str(error).strip().splitlines() or [type(error).__name__])[0]
        log.error("database not reachable", extra={"fields": {"detail": detail}})
        raise NotReady("database not reachable") from None


configure_logging(os.environ.get("LOG_LEVEL", "info"))
app = flask.Flask(__name__)


@app.get("/")
def hello():
    return {"message": f"Hello from {APP_NAME}"}


@app.get("/health")
def health():
    """The process is alive. It does not query the database: a restart would not fix that."""
    return {"status": "ok"}


@app.get("/ready")
def ready():
    """The app can serve requests: it has just queried its own database."""
    try:
        database, user = query_own_database()
    except NotReady as reason:
        return {"status": "unavailable", "reason": str(reason)}, 503
    return {"status": "ready", "database": database, "user": user}


@app.before_request
def start_clock():
    flask.g.started = time.monotonic()


@app.after_request
def log_request(response):
    request = flask.request
    is_probe = request.path in ("/health", "/ready") and response.status_code < 400
    log.log(
        logging.DEBUG if is_probe else logging.INFO,
        "request",
        extra={
            "fields": {
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "duration_ms": round((time.monotonic() - flask.g.started) * 1000),
            }
        },
    )
    return response
