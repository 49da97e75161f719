"""The peer of ``serving``: a raw ASGI application, ``python -m bench._raw FILE``.

FILE holds a pickled dictionary of paths to (status, headers, body). The application looks at the
path and at nothing else, and sends the two messages. The server is configured as the wire's is.
"""

from __future__ import annotations

import pickle
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

ANSWERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}


async def app(scope: Any, receive: Any, send: Any) -> None:
    start, body = ANSWERS[scope["path"]]
    await send(start)
    await send(body)


def main(file: Path) -> None:
    for path, (status, headers, body) in pickle.loads(file.read_bytes()).items():
        start = {"type": "http.response.start", "status": status, "headers": headers}
        ANSWERS[path] = (start, {"type": "http.response.body", "body": body})
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
    )
    print("ready", listener.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
