"""Without a database. pytest runs them, here and in the image: for that, delivery installs requirements-dev.txt into it."""

import contextlib
import io
import json
import os
import unittest
from unittest import mock

import psycopg2
from example_credentials import CREDENTIALS
from fake_connection import FakeConnection

import app as subject
import database
import json_logs


class AppTest(unittest.TestCase):
    def setUp(self):
        environment = mock.patch.dict(os.environ, {**CREDENTIALS, "DB_CREDS_DIR": "/nonexistent"})
        environment.start()
        self.addCleanup(environment.stop)
        self.connection = FakeConnection()
        for target, name, value in (
            (database, "connect", mock.Mock(return_value=self.connection)),
            (database.migrate, "apply_pending", mock.Mock()),
        ):
            patch = mock.patch.object(target, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.log = io.StringIO()
        with contextlib.redirect_stdout(self.log):
            self.client = subject.create_app().test_client()
        self.addCleanup(self.connection.close)

    def lines(self):
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def test_starts_without_a_database(self):
        database.connect.assert_not_called()

    def test_greets(self):
        self.connection.rows = [("Hello",)]
        self.assertEqual(self.client.get("/").json, {"message": f"Hello from {subject.APP_NAME}"})

    def test_passes_the_language_as_a_value(self):
        self.connection.rows = [None]
        answer = self.client.get("/", query_string={"language": "' OR true --"})
        self.assertEqual((answer.status_code, answer.json["reason"]), (404, "no greeting in this language"))
        [(query, values)] = self.connection.queries
        self.assertNotIn("OR true", query)
        self.assertEqual(values, ("' OR true --",))

    def test_is_healthy_without_the_database(self):
        database.connect.side_effect = psycopg2.OperationalError("gone")
        self.assertEqual(self.client.get("/health").status_code, 200)
        database.connect.assert_not_called()

    def test_is_ready_after_a_query(self):
        self.connection.rows = [(CREDENTIALS["DB_NAME"], CREDENTIALS["DB_USER"])]
        answer = self.client.get("/ready")
        self.assertEqual((answer.status_code, answer.json), (200, {"status": "ready"}))

    def test_says_why_it_is_not_ready_and_leaks_nothing(self):
        database.connect.side_effect = psycopg2.OperationalError(
            'connection to server at "db.internal" (10.0.0.7), port 5432 failed: FATAL:  password authentication failed for user "jane"'
        )
        answer = self.client.get("/ready")
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.json, {"status": "unavailable", "reason": "login refused"})
        [refused] = [line for line in self.lines() if line["level"] == "error"]
        self.assertIn("jane", refused["detail"])
        self.assertEqual(refused["path"], "/ready")

    def test_names_a_migration_that_failed_in_the_log_only(self):
        failed = database.migrate.Failed("0002_orders.sql")
        failed.__cause__ = psycopg2.ProgrammingError('column "secret" does not exist')
        database.migrate.apply_pending.side_effect = failed
        self.assertEqual(self.client.get("/ready").json, {"status": "unavailable", "reason": "migration failed"})
        [line] = [line for line in self.lines() if line["level"] == "error"]
        self.assertEqual(line["detail"], '0002_orders.sql: column "secret" does not exist')

    def test_answers_a_bug_without_its_details(self):
        self.connection.execute = mock.Mock(side_effect=psycopg2.ProgrammingError('column "secret" does not exist'))
        answer = self.client.get("/")
        self.assertEqual(answer.status_code, 500)
        self.assertNotIn("secret", answer.text)
        [bug] = [line for line in self.lines() if line["level"] == "error"]
        self.assertIn('column "secret" does not exist', bug["exception"])

    def test_logs_requests_but_not_successful_probes(self):
        for path in ("/health", "/nothing-here?password=x"):
            self.client.get(path)
        [line] = [line for line in self.lines() if line["message"] == "request"]
        self.assertEqual((line["path"], line["status"], line["app"]), ("/nothing-here", 404, subject.APP_NAME))

    def test_warns_of_requests_that_fail_or_are_slow(self):
        self.client.get("/nothing-here")
        with mock.patch.object(json_logs, "SLOW_SECONDS", -1):
            self.client.get("/health")
        database.connect.side_effect = psycopg2.OperationalError("gone")
        self.client.get("/ready")
        requests = [(line["path"], line["level"]) for line in self.lines() if line["message"] == "request"]
        self.assertEqual(requests, [("/nothing-here", "info"), ("/health", "warning"), ("/ready", "warning")])


class LogLevelTest(unittest.TestCase):
    def test_uses_info_for_a_level_that_is_none(self):
        log = io.StringIO()
        with mock.patch.dict(os.environ, {"LOG_LEVEL": "verbose"}), contextlib.redirect_stdout(log):
            subject.create_app()
        line = json.loads(log.getvalue())
        self.assertEqual((line["level"], line["log_level"]), ("warning", "verbose"))


if __name__ == "__main__":
    unittest.main()
