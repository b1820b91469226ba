"""A small web app without state: any pod answers any request."""

import logging
import os

import flask
import werkzeug.exceptions

import json_logs

APP_NAME = ${{ values.component_id | dump }}

# Flask logs its errors to this one too. Not named after the app: one called root or flask would configure another's logger.
log = logging.getLogger(__name__)


def create_app():
    """What gunicorn serves."""
    json_logs.configure(log, APP_NAME, os.environ.get("LOG_LEVEL", "info"))
    app = flask.Flask(__name__, static_folder=None)

    @app.get("/")
    def hello():
        return {"message": f"Hello from {APP_NAME}"}

    @app.get("/health")
    def health():
        """The process is alive."""
        return {"status": "ok"}

    @app.get("/ready")
    def ready():
        """The app can serve requests. Check here what it can't answer without; answer 503 with a reason when that is missing."""
        return {"status": "ready"}

    @app.errorhandler(werkzeug.exceptions.HTTPException)
    def failed(error):
        return {"status": "failed", "reason": error.description}, error.code

    json_logs.log_requests(app, log)
    return app
