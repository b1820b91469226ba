"""Runs without a database: `python -m unittest discover tests`."""

import os
import unittest
from unittest import mock

import psycopg2

import app as subject

CREDENTIALS = {
    "DB_HOST": "localhost",
    "DB_PORT": "5432",
    "DB_NAME": ${{ values.databaseName | dump }},
    "DB_USER": ${{ values.username | dump }},
    "DB_PASS": "not-a-real-one",
}


class AppTest(unittest.TestCase):
    def setUp(self):
        self.client = subject.app.test_client()
        environment = mock.patch.dict(os.environ, CREDENTIALS)
        environment.start()
        self.addCleanup(environment.stop)
        connect = mock.patch.object(psycopg2, "connect")
        self.connect = connect.start()
        self.addCleanup(connect.stop)

    def test_says_hello(self):
        self.assertEqual(self.client.get("/").json, {"message": f"Hello from {subject.APP_NAME}"})

    def test_is_healthy_without_the_database(self):
        self.assertEqual(self.client.get("/health").status_code, 200)
        self.connect.assert_not_called()

    def test_is_ready_after_a_query_and_closes_the_connection(self):
        connection = self.connect.return_value
        cursor = connection.cursor.return_value.__enter__.return_value
        cursor.fetchone.return_value = (CREDENTIALS["DB_NAME"], CREDENTIALS["DB_USER"])
        answer = self.client.get("/ready")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json["database"], CREDENTIALS["DB_NAME"])
        connection.close.assert_called_once()

    def test_asks_for_tls_and_gives_up_soon(self):
        self.client.get("/ready")
        options = self.connect.call_args.kwargs
        self.assertEqual(options["sslmode"], "require")
        self.assertLessEqual(options["connect_timeout"], 3)

    def test_is_not_ready_when_the_database_refuses(self):
        self.connect.side_effect = psycopg2.OperationalError("no entry for not-a-real-one")
        answer = self.client.get("/ready")
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.json, {"status": "unavailable", "reason": "database not reachable"})

    def test_closes_the_connection_when_the_query_fails(self):
        connection = self.connect.return_value
        cursor = connection.cursor.return_value.__enter__.return_value
        cursor.execute.side_effect = psycopg2.OperationalError("gone")
        self.assertEqual(self.client.get("/ready").status_code, 503)
        connection.close.assert_called_once()

    def test_names_what_is_not_set(self):
        del os.environ["DB_PASS"]
        answer = self.client.get("/ready")
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.json["reason"], "not set: DB_PASS")


if __name__ == "__main__":
    unittest.main()
