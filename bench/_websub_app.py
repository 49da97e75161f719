"""The peer's hub: Flask-WebSub with Celery and Redis, as its documentation has it.

Run by a Python that has them (``_websub_peer`` makes one): ``python -m bench._websub_app PORT
COUNT`` subscribes as many callbacks of the receivers at that port, serves the hub, and prints
``ready PORT``; ``python -m celery -A bench._websub_app:celery worker`` delivers.
"""

from __future__ import annotations

import base64
import os
import sys

from celery import Celery
from flask import Flask, request
from flask_websub.hub import Hub, SQLite3HubStorage
from werkzeug.serving import WSGIRequestHandler, make_server

from bench._raw_senders import BODY, host

TOPIC = "http://publisher.example/feed"
LINK = f'<http://hub.example/hub>; rel="hub", <{TOPIC}>; rel="self"'

celery = Celery("hub", broker=os.environ["PEER_REDIS"])
celery.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)
hub = Hub(
    SQLite3HubStorage(os.environ["PEER_DATABASE"]),
    celery,
    SIGNATURE_ALGORITHM="sha256",
    REQUEST_TIMEOUT=15,
)
app = Flask(__name__)
app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))


@app.post("/publish/<id>")
def publish(id: str) -> str:
    """Have everybody told; the receivers tell deliveries apart by the id."""
    headers = {"Link": LINK, "Content-Type": "application/json", "webhook-id": id}
    body = base64.b64encode(BODY).decode()
    hub.send_change_notification.delay(TOPIC, {"headers": headers, "content": body})
    return request.path


def _subscribe(port: int, count: int) -> None:
    for number in range(count):
        callback = f"http://{host(number)}:{port}/hook/{number}"
        hub.storage[TOPIC, callback] = {"lease_seconds": 86400, "secret": f"secret-of-{number}"}


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        return


def main(port: int, count: int) -> None:
    _subscribe(port, count)
    server = make_server("127.0.0.1", 0, app, request_handler=_Quiet)
    print("ready", server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
