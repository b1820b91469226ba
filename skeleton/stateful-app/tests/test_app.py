"""pytest runs them, here and in the image: for that, delivery installs requirements-dev.txt into it."""

import concurrent.futures
import contextlib
import io
import json
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import app as subject
import counter


class AppTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.client = self.start(self.folder)

    def start(self, folder):
        self.log = io.StringIO()
        with mock.patch.dict(os.environ, {"DATA_DIR": str(folder), "LOG_LEVEL": "info"}), contextlib.redirect_stdout(self.log):
            return subject.create_app().test_client()

    def lines(self):
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def test_begins_at_zero(self):
        self.assertEqual(self.client.get("/").json, {"message": f"Hello from {subject.APP_NAME}", "count": 0})

    def test_counts_and_keeps_the_count(self):
        answer = self.client.post("/")
        self.assertEqual((answer.status_code, answer.json), (201, {"count": 1}))
        self.client.post("/")
        again = self.start(self.folder)
        self.assertEqual(again.get("/").json["count"], 2)

    def test_loses_no_count_of_many_at_once(self):
        visits = [counter.Counter(str(self.folder)) for _ in range(4)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            counts = list(pool.map(lambda turn: visits[turn % 4].add(), range(40)))
        self.assertEqual(sorted(counts), list(range(1, 41)))

    def test_answers_only_after_the_disk_has_the_count(self):
        with mock.patch("os.fsync", side_effect=OSError(28, "No space left on device")):
            answer = self.client.post("/")
        self.assertEqual((answer.status_code, answer.json["reason"]), (503, "volume not writable: No space left on device"))
        self.assertEqual(self.client.get("/").json["count"], 0)

    def test_a_crash_before_the_rename_leaves_the_old_count(self):
        self.client.post("/")
        with mock.patch("os.replace", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            self.client.post("/")
        self.assertEqual(self.client.get("/").json["count"], 1)
        self.assertEqual(self.client.post("/").json["count"], 2)

    def test_is_ready_after_a_write_and_leaves_nothing(self):
        self.assertEqual(self.client.get("/ready").json, {"status": "ready"})
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_leaves_nothing_on_a_full_volume(self):
        with mock.patch("os.fsync", side_effect=OSError(28, "No space left on device")):
            answer = self.client.get("/ready")
            self.assertEqual(self.client.post("/").status_code, 503)
        self.assertEqual((answer.status_code, answer.json["reason"]), (503, "volume not writable: No space left on device"))
        self.assertEqual([path.name for path in self.folder.iterdir()], [".lock"])

    def test_says_why_it_is_not_ready(self):
        client = self.start(self.folder / "missing")
        answer = client.get("/ready")
        self.assertEqual((answer.status_code, answer.json["reason"]), (503, "volume not writable: No such file or directory"))
        [error] = [line for line in self.lines() if line["level"] == "error"]
        self.assertEqual(error["detail"], answer.json["reason"])

    def test_does_not_count_on_from_what_is_no_number(self):
        (self.folder / "count").write_text("x")
        self.assertEqual(self.client.get("/ready").status_code, 503)
        self.assertEqual(self.client.post("/").status_code, 503)
        self.assertEqual((self.folder / "count").read_text(), "x")
        self.assertNotIn(str(self.folder), self.client.get("/").text)

    def test_is_alive_without_its_volume(self):
        client = self.start(self.folder / "missing")
        self.assertEqual(client.get("/health").json, {"status": "ok"})


if __name__ == "__main__":
    unittest.main()
