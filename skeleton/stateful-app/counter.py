"""A number in a file that survives a crash at any moment: replace it with what your app keeps."""

import contextlib
import fcntl
import os
import uuid


class Unavailable(Exception):
    """Why the volume can't be used right now; its text is safe to show."""


class Counter:
    """Shared by the threads and the workers of one pod. Another pod has a volume and a counter of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, "count")

    def read(self):
        with explain("not readable"):
            return self.current()

    def add(self):
        """Returns the new count, once it is on the disk."""
        with explain("not writable"), self.lock():
            count = self.current() + 1
            self.replace(self.path, str(count))
            return count

    def check(self):
        """Raises Unavailable if the volume takes no data. The name is its own: workers check at the same time."""
        probe = os.path.join(self.folder, f".check-{uuid.uuid4().hex}")
        with explain("not writable"), removing(probe):
            self.replace(probe, "ok")
        self.read()

    def current(self):
        try:
            with open(self.path, encoding="ascii") as file:
                return int(file.read())
        except FileNotFoundError:
            if not os.path.isdir(self.folder):
                raise
            return 0
        except ValueError:
            raise Unavailable("the count is not a number: restore it from a snapshot of the volume") from None

    def replace(self, path, text):
        """Writes a new file and renames it: a crash leaves the old one or the new one, never half of one."""
        temporary = f"{path}.new"
        # What a full volume did not take would only fill it further.
        with removing(temporary):
            with open(temporary, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            # The rename itself, too.
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextlib.contextmanager
    def lock(self):
        with open(os.path.join(self.folder, ".lock"), "w", encoding="ascii") as file:
            # Ends with the file, also when the process is killed.
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextlib.contextmanager
def removing(path):
    """Leaves no file of this name behind, whatever happens."""
    try:
        yield
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)


@contextlib.contextmanager
def explain(what):
    try:
        yield
    except OSError as error:
        raise Unavailable(f"volume {what}: {error.strerror}") from None
