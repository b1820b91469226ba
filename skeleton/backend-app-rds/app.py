"""A small web app with its own PostgreSQL database."""

import atexit
import logging
import os

import flask
import werkzeug.exceptions

import database
import json_logs

APP_NAME = ${{ values.component_id | dump }}

# Flask logs its errors to this one too. Not named after the app: one called root or flask would configure another's logger.
log = logging.getLogger(__name__)


def create_app():
    """What gunicorn serves. It starts without a database: that may be created later than the pods."""
    json_logs.configure(log, APP_NAME, os.environ.get("LOG_LEVEL", "info"))
    app = flask.Flask(__name__, static_folder=None)
    db = database.Database(application_name=APP_NAME)
    atexit.register(db.close)

    @app.get("/")
    def hello():
        """An example of a query; replace it and migrations/0001_greetings.sql with your own."""
        language = flask.request.args.get("language", "en")
        with db.transaction() as cursor:
            cursor.execute("SELECT greeting FROM greetings WHERE language = %s", (language,))
            row = cursor.fetchone()
        if row is None:
            flask.abort(404, "no greeting in this language")
        return {"message": f"{row[0]} from {APP_NAME}"}

    @app.get("/health")
    def health():
        """The process is alive. It does not query the database: a restart would not fix that."""
        return {"status": "ok"}

    @app.get("/ready")
    def ready():
        """The app can serve requests: it has just queried its own database."""
        with db.transaction() as cursor:
            cursor.execute("SELECT current_database(), current_user")
            name, user = cursor.fetchone()
        # Not in the answer: the Ingress publishes this path, too.
        log.debug("ready", extra={"fields": {"database": name, "user": user}})
        return {"status": "ready"}

    @app.errorhandler(database.Unavailable)
    def unavailable(error):
        log.error(str(error), extra={"fields": {"path": flask.request.path, "detail": error.detail}})
        return {"status": "unavailable", "reason": str(error)}, 503

    @app.errorhandler(werkzeug.exceptions.HTTPException)
    def failed(error):
        return {"status": "failed", "reason": error.description}, error.code

    json_logs.log_requests(app, log)
    return app
