"""
Migrations: plain SQL files of migrations/, in the order of their names, each in a transaction of its own.

A file that ran is never run again, so change the schema by a new file. Pods of the previous version still use the database
while the new ones start: add first, and remove with a later release.
"""

import logging
import os

import psycopg2
import psycopg2.errors

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "migrations")
# Of all locks in this database; any number that nothing else uses.
LOCK = 7_205_713

log = logging.getLogger("app.migrate")


class Busy(Exception):
    """Another process runs migrations, or something holds a lock on a table; try again."""


class Failed(Exception):
    """A migration failed and changed nothing; its text is the name of the file."""


def apply_pending(connection, folder=FOLDER):
    """However many processes start at once, each file runs once. Without the folder there is nothing to run."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(".sql")) if os.path.isdir(folder) else []
    with connection, connection.cursor() as cursor:
        done = applied(cursor)
    for name in names:
        if name in done:
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            sql = file.read()
        try:
            with connection, connection.cursor() as cursor:
                apply_once(cursor, name, sql)
        except psycopg2.errors.LockNotAvailable:
            raise Busy() from None
        except psycopg2.OperationalError:
            raise
        except psycopg2.Error as error:
            raise Failed(name) from error


def applied(cursor):
    cursor.execute("SELECT to_regclass('schema_migrations') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return set()
    cursor.execute("SELECT name FROM schema_migrations")
    return {name for (name,) in cursor.fetchall()}


def apply_once(cursor, name, sql):
    # A migration may take long, but waits only briefly for a table: requests that need the table wait behind it.
    cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '2s'")
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
    # Not applied(): while this waited for the lock, another process may have created the table, and to_regclass() may not know.
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    cursor.execute("SELECT FROM schema_migrations WHERE name = %s", (name,))
    if cursor.rowcount:
        return
    cursor.execute(sql)
    cursor.execute("INSERT INTO schema_migrations (name) VALUES (%s)", (name,))
    log.info("migration applied", extra={"fields": {"migration": name}})
