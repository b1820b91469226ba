"""Against the database of DB_HOST, DB_PORT, DB_NAME, DB_USER and DB_PASS; skipped where DB_HOST is not set."""

import concurrent.futures
import os
import tempfile
import unittest
import uuid

import app as subject
import database
import migrate


@unittest.skipUnless(os.environ.get("DB_HOST"), "DB_HOST is not set")
class WithDatabaseTest(unittest.TestCase):
    def test_answers(self):
        client = subject.create_app().test_client()
        self.assertEqual(client.get("/").json, {"message": f"Hello from {subject.APP_NAME}"})
        self.assertEqual(client.get("/?language=de").json, {"message": f"Hallo from {subject.APP_NAME}"})
        self.assertEqual(client.get("/ready").json, {"status": "ready"})

    def test_runs_each_migration_once_however_many_start(self):
        schema, connection = self.new_schema()
        folder = self.migrations(
            make="CREATE TABLE made (percent text DEFAULT '100%'); SELECT pg_sleep(0.2)", then_fill="INSERT INTO made DEFAULT VALUES"
        )
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: self.start(schema, folder), range(8)))
        self.assertEqual(self.query(connection, "SELECT percent FROM made"), [("100%",)])
        self.assertEqual(self.query(connection, "SELECT name FROM schema_migrations ORDER BY name"), [("make.sql",), ("then_fill.sql",)])

    def test_undoes_a_migration_that_fails(self):
        _, connection = self.new_schema()
        with self.assertRaisesRegex(migrate.Failed, "^half.sql$"):
            migrate.apply_pending(connection, self.migrations(half="CREATE TABLE half (); SELECT 1/0"))
        self.assertEqual(self.query(connection, "SELECT to_regclass('half')"), [(None,)])

    def migrations(self, **files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, sql in files.items():
            with open(os.path.join(folder.name, f"{name}.sql"), "w", encoding="utf-8") as file:
                file.write(sql)
        return folder.name

    def new_schema(self):
        """A schema of the test, and a connection whose tables are in it."""
        schema = "test_" + uuid.uuid4().hex
        connection = self.connect(schema)
        self.query(connection, f"CREATE SCHEMA {schema}")
        self.addCleanup(self.query, connection, f"DROP SCHEMA {schema} CASCADE")
        return schema, connection

    def start(self, schema, folder):
        migrate.apply_pending(self.connect(schema), folder)

    def connect(self, schema):
        connection = database.connect("tests")
        self.addCleanup(connection.close)
        self.query(connection, f"SET search_path = {schema}")
        return connection

    @staticmethod
    def query(connection, sql):
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []


if __name__ == "__main__":
    unittest.main()
