"""A small web app that keeps a counter on the volume of its pod."""

import logging
import os

import flask
import werkzeug.exceptions

import counter
import json_logs

APP_NAME = ${{ values.component_id | dump }}

# Flask logs its errors to this one too. Not named after the app: one called root or flask would configure another's logger.
log = logging.getLogger(__name__)


def create_app():
    """What gunicorn serves."""
    json_logs.configure(log, APP_NAME, os.environ.get("LOG_LEVEL", "info"))
    app = flask.Flask(__name__, static_folder=None)
    visits = counter.Counter(os.environ.get("DATA_DIR", "/data"))

    @app.get("/")
    def hello():
        return {"message": f"Hello from {APP_NAME}", "count": visits.read()}

    @app.post("/")
    def count():
        """The answer comes after the volume has the new count: what was answered is kept."""
        return {"count": visits.add()}, 201

    @app.get("/health")
    def health():
        """The process is alive. It does not touch the volume: a restart would not fix that."""
        return {"status": "ok"}

    @app.get("/ready")
    def ready():
        """The app can serve requests: it has just written to its volume."""
        visits.check()
        return {"status": "ready"}

    @app.errorhandler(counter.Unavailable)
    def unavailable(reason):
        log.error("volume not usable", extra={"fields": {"detail": str(reason)}})
        return {"status": "unavailable", "reason": str(reason)}, 503

    @app.errorhandler(werkzeug.exceptions.HTTPException)
    def failed(error):
        return {"status": "failed", "reason": error.description}, error.code

    json_logs.log_requests(app, log)
    return app
