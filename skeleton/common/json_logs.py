"""Logs as JSON, one object per line."""

import json
import logging
import sys
import time

import flask

# Requests that take longer are worth a look, also where only warnings are logged.
SLOW_SECONDS = 1


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
    """Logs each request of a Flask app at `info`; probes that succeed at `debug`, what fails or is slow at `warning`."""

    @app.before_request
    def start_clock():
        flask.g.started = time.monotonic()

    @app.after_request
    def log_request(response):
        request = flask.request
        seconds = time.monotonic() - flask.g.started
        logger.log(
            level_of(request.path, response.status_code, seconds),
            "request",
            extra={
                "fields": {
                    "method": request.method,
                    "path": request.path,
                    "status": response.status_code,
                    "duration_ms": round(seconds * 1000),
                }
            },
        )
        return response


def level_of(path, status, seconds):
    if status >= 500 or seconds > SLOW_SECONDS:
        return logging.WARNING
    return logging.DEBUG if path in ("/health", "/ready") and status < 400 else logging.INFO
