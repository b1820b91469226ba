"""
The floor that the app of the skeleton is measured against: a bare WSGI function that sends the same query over the same
driver, with one connection for each thread, and without Flask, pool, logs or transaction.
"""

import os
import threading

import psycopg2

own = threading.local()


def application(_, start_response):
    if not hasattr(own, "cursor"):
        connection = psycopg2.connect(
            host=os.environ["DB_HOST"],
            port=os.environ["DB_PORT"],
            dbname=os.environ["DB_NAME"],
            user=os.environ["DB_USER"],
            password=os.environ["DB_PASS"],
            sslmode="verify-full",
            sslrootcert=os.environ["DB_SSLROOTCERT"],
        )
        connection.autocommit = True
        own.cursor = connection.cursor()
    own.cursor.execute("SELECT greeting FROM greetings WHERE language = %s", ("en",))
    body = b'{"message":"%s"}' % own.cursor.fetchone()[0].encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
