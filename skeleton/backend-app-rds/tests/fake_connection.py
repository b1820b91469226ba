"""What the pool uses of a psycopg2 connection."""

import socket

from psycopg2 import extensions


class FakeConnection:
    def __init__(self, rows=()):
        self.closed = 0
        self.status = extensions.TRANSACTION_STATUS_IDLE
        self.rows = list(rows)
        self.queries = []
        self.ours, self.servers = socket.socketpair()

    def fileno(self):
        return self.ours.fileno()

    def end(self):
        """As a server that restarts."""
        self.servers.close()

    def close(self):
        self.closed = 1
        self.ours.close()
        self.servers.close()

    def get_transaction_status(self):
        return self.status

    def cursor(self):
        return self

    def execute(self, query, values=()):
        self.queries.append((query, values))

    def fetchone(self):
        return self.rows.pop(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False
