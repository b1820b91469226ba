"""The app's own database: credentials, a pool of connections, and migrations."""

import collections
import contextlib
import logging
import os
import re
import select
import threading
import time

import psycopg2
from psycopg2 import extensions

import migrate

CREDENTIALS = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASS")
CONNECT_TIMEOUT_SECONDS = 2
STATEMENT_TIMEOUT_SECONDS = 10
POOL_TIMEOUT_SECONDS = 2
# After a login that failed.
RETRY_SECONDS = 1

log = logging.getLogger("app.database")


class Unavailable(Exception):
    """Why the database can't be used right now. Its text is safe to show; `detail` names hosts, users and files, for the log only."""

    def __init__(self, reason, detail=None):
        super().__init__(reason)
        self.detail = detail


def read_credentials():
    """
    The five credentials, by name: from the mounted secret, which Kubernetes updates after a rotation, or else from the
    environment, which keeps the values that the pod started with.
    """
    folder = os.environ.get("DB_CREDS_DIR", "/etc/db-creds")
    if not os.path.isdir(folder):
        return {name: os.environ.get(name, "") for name in CREDENTIALS}
    credentials = {}
    for name in CREDENTIALS:
        try:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                credentials[name] = file.read()
        except OSError:
            credentials[name] = ""
    return credentials


def connect(application_name):
    """
    Logs in with the current credentials.

    Kubernetes may replace the files while they are read, or between reading and login: if the login fails and the files
    have changed, it tries once more.
    """
    credentials = read_credentials()
    try:
        return log_in(credentials, application_name)
    except (Unavailable, psycopg2.Error):
        newer = read_credentials()
        if newer == credentials:
            raise
        log.info("credentials changed, logging in again")
        return log_in(newer, application_name)


def log_in(credentials, application_name):
    missing = [name for name in CREDENTIALS if not credentials[name]]
    if missing:
        raise Unavailable("credentials not set", ", ".join(missing))
    verification = {"sslmode": os.environ.get("DB_SSLMODE", "verify-full")}
    if verification["sslmode"].startswith("verify"):
        # Only then: libpq verifies with any file that it is given, whatever the mode.
        verification["sslrootcert"] = os.environ.get("DB_SSLROOTCERT", "/etc/ssl/certs/rds-global-bundle.pem")
    return psycopg2.connect(
        **verification,
        host=credentials["DB_HOST"],
        port=credentials["DB_PORT"],
        dbname=credentials["DB_NAME"],
        user=credentials["DB_USER"],
        password=credentials["DB_PASS"],
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        # A server that vanishes without closing, as in a failover, is noticed while it is used and while it is not.
        tcp_user_timeout=CONNECT_TIMEOUT_SECONDS * 1000,
        keepalives_idle=30,
        keepalives_interval=5,
        keepalives_count=2,
        options=f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS}s",
        application_name=application_name,
    )


class Database:
    """Connections are opened on first use, kept, and shared by the threads of one process."""

    def __init__(self, application_name):
        self.application_name = application_name
        # As many as gunicorn.conf.py has threads: then no request waits for a connection.
        self.size = int(os.environ.get("DB_POOL_SIZE", "4"))
        self.max_age_seconds = float(os.environ.get("DB_CONNECTION_MAX_AGE", "1800"))
        self.places = threading.BoundedSemaphore(self.size)
        # The one idle longest is used next, so none outlives its time unnoticed.
        self.idle = collections.deque()
        # Why the last login failed, the detail, and when to try again.
        self.failed = None
        self.retrying = threading.Lock()
        self.is_migrated = False
        self.migrating = threading.Lock()

    @contextlib.contextmanager
    def transaction(self):
        """A cursor in a transaction: committed at the end of the block, rolled back after an error in it."""
        try:
            with self.connection() as connection, connection, connection.cursor() as cursor:
                yield cursor
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise unavailable(error) from None

    @contextlib.contextmanager
    def connection(self):
        if not self.places.acquire(timeout=POOL_TIMEOUT_SECONDS):
            raise Unavailable("all connections are in use")
        try:
            connection, opened = self.take()
            try:
                self.migrate(connection)
                yield connection
            finally:
                if connection.closed or connection.get_transaction_status() != extensions.TRANSACTION_STATUS_IDLE:
                    connection.close()
                else:
                    self.idle.append((connection, opened))
        finally:
            self.places.release()

    def take(self):
        while True:
            try:
                connection, opened = self.idle.popleft()
            except IndexError:
                return self.open(), time.monotonic()
            if time.monotonic() - opened < self.max_age_seconds and not was_ended(connection):
                return connection, opened
            connection.close()

    def open(self):
        """After a login that failed, one thread at a time tries again: if all of them waited, none would answer /health."""
        failed = self.failed
        if not failed:
            return self.log_in()
        reason, detail, retry_at = failed
        if time.monotonic() < retry_at or not self.retrying.acquire(blocking=False):
            raise Unavailable(reason, detail)
        try:
            return self.log_in()
        finally:
            self.retrying.release()

    def log_in(self):
        try:
            connection = connect(self.application_name)
        except (Unavailable, psycopg2.OperationalError) as error:
            reason = error if isinstance(error, Unavailable) else unavailable(error)
            self.failed = str(reason), reason.detail, time.monotonic() + RETRY_SECONDS
            raise reason from None
        self.failed = None
        return connection

    def migrate(self, connection):
        """Runs before the first use of the database: it may not exist yet when the app starts."""
        if self.is_migrated:
            return
        if not self.migrating.acquire(timeout=POOL_TIMEOUT_SECONDS):
            raise Unavailable("migrations are running")
        try:
            if not self.is_migrated:
                migrate.apply_pending(connection)
                self.is_migrated = True
        except migrate.Busy:
            raise Unavailable("migrations are running") from None
        except migrate.Failed as error:
            raise Unavailable("migration failed", f"{error}: {first_line(error.__cause__)}") from None
        finally:
            self.migrating.release()

    def close(self):
        while self.idle:
            self.idle.popleft()[0].close()


def was_ended(connection):
    """Whether the server ended an idle connection: it sends hardly anything else to one."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


# psycopg2 has no SQLSTATE for a login that failed, only PostgreSQL's message.
REASONS = (
    ("too many clients|too many connections|connection slots", "too many connections"),
    ('database "" does not exist', "database does not exist"),
    ('authentication failed|role ""|no pg_hba.conf entry|permission denied', "login refused"),
    ("certificate|does not support SSL", "server not verified"),
    ("statement timeout", "query took too long"),
)


def unavailable(error):
    """What may be shown of an error of PostgreSQL."""
    detail = first_line(error)
    message = re.sub('"[^"]*"', '""', detail)
    reason = next((reason for pattern, reason in REASONS if re.search(pattern, message)), "database not reachable")
    return Unavailable(reason, detail)


def first_line(error):
    """PostgreSQL's message without the lines that quote the query. It never contains the password."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
