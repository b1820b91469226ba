"""gunicorn reads this file from its working directory. Sized for the limits in deploy/base."""

import os

from app import APP_NAME

wsgi_app = "app:create_app()"
bind = "0.0.0.0:8080"

# A worker needs about 40 MiB. WEB_CONCURRENCY sets another number of workers.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4

# Workers report that they live by touching a file: in memory, since a slow disk would look like a dead worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

# Shorter than terminationGracePeriodSeconds less the seconds that preStop sleeps: requests end before the pod is killed.
graceful_timeout = 20
# Longer than ingress-nginx keeps an idle connection (60 seconds), or it would send requests to closed ones. So a worker that ends
# still has idle connections, and waits for them until graceful_timeout: it answers what arrives there, and is killed idle. That
# is how a pod behind an ingress controller usually ends, and a shorter keepalive doesn't change it: gthread waits all the same.
keepalive = 75

# Nobody controls it but Kubernetes.
control_socket_disable = True

loglevel = {"warn": "warning"}.get(os.environ.get("LOG_LEVEL", "info").lower(), os.environ.get("LOG_LEVEL", "info"))
# The app logs each request itself.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "json_logs.JsonFormatter", "app_name": APP_NAME}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
    "root": {"level": "WARNING", "handlers": ["stdout"]},
    "loggers": {"gunicorn.error": {"handlers": ["stdout"], "propagate": False}},
}
