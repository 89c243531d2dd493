"""pico-server-auth on loopback, alone in its process. It prints `listening on URL` when it answers.

Usage: server.py [PORT]

It ends on SIGTERM, or when its standard input does.
"""

import os
import signal
import socket
import sys
import threading

import uvicorn
from fastapi import FastAPI
from pico_boot import init
from pico_ioc import DictSource, configuration

port = int(sys.argv[1]) if sys.argv[1:] else 0
listener = socket.create_server(("127.0.0.1", port))
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
names = {"issuer": url, "audience": "issuers-api"}

settings = {
    # It demands a token for its own endpoints.
    "auth_client": names,
    "server_auth": names
    | {
        "auto_create_admin": True,
        "admin_email": "operator@example.com",
        "admin_password": "operator",
        "fleet_mint_secret": "fleet",
    },
    "fastapi": {"title": "issuer"},
}


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(f"listening on {url}", flush=True)


def end_with_standard_input():
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


container = init(modules=[], config=configuration(DictSource(settings)))
threading.Thread(target=end_with_standard_input, daemon=True).start()
Server(uvicorn.Config(container.get(FastAPI))).run(sockets=[listener])
