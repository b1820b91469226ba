"""Logs as JSON, one object per line."""

import json
import logging
import sys
import time

import flask


class JsonFormatter(logging.Formatter):
    """Fields of one line come by `extra={"fields": {...}}`."""

    def __init__(self, app_name):
        super().__init__()
        self.app_name = app_name

    def format(self, record):
        entry = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "app": self.app_name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure(logger, app_name, level):
    """Sends the lines of a logger to stdout; `level` is debug, info, warn or error."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(app_name))
    logger.handlers = [handler]
    logger.propagate = False
    try:
        logger.setLevel(level.upper())
    except ValueError:
        logger.setLevel(logging.INFO)
        logger.warning("LOG_LEVEL is not a log level, using info", extra={"fields": {"log_level": level}})


def log_requests(app, logger):
    """Logs each request of a Flask app; probes that succeed at `debug`."""

    @app.before_request
    def start_clock():
        flask.g.started = time.monotonic()

    @app.after_request
    def log_request(response):
        request = flask.request
        is_probe = request.path in ("/health", "/ready") and response.status_code < 400
        logger.log(
            logging.DEBUG if is_probe else logging.INFO,
            "request",
            extra={
                "fields": {
                    "method": request.method,
                    "path": request.path,
                    "status": response.status_code,
                    "duration_ms": round((time.monotonic() - flask.g.started) * 1000),
                }
            },
        )
        return response
