"""pytest runs them, here and in the image: for that, delivery installs requirements-dev.txt into it."""

import contextlib
import io
import json
import os
import unittest
from unittest import mock

import app as subject


class AppTest(unittest.TestCase):
    def start(self, **environment):
        patch = mock.patch.dict(os.environ, environment)
        patch.start()
        self.addCleanup(patch.stop)
        self.log = io.StringIO()
        with contextlib.redirect_stdout(self.log):
            return subject.create_app().test_client()

    def lines(self):
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def test_greets(self):
        client = self.start()
        self.assertEqual(client.get("/").json, {"message": f"Hello from {subject.APP_NAME}"})

    def test_is_alive_and_ready(self):
        client = self.start()
        self.assertEqual(client.get("/health").json, {"status": "ok"})
        self.assertEqual(client.get("/ready").json, {"status": "ready"})

    def test_answers_an_unknown_path_in_json(self):
        client = self.start()
        answer = client.get("/nowhere")
        self.assertEqual((answer.status_code, answer.json["status"]), (404, "failed"))

    def test_logs_requests_and_keeps_probes_for_debug(self):
        client = self.start(LOG_LEVEL="info")
        client.get("/")
        client.get("/health")
        self.assertEqual([(line["path"], line["status"]) for line in self.lines()], [("/", 200)])
        client = self.start(LOG_LEVEL="debug")
        client.get("/health")
        self.assertEqual([line["path"] for line in self.lines()], ["/health"])


if __name__ == "__main__":
    unittest.main()
