"""Credentials and the pool, without a database."""

import concurrent.futures
import os
import runpy
import tempfile
import threading
import time
import unittest
from unittest import mock

import psycopg2
from example_credentials import CREDENTIALS
from fake_connection import FakeConnection

import database
import migrate


class WithCredentials(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.environment({**CREDENTIALS, "DB_CREDS_DIR": os.path.join(self.folder, "absent")})

    def environment(self, variables):
        patch = mock.patch.dict(os.environ, variables)
        patch.start()
        self.addCleanup(patch.stop)

    def mount(self, **changes):
        """Writes the files of a mounted secret."""
        for name, value in {**CREDENTIALS, **changes}.items():
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(value)
        self.environment({"DB_CREDS_DIR": self.folder})


class CredentialsTest(WithCredentials):
    def test_are_in_the_environment(self):
        self.assertEqual(database.read_credentials(), CREDENTIALS)

    def test_are_in_the_mounted_files_rather_than_in_the_environment(self):
        self.mount(DB_PASS="  a'b\"\\ü% ")
        self.environment({"DB_PASS": "old"})
        self.assertEqual(database.read_credentials()["DB_PASS"], "  a'b\"\\ü% ")

    def test_names_what_is_not_set(self):
        self.mount(DB_PASS="")
        os.remove(os.path.join(self.folder, "DB_USER"))
        with self.assertRaisesRegex(database.Unavailable, "^credentials not set$") as raised:
            database.connect("app")
        self.assertEqual(raised.exception.detail, "DB_USER, DB_PASS")

    @mock.patch.object(psycopg2, "connect")
    def test_verifies_the_server_and_gives_up_soon(self, connect):
        for name in ("DB_SSLMODE", "DB_SSLROOTCERT"):
            os.environ.pop(name, None)
        database.connect("app")
        options = connect.call_args.kwargs
        self.assertEqual((options["sslmode"], options["sslrootcert"]), ("verify-full", "/etc/ssl/certs/rds-global-bundle.pem"))
        self.assertLessEqual(options["connect_timeout"], 2)

    @mock.patch.object(psycopg2, "connect")
    def test_are_read_again_when_the_login_fails_and_they_have_changed(self, connect):
        self.mount(DB_USER="old_user")

        def log_in(**options):
            if options["user"] == "old_user":
                self.mount(DB_USER="new_user")
                raise psycopg2.OperationalError("password authentication failed")
            return options["user"]

        connect.side_effect = log_in
        with self.assertLogs("app", "INFO"):
            self.assertEqual(database.connect("app"), "new_user")

    @mock.patch.object(psycopg2, "connect", side_effect=psycopg2.OperationalError("no"))
    def test_are_tried_once_when_they_have_not_changed(self, connect):
        self.mount()
        with self.assertRaises(psycopg2.OperationalError):
            database.connect("app")
        connect.assert_called_once()


class PoolTest(unittest.TestCase):
    def setUp(self):
        self.opened = []
        for target, name, value in (
            (database, "connect", self.connect),
            (database.migrate, "apply_pending", mock.Mock()),
            (database, "POOL_TIMEOUT_SECONDS", 0.05),
        ):
            patch = mock.patch.object(target, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.db = database.Database("app")

    def connect(self, _):
        connection = FakeConnection()
        self.addCleanup(connection.close)
        self.opened.append(connection)
        return connection

    def use(self):
        with self.db.transaction() as cursor:
            return cursor

    def test_keeps_a_connection(self):
        self.assertIs(self.use(), self.use())

    def test_migrates_before_the_first_use_only(self):
        self.use()
        self.use()
        database.migrate.apply_pending.assert_called_once_with(self.opened[0])

    def test_replaces_a_connection_that_the_server_ended(self):
        self.use().end()
        self.assertIsNot(self.use(), self.opened[0])
        self.assertTrue(self.opened[0].closed)

    def test_replaces_an_old_connection(self):
        self.use()
        self.db.max_age_seconds = 0
        self.assertIsNot(self.use(), self.opened[0])

    def test_keeps_a_connection_after_an_error_that_it_survives(self):
        with self.assertRaises(ValueError), self.db.transaction():
            raise ValueError
        self.assertIs(self.use(), self.opened[0])

    def test_drops_a_connection_that_an_error_broke(self):
        with self.assertRaises(database.Unavailable), self.db.transaction():
            self.opened[0].closed = 2
            raise psycopg2.OperationalError("server closed the connection unexpectedly")
        self.assertIsNot(self.use(), self.opened[0])

    @mock.patch.object(database, "POOL_TIMEOUT_SECONDS", 10)
    def test_waits_until_another_thread_gives_its_connection_back(self):
        self.db.places = threading.BoundedSemaphore(1)
        begun = threading.Event()

        def wait_and_use():
            begun.set()
            return self.use()

        with concurrent.futures.ThreadPoolExecutor(1) as threads:
            with self.db.transaction() as cursor:
                waiting = threads.submit(wait_and_use)
                begun.wait()
                time.sleep(0.05)
            self.assertIs(waiting.result(), cursor)

    def test_tries_no_login_for_a_moment_after_one_failed(self):
        refused = mock.Mock(side_effect=psycopg2.OperationalError('FATAL:  database "x" does not exist'))
        with mock.patch.object(database, "connect", refused):
            for _ in range(3):
                with self.assertRaisesRegex(database.Unavailable, "^database does not exist$") as raised:
                    self.use()
                self.assertIn('"x"', raised.exception.detail)
        refused.assert_called_once()
        with mock.patch.object(database.time, "monotonic", return_value=time.monotonic() + database.RETRY_SECONDS):
            self.use()

    @mock.patch.object(database, "RETRY_SECONDS", 0)
    def test_lets_one_thread_at_a_time_try_again(self):
        arrived, release = threading.Event(), threading.Event()

        def hang(_):
            arrived.set()
            release.wait()
            raise psycopg2.OperationalError("timeout expired")

        with mock.patch.object(database, "connect", side_effect=psycopg2.OperationalError("timeout expired")):
            with self.assertRaises(database.Unavailable):
                self.use()
        with mock.patch.object(database, "connect", side_effect=hang) as connect, concurrent.futures.ThreadPoolExecutor(1) as threads:
            hanging = threads.submit(self.use)
            arrived.wait()
            with self.assertRaisesRegex(database.Unavailable, "^database not reachable$"):
                self.use()
            release.set()
            self.assertIsInstance(hanging.exception(), database.Unavailable)
            connect.assert_called_once()
        self.use()

    def test_waits_for_a_connection_and_then_says_why_not(self):
        self.db.places = threading.BoundedSemaphore(1)
        with self.db.transaction(), self.assertRaisesRegex(database.Unavailable, "^all connections are in use$"):
            self.use()
        self.use()

    def test_has_a_connection_for_each_thread_of_gunicorn(self):
        settings = runpy.run_path(os.path.join(os.path.dirname(database.__file__), "gunicorn.conf.py"))
        self.assertEqual(settings["threads"], self.db.size)

    def test_closes_what_is_idle(self):
        self.use()
        self.db.close()
        self.assertTrue(self.opened[0].closed)


class MigrationTest(unittest.TestCase):
    def test_is_optional(self):
        connection = FakeConnection(rows=[(False,)])
        self.addCleanup(connection.close)
        migrate.apply_pending(connection, "/nonexistent")
        self.assertEqual(len(connection.queries), 1)


class ReasonTest(unittest.TestCase):
    MESSAGES = (
        ('FATAL:  password authentication failed for user "certificate"', "login refused"),
        ('FATAL:  role "x" is not permitted to log in', "login refused"),
        ('FATAL:  database "statement timeout" does not exist', "database does not exist"),
        ("FATAL:  sorry, too many clients already", "too many connections"),
        ("FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute", "too many connections"),
        ('root certificate file "/etc/ssl/certs/rds-global-bundle.pem" does not exist', "server not verified"),
        ("SSL error: certificate verify failed", "server not verified"),
        ("SSL connection has been closed unexpectedly", "database not reachable"),
        ("canceling statement due to statement timeout", "query took too long"),
        ("", "database not reachable"),
    )

    def test_is_one_of_a_few_words(self):
        for message, reason in self.MESSAGES:
            with self.subTest(message):
                self.assertEqual(str(database.unavailable(psycopg2.OperationalError(message))), reason)


if __name__ == "__main__":
    unittest.main()
